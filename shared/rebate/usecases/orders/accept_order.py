"""Accepting order events: each is stored once, priced, and sent to the queues it concerns.

Acceptance writes rows of this order and this member only, so orders never wait for each other.
What it decides rests on the catalog, the settings and the buyer's past, never on a queue.
"""

from typing import TypeAlias

from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded, digest
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.names import (
    LineId,
    MemberId,
    OrderId,
    ProductId,
    QueueId,
    StoreId,
    is_repurchase,
)
from rebate.domain.orders import Early, Order, OrderLine
from rebate.domain.records import dataclass, replace
from rebate.domain.senders import UNNAMED
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant, instant_of
from rebate.usecases.draws.seeds import Seeds
from rebate.usecases.office.places import introductions, placed
from rebate.usecases.orders.early_events import ExpiredEvent, early_of, has_room, letter_of
from rebate.usecases.orders.pace_orders import turn_of
from rebate.usecases.orders.price_order import Priced, price_order
from rebate.usecases.orders.store_order import Outbox, load_order, refund_of, repriced, store_order
from rebate.usecases.people.levels import Levels
from rebate.usecases.settings.save_settings import InForce, SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows.catalog import Member, new_member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, refund_key
from rebate.usecases.storage.rows.orders import KnownSender, OrderRefund, Unclaimed

MAILED_LINES_MAX = 4
"""Lines of a ticket that goes with its command: about half a kilobyte."""

