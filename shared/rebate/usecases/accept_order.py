"""Accepting order events: each is stored once, priced, and sent to the queues it concerns.

Acceptance writes rows of this order and this member only, so orders never wait for each other.
What it decides rests on the catalog, the settings and the buyer's past, never on a queue.
"""

from collections.abc import Mapping
from typing import TypeAlias

from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded, digest
from rebate.domain.errors import Conflict, Mismatch, Rejected, Unavailable
from rebate.domain.names import LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.orders import Order, OrderLine, Refunded
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant, instant_of
from rebate.usecases.orders import Mail, check_refund, load_order, store_order
from rebate.usecases.ports import Clock, Put, Store, Write
from rebate.usecases.pricing import Priced, price_order
from rebate.usecases.rows import Key, Member
from rebate.usecases.seeds import Seeds
from rebate.usecases.settings import InForce, SettingsReader

ATTEMPTS = 10
"""How often an event is tried when somebody else writes to its order or member."""

MAILED_LINES_MAX = 4
"""Lines of a ticket that goes with its command: about half a kilobyte."""

OrderEvent: TypeAlias = OrderPaid | OrderCompleted | OrderRefunded


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of an event: `accepted`, `duplicate`, or `kept` until its order is paid."""

    order: OrderId
    outcome: str
    queues: tuple[QueueId, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """Accepts order events, any number of times each, in any order."""

    store: Store
    clock: Clock
    settings: SettingsReader
    seeds: Seeds

    def accept(self, event: OrderEvent) -> Accepted:
        """Store an order event, and what it means for each queue.

        Raises:
            Mismatch: the event's id is known with other content.
            Rejected: `refund_exceeds_paid`.
            Unavailable: others kept writing to the same rows; try again later.
        """
        for _ in range(ATTEMPTS):
            try:
                return self._accept(event)
            except Conflict:
                continue
        message = f"others keep writing to order {event.order_id} or its buyer"
        raise Unavailable(message)

    def _accept(self, event: OrderEvent) -> Accepted:
        order = load_order(self.store, OrderId(event.order_id))
        match event:
            case OrderPaid():
                return self._paid(order, event)
            case OrderCompleted():
                return self._completed(order, event)
            case OrderRefunded():
                return self._refunded(order, event)

    def _paid(self, order: Order, event: OrderPaid) -> Accepted:
        content = digest(event)
        if order.digest is not None:
            return _repeated(order, f"order {order.id}", same=order.digest == content)
        settings = self.settings.in_force()
        member = self.store.get(Member, Key(event.member.id)) or Member(MemberId(event.member.id))
        known = _order_of(order, event, content, member, settings)
        priced = price_order(self.store, settings.terms, known, self.seeds)
        mail = Mail(priced.order, self.clock.now())
        sent = {ticket.queue: ticket for ticket in priced.tickets if _goes_by_mail(ticket, priced)}
        for queue in priced.order.queues:
            mail.join(queue, sent.get(queue))
        settled = _settle_kept(priced.order, order.refunds, mail)
        rows: list[Write] = [Put(each) for each in priced.tickets if each.queue not in sent]
        if priced.limited:
            rows.append(Put(replace(member, version=member.version + 1), expects=member.version))
        store_order(self.store, order, settled, rows, mail)
        return Accepted(order.id, "accepted", priced.order.queues)

    def _completed(self, order: Order, event: OrderCompleted) -> Accepted:
        at = instant_of(event.completed_at)
        if order.completed_at is not None:
            same = order.completed_at == at
            return _repeated(order, f"the completion of order {order.id}", same=same)
        known = _keeping(replace(order, completed_at=at), None)
        mail = Mail(known, self.clock.now())
        if order.digest is not None:
            mail.complete()
        store_order(self.store, order, known, [], mail)
        return _accepted_or_kept(order)

    def _refunded(self, order: Order, event: OrderRefunded) -> Accepted:
        content = digest(event)
        before = order.refunds.get(event.refund_id)
        if before is not None:
            name = f"refund {event.refund_id} of order {order.id}"
            return _repeated(order, name, same=before.digest == content)
        amounts = {LineId(line.line_id): line.amount for line in event.lines}
        refund = Refunded(content, instant_of(event.refunded_at), amounts)
        refunds = {**order.refunds, event.refund_id: refund}
        known = _keeping(replace(order, refunds=refunds), event.refund_id)
        mail = Mail(known, self.clock.now())
        if order.digest is not None:
            check_refund(order, refund)
            mail.refund(event.refund_id, refund, order)
        store_order(self.store, order, known, [], mail)
        return _accepted_or_kept(order)


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


def _accepted_or_kept(order: Order) -> Accepted:
    outcome = "kept" if order.digest is None else "accepted"
    return Accepted(order.id, outcome, order.queues)


def _settle_kept(order: Order, refunds: Mapping[str, Refunded], mail: Mail) -> Order:
    """Apply the completion and refunds that came before their order (contracts, section 1).

    A refund that turns out to exceed what was paid is kept with the reason, and changes nothing.
    """
    if not order.kept:
        return order
    known = replace(order, kept=())
    for name in sorted(order.kept, key=lambda name: _kept_at(order, refunds, name)):
        if name is None:
            mail.complete()
            continue
        refund = refunds[name]
        try:
            check_refund(known, refund)
        except Rejected as rejected:
            refund = replace(refund, refused=rejected.code)
        else:
            mail.refund(name, refund, known)
        known = replace(known, refunds={**known.refunds, name: refund})
    return known


def _kept_at(order: Order, refunds: Mapping[str, Refunded], name: str | None) -> Instant:
    at = order.completed_at if name is None else refunds[name].at
    assert at is not None, f"order {order.id} keeps a completion that it does not know"
    return at


def _keeping(order: Order, name: str | None) -> Order:
    """Remember what came before the order was paid, in order of arrival."""
    return order if order.digest is not None else replace(order, kept=(*order.kept, name))


def _order_of(
    order: Order, event: OrderPaid, content: str, member: Member, settings: InForce
) -> Order:
    return replace(
        order,
        digest=content,
        settings=settings.version,
        member=member.id,
        refunds={},
        level=event.member.level,
        referrer=member.referrer,
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
