"""How orders are kept: one row that changes, further rows for long ones, and what they cause."""

from collections.abc import Mapping, Sequence

from rebate.domain.commands import Bound, Command, Complete, Cut, Join, RefundOrder, Settle
from rebate.domain.errors import Code, Rejected
from rebate.domain.money import Amount, split_in_proportion, sum_of
from rebate.domain.names import GUEST, LineId, OrderId, QueueId
from rebate.domain.orders import LINES_PER_ROW, Early, Order
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.orders import sources_of
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from rebate.usecases.storage.ports import WRITES_MAX, Check, Put, Store, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, number
from rebate.usecases.storage.rows.orders import CompletedSpend, OrderLines, OrderRefund


def load_order(store: Store, order: OrderId) -> Order:
    """Return what is known of an order, with all its lines; an empty one if nothing is."""
    header = _header(store, order)
    if header is None:
        return Order(order)
    if header.digest is None or len(header.lines) != LINES_PER_ROW:
        return header
    bought = _header(store, header.repurchase_of) if header.repurchase_of else header
    assert bought is not None, f"{order} repeats an order that is not there"
    rows = store.query(OrderLines, bought.id, prefix=f"{joined(bought.digest or '')}#")
    further = [line for row in rows for line in row.lines]
    if header.repurchase_of:
        further = [replace(line, queue=None) for line in further]
    return replace(header, lines=(*header.lines, *further))


def _header(store: Store, order: OrderId) -> Order | None:
    return store.get(Order, Key(order))


@dataclass(slots=True)
class Outbox:
    """Commands that an order's event sends to its queues, in the order in which they arrive.

    What is due until `due_by` need not wait (see `Clock`).
    """

    order: Order
    now: Instant
    due_by: Instant
    rows: list[Inbox] = field(default_factory=list)
    arrival: int = field(init=False)

    def __post_init__(self) -> None:
        self.arrival = self.order.arrival

    def join(self, queue: QueueId, ticket: Ticket | None) -> None:
        """Tell a queue that the order was paid; `ticket` goes with it unless it is stored ahead."""
        at = self.order.paid_at
        assert at is not None, "the order is not paid"
        self.send(queue, Join(at, self.order.id, self.order.member or GUEST), ticket)

    def send(
        self,
        queue: QueueId,
        command: Command,
        ticket: Ticket | None = None,
        *,
        not_before: Instant | None = None,
    ) -> None:
        """Queue a command; nothing of an order happens before it was paid (Rule 0.11)."""
        at = max(command.at, self.order.paid_at or command.at)
        if at != command.at:
            command = replace(command, at=at)
        self.arrival = max(self.now, self.arrival + 1)
        sort = joined(number(at), number(self.arrival), self.order.id)
        paced = self.order.not_before
        waits = max(filter(None, (paced, not_before)), default=None)
        self.rows.append(Inbox(queue, sort, command, not_before=waits, ticket=ticket))

    def complete(self) -> None:
        """Tell every queue of the order that it is completed, and what is due later of that.

        Where that is over before it becomes known, it is settled at once (Rule 1.6.5.1).
        """
        order, member = self.order.id, self.order.member or GUEST
        for queue in self.order.queues:
            at, days = self.order.completed_at, self.order.settle_after_days.get(queue)
            assert at is not None, "the order is not completed"
            due = Instant(at + days * DAY) if days else None
            self.send(queue, Complete(at, order, member, completed_at=at, settles_at=due))
            if due is not None:
                ahead = due if due > self.due_by else None
                self.send(queue, Settle(due, order, member), not_before=ahead)

    def refund(self, refund: OrderRefund, before: Order) -> None:
        """Tell the queues of the order's lines that a refund lowers what they give and get."""
        order, member = self.order.id, self.order.member or GUEST
        for queue in self.order.queues:
            cuts, bounds = cuts_of(queue, before, refund), bounds_of(queue, self.order)
            if cuts or bounds:
                told = RefundOrder(refund.at, order, member, refund.name, cuts, bounds=bounds)
                self.send(queue, told)