OrderEvent: TypeAlias = OrderPaid | OrderCompleted | OrderRefunded


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of an event: `accepted`, `duplicate`, or `kept` until its order is paid.

    `set_aside` is what came before the order was paid and does not fit it; whoever has told of it
    says so (`OrderAcceptance.told`), and is given it again until then.
    """

    order: OrderId
    outcome: str
    queues: tuple[QueueId, ...] = ()
    set_aside: tuple[ExpiredEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderAcceptance:
    """Accepts order events, any number of times each, in any order."""

    store: Store
    clock: Clock
    settings: SettingsReader
    seeds: Seeds

    def accept(
        self, event: OrderEvent, sender: str = UNNAMED, *, is_replay: bool = False
    ) -> Accepted:
        """Store an order event that `sender` tells, and what it means for each queue.

        A replay of what was sent before is not held up by the sender's ceiling of orders a minute.

        Raises:
            Mismatch: the event's id is known with other content, or the order is another's.
            Rejected: `refund_exceeds_paid`; `over_limit`: too much is kept for the order.
            Unavailable: others kept writing to the same rows; try again later.
        """
        accepted = attempted(
            lambda: self._accept(event, sender, is_replay=is_replay),
            f"order {event.order_id} or its buyer",
        )
        # whoever is given the event again does this again, so it is done once it is stored
        levels = Levels(self.store, self.clock, self.settings)
        follow = levels.recount if isinstance(event, OrderRefunded) else levels.rise
        follow(accepted.order)
        return accepted

    def told(self, name: OrderId) -> None:
        """Forget what was set aside when an order was paid: it lies where people see it.

        Raises:
            Unavailable: others kept writing to the order; try again later.
        """
        attempted(lambda: self._forget(name), f"order {name}")

    def _forget(self, name: OrderId) -> None:
        header = self.store.get(Order, Key(name))
        if header is not None and header.early:
            after = replace(header, early=(), version=header.version + 1)
            self.store.commit([Put(after, expects=header.version)])

    def _accept(self, event: OrderEvent, sender: str, *, is_replay: bool) -> Accepted:
        order = load_order(self.store, OrderId(event.order_id))
        if order.digest is not None and order.sender not in {None, sender}:
            message = f"order {order.id} belongs to {order.sender}, and {sender} tells of it"
            raise Mismatch(message)
        match event:
            case OrderPaid():
                return self._paid(order, event, sender, is_replay=is_replay)
            case OrderCompleted():
                return self._completed(order, event, sender)
            case OrderRefunded():
                return self._refunded(order, event, sender)

    def _paid(self, order: Order, event: OrderPaid, sender: str, *, is_replay: bool) -> Accepted:
        content = digest(event)
        if order.digest is not None:
            repeated = _repeated(order, f"order {order.id}", same=order.digest == content)
            return replace(repeated, set_aside=tuple(map(letter_of(order), order.early)))
        settings = self.settings.in_force()
        member = self._buyer(event)
        known = _order_of(order, event, content, member, settings)
        turn = None if is_replay else self._turn(sender, settings)
        known = replace(known, sender=sender, not_before=turn)
        priced = price_order(self.store, settings.terms, known, self.seeds)
        mail = Outbox(priced.order, self.clock.now(), self.clock.due_by())
        sent = {ticket.queue: ticket for ticket in priced.tickets if _goes_by_mail(ticket, priced)}
        for queue in priced.order.queues:
            mail.join(queue, sent.get(queue))
        settled, refunds = _settle_early(priced.order, early_of(order, sender), mail)
        rows: list[Write] = [Put(each) for each in priced.tickets if each.queue not in sent]
        rows += map(Put, refunds)
        rows += _claimed(order, settled)
        rows += self._introduced(sender)
        rows += placed(priced.order, first=member is not None and member.bought is False)
        # a buyer is a member from then on (Rule 3.2)
        if member and (priced.limited or not member.bought):
            more = replace(member, bought=True, version=member.version + 1)
            stored = Put(more, expects=member.version)
            rows += [stored, *introductions([stored], mail.now)]
        store_order(self.store, order, settled, rows, mail)
        letters = tuple(map(letter_of(settled), settled.early))
        return Accepted(order.id, "accepted", priced.order.queues, letters)

    def _turn(self, sender: str, settings: InForce) -> Instant | None:
        per_minute = settings.terms.senders.of_name(sender).orders_per_minute
        return turn_of(self.store, self.clock, sender, per_minute)

    def _introduced(self, sender: str) -> list[Write]:
        """Remember, with a sender's first order, that its prefix cannot change (Rule 0.13)."""
        known = self.store.get(KnownSender, Key(sender))
        return [] if known else [Put(KnownSender(sender, self.clock.now()))]

    def _buyer(self, event: OrderPaid) -> Member | None:
        """Return who bought; None: a guest (Rule 0.14)."""
        if event.member is None:
            return None
        name = MemberId(event.member.id)
        return self.store.get(Member, Key(name)) or new_member(name)

    def _completed(self, order: Order, event: OrderCompleted, sender: str) -> Accepted:
        at = instant_of(event.completed_at)
        if order.digest is None:
            return self._keep(order, Early(sender, at, self.clock.now()))
        if order.completed_at is not None:
            same = order.completed_at == at
            return _repeated(order, f"the completion of order {order.id}", same=same)
        known = replace(order, completed_at=at)
        mail = Outbox(known, self.clock.now(), self.clock.due_by())
        mail.complete()
        store_order(self.store, order, known, [], mail)
        return Accepted(order.id, "accepted", order.queues)

    def _refunded(self, order: Order, event: OrderRefunded, sender: str) -> Accepted:
        early = _refund_told(event, sender, self.clock.now())
        if order.digest is None:
            return self._keep(order, early)
        before = self._known_refund(order, event.refund_id)
        if before is not None:
            name = f"refund {event.refund_id} of order {order.id}"
            return _repeated(order, name, same=before == early.digest)
        refund = refund_of(order, early)
        known = repriced(order.plus(refund.amounts))
        mail = Outbox(known, early.arrived_at, self.clock.due_by())
        mail.refund(refund, order)
        store_order(self.store, order, known, [], mail, last=[Put(refund)])
        return Accepted(order.id, "accepted", order.queues)

    def _known_refund(self, order: Order, name: str) -> str | None:
        """Return the digest of a refund that is known; refund ids are known per order."""
        row = self.store.get(OrderRefund, refund_key(order.id, name))
        if row is not None:
            return row.digest
        old = order.refunds.get(name)
        return old.digest if old else None

    def _keep(self, order: Order, early: Early) -> Accepted:
        """Keep what came before its order was paid, by who told it (Rule 0.13)."""
        if is_repurchase(order.id):
            message = f"order {order.id} would be a forced repurchase, and there is none"
            raise Mismatch(message)
        known = [e for e in order.early if (e.sender, e.refund) == (early.sender, early.refund)]
        if known:
            what = f"refund {early.refund}" if early.refund else "the completion"
            same = (known[0].at, known[0].digest) == (early.at, early.digest)
            return _repeated(order, f"{what} of order {order.id}", same=same)
        if not has_room(order, early):
            message = f"too much is kept for order {order.id}, which is not paid yet"
            raise Rejected(Code.OVER_LIMIT, message)
        after = replace(order, early=(*order.early, early))
        rows = [] if order.early else [Put(Unclaimed(order.id, early.arrived_at))]
        mail = Outbox(after, early.arrived_at, self.clock.due_by())
        store_order(self.store, order, after, rows, mail)
        return Accepted(order.id, "kept")


def _goes_by_mail(ticket: Ticket, priced: Priced) -> bool:
    """Tell whether a ticket goes with its command instead of waiting in a row of its own.

    Limits count a member's tickets by their rows; and a long ticket costs less if it is not
    written, removed, and written again.
    """
    return not priced.limited and len(ticket.lines) <= MAILED_LINES_MAX


def _repeated(order: Order, name: str, *, same: bool) -> Accepted:
    if not same:
        message = f"{name} is known with other content"
        raise Mismatch(message)
    return Accepted(order.id, "duplicate")


def _claimed(order: Order, settled: Order) -> list[Write]:
    """Return what is forgotten of an order of which something came too early.

    An attempt that was given up may have stored a refund that does not fit any more.
    """
    if not order.early:
        return []
    claimed = key_of(Unclaimed(order.id, order.early[0].arrived_at))
    own = (each for each in settled.early if each.sender == settled.sender and each.refund)
    gone = (refund_key(order.id, each.refund or "") for each in own)
    return [Remove(Unclaimed, claimed), *(Remove(OrderRefund, key) for key in gone)]


def _refund_told(event: OrderRefunded, sender: str, now: Instant) -> Early:
    return Early(
        sender,
        instant_of(event.refunded_at),
        now,
        event.refund_id,
        digest(event),
        {LineId(line): amount for line, amount in event.amounts.items()},
        event.amount,
    )


def _settle_early(
    order: Order, early: tuple[Early, ...], mail: Outbox
) -> tuple[Order, list[OrderRefund]]:
    """Apply what came before the order was paid, by instant (contracts, section 1).

    The order keeps what does not fit it, with the reason, until somebody has told of that: another
    sender's, a second completion, and refunds of more than is left (Rules 0.13 and 1.6.6).
    """
    unfit: list[Early] = []
    refunds: list[OrderRefund] = []
    for each in sorted(early, key=lambda each: each.at):
        try:
            order, refund = _applied(order, each, mail)
        except Rejected as rejected:
            unfit.append(replace(each, refused=rejected.code, reason=str(rejected)))
        else:
            refunds += [refund] if refund else []
    return replace(order, early=tuple(unfit)), refunds


def _applied(order: Order, early: Early, mail: Outbox) -> tuple[Order, OrderRefund | None]:
    if early.sender != order.sender:
        raise Mismatch(f"order {order.id} belongs to {order.sender}, and {early.sender} told of it")
    if early.refund is not None:
        refund = refund_of(order, early)
        mail.order = repriced(order.plus(refund.amounts))
        mail.refund(refund, order)
        return mail.order, refund
    completed = replace(order, completed_at=early.at)
    mail.order = completed
    mail.complete()
    return completed, None


def _order_of(
    order: Order, event: OrderPaid, content: str, member: Member | None, settings: InForce
) -> Order:
    return replace(
        order,
        digest=content,
        settings=settings.version,
        member=member.id if member else None,
        completed_at=None,
        refunds={},
        kept=(),
        early=(),
        level=_level_of(event, member),
        referrer=member.referrer if member else None,
        channel=event.channel,
        store=StoreId(event.store_id) if event.store_id is not None else None,
        paid_at=instant_of(event.paid_at),
        lines=tuple(
            OrderLine(
                id=LineId(line.line_id),
                paid=line.paid,
                product=ProductId(line.product_id) if line.product_id is not None else None,
                supply=line.supply,
                quantity=line.quantity,
                deducted=line.deducted,
                profit=line.profit,
            )
            for line in event.lines
        ),
    )


def _level_of(event: OrderPaid, member: Member | None) -> str | None:
    """Return the buyer's level: as the order says, else as was last saved (Rule 1.3.1)."""
    if event.member is None or event.member.level_given:
        return event.member.level if event.member else None
    return member.level if member else None