def refund_of(order: Order, told: Early) -> OrderRefund:
    """Return a refund as it counts: what goes back of each line, never more than is left of it.

    An amount without lines is split over them in proportion to what is left of each (Rule 1.6.6).

    Raises:
        Rejected: `refund_exceeds_paid`; so is the refund of a line that the order does not have.
    """
    assert told.refund is not None, "a completion gives nothing back"
    assert told.digest is not None, "a refund has content"
    left, amounts = order.left(), told.amounts
    if told.amount is not None:
        amounts = _split(order, told.amount, left)
    for line, amount in amounts.items():
        if amount > left.get(line, 0):
            known = f"{left[line]} is left" if line in left else "there is no such line"
            message = f"refund of {amount} for line {line} of order {order.id}: {known}"
            raise Rejected(Code.REFUND_EXCEEDS_PAID, message)
    return OrderRefund(order.id, told.refund, told.digest, told.at, amounts)


def _split(order: Order, amount: Amount, left: Mapping[LineId, Amount]) -> dict[LineId, Amount]:
    total = sum_of(left.values())
    if amount > total:
        message = f"refund of {amount} for order {order.id}: {total} is left"
        raise Rejected(Code.REFUND_EXCEEDS_PAID, message)
    parts = split_in_proportion(amount, tuple(left.values()))
    return {line: part for line, part in zip(left, parts, strict=True) if part}


def repriced(order: Order) -> Order:
    """Return an order that was refunded with what it gives now (Rules 2.6 and 8.4)."""
    if order.given is None:
        return order
    return replace(order, given=order.given.priced(order.left(), sources_of(order)))


def store_order(
    store: Store,
    before: Order,
    after: Order,
    rows: Sequence[Write],
    mail: Outbox,
    last: Sequence[Write] = (),
) -> None:
    """Store an order, its other rows and its commands: all at once, or so that all show at once.

    A few that are `last` are stored with the order itself, for they prove that the event is known.

    What does not fit into one transaction is stored ahead of the one that makes the event
    visible. Every transaction insists that the order is as it was, so no row can be written
    again once it may have been settled. Commands stored ahead wait for their own attempt to be
    finished: what a crash left of an earlier one never takes effect.

    Raises:
        Conflict: somebody else wrote to the order; nothing of this event is visible.
    """
    further = _further_rows(after)
    writes: list[Write] = [*map(Put, further), *spending_of(after), *rows, *map(Put, mail.rows)]
    writes += last
    version, attempts = before.version, after.attempts
    if len(writes) >= WRITES_MAX:
        claim = replace(before, version=version + 1, lines=before.lines[:LINES_PER_ROW])
        store.commit([Put(claim, expects=version)])
        version, attempts = claim.version, (*attempts, claim.version)
        while len(writes) >= WRITES_MAX:
            ahead, writes = writes[: WRITES_MAX - 1], writes[WRITES_MAX - 1 :]
            gated = (_gated(write, order=after.id, attempt=version) for write in ahead)
            store.commit([Check(Order, key_of(claim), version), *gated])
    header = replace(
        after,
        version=version + 1,
        arrival=mail.arrival,
        lines=after.lines[:LINES_PER_ROW],
        attempts=attempts,
    )
    store.commit([Put(header, expects=version), *writes])


def _gated(write: Write, *, order: OrderId, attempt: int) -> Write:
    """Let a command wait for its order's attempt; other rows are not looked for before it."""
    if isinstance(write, Put) and isinstance(write.row, Inbox):
        return replace(write, row=replace(write.row, gate=(order, attempt)))
    return write


def _further_rows(order: Order) -> list[OrderLines]:
    starts = range(LINES_PER_ROW, len(order.lines), LINES_PER_ROW)
    return [
        OrderLines(order.id, order.digest or "", row, order.lines[start : start + LINES_PER_ROW])
        for row, start in enumerate(starts, 1)
    ]


def spending_of(after: Order) -> list[Write]:
    """Keep what a completed order adds to its buyer's spend, after refunds (Rule 1.3.2)."""
    if after.digest is None or after.completed_at is None or after.member is None:
        return []
    groups, paid = queue_rebate.spent_in(after), sum_of(after.left().values())
    return [Put(CompletedSpend(after.member, after.id, after.completed_at, groups, paid))]


def bounds_of(queue: QueueId, order: Order) -> tuple[Bound, ...]:
    found = order.given.bounds(queue) if order.given else ()
    return tuple(Bound(line, most) for line, most in found)


def cuts_of(queue: QueueId, before: Order, refund: OrderRefund) -> tuple[Cut, ...]:
    by_line = {line.id for line in before.lines if line.queue == queue}
    amounts = refund.amounts.items()
    return tuple(Cut(line, back) for line, back in amounts if not by_line or line in by_line)
