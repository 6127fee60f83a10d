"""How orders are kept: one row that changes, further rows for long ones, and what they cause."""

from collections.abc import Sequence

from rebate.domain.commands import Command, Complete, Cut, Join, Refund
from rebate.domain.errors import Code, Rejected
from rebate.domain.names import OrderId, QueueId
from rebate.domain.orders import LINES_PER_ROW, Order, Refunded
from rebate.domain.plans import queue_rebate
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.usecases.ports import WRITES_MAX, Check, Put, Store, Write
from rebate.usecases.rows import Inbox, Key, OrderLines, Spend, joined, key_of, number


def load_order(store: Store, order: OrderId) -> Order:
    """Return what is known of an order, with all its lines; an empty one if nothing is."""
    header = store.get(Order, Key(order))
    if header is None:
        return Order(order)
    if header.digest is None or len(header.lines) < LINES_PER_ROW:
        return header
    further = store.query(OrderLines, order, prefix=f"{joined(header.digest)}#")
    return replace(header, lines=(*header.lines, *(line for row in further for line in row.lines)))


@dataclass(slots=True)
class Mail:
    """Commands that an order's event sends to its queues, in the order in which they arrive."""

    order: Order
    now: Instant
    rows: list[Inbox] = field(default_factory=list)
    arrival: int = field(init=False)

    def __post_init__(self) -> None:
        self.arrival = self.order.arrival

    def join(self, queue: QueueId, ticket: Ticket | None) -> None:
        """Tell a queue that the order was paid; `ticket` goes with it unless it is stored ahead."""
        at, member = self.order.paid_at, self.order.member
        assert at is not None, "the order is not paid"
        assert member is not None, "the order is not paid"
        self.send(queue, Join(at, self.order.id, member), ticket)

    def send(self, queue: QueueId, command: Command, ticket: Ticket | None = None) -> None:
        """Queue a command; nothing of an order happens before it was paid (Rule 0.11)."""
        at = max(command.at, self.order.paid_at or command.at)
        if at != command.at:
            command = replace(command, at=at)
        self.arrival = max(self.now, self.arrival + 1)
        sort = joined(number(at), number(self.arrival), self.order.id)
        self.rows.append(Inbox(queue, sort, command, ticket=ticket))

    def complete(self) -> None:
        """Tell every queue of the order that it is completed."""
        for queue in self.order.queues:
            at, member = self.order.completed_at, self.order.member
            assert at is not None, "the order is not completed"
            assert member is not None, "the order is not paid"
            self.send(queue, Complete(at, self.order.id, member, completed_at=at))

    def refund(self, name: str, refund: Refunded, before: Order) -> None:
        """Tell the queues of the order's lines that a refund lowers what they give and get."""
        member = self.order.member
        assert member is not None, "an order that was not paid has nothing to refund"
        for queue in self.order.queues:
            cuts = _cuts(queue, before, refund)
            if cuts:
                self.send(queue, Refund(refund.at, self.order.id, member, name, cuts))


def check_refund(order: Order, refund: Refunded) -> None:
    """Insist that no line gives back more than was paid for it (Rule 1.6.5).

    Raises:
        Rejected: `refund_exceeds_paid`.
    """
    paid = {line.id: line.paid for line in order.lines}
    for line, amount in refund.amounts.items():
        left = paid.get(line, 0) - order.refunded(line)
        if amount > left:
            known = f"{left} of {paid[line]} is left" if line in paid else "there is no such line"
            message = f"refund of {amount} for line {line} of order {order.id}: {known}"
            raise Rejected(Code.REFUND_EXCEEDS_PAID, message)


def store_order(
    store: Store, before: Order, after: Order, rows: Sequence[Write], mail: Mail
) -> None:
    """Store an order, its other rows and its commands: all at once, or so that all show at once.

    What does not fit into one transaction is stored ahead of the one that makes the event
    visible. Every transaction insists that the order is as it was, so no row can be written
    again once it may have been settled. Commands stored ahead wait for their own attempt to be
    finished: what a crash left of an earlier one never takes effect.

    Raises:
        Conflict: somebody else wrote to the order; nothing of this event is visible.
    """
    further = _further_rows(after)
    writes: list[Write] = [*map(Put, further), *_spending(after), *rows, *map(Put, mail.rows)]
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


def _spending(after: Order) -> list[Write]:
    """Keep what a completed order adds to its buyer's spend, after refunds (Rule 1.3.2)."""
    if after.digest is None or after.completed_at is None or after.member is None:
        return []
    groups: dict[str, int] = {}
    for line in after.lines:
        group = queue_rebate.spending_group(after, line)
        if group:
            groups[group] = groups.get(group, 0) + line.paid - after.refunded(line.id)
    return [Put(Spend(after.member, after.id, after.completed_at, groups))]


def _cuts(queue: QueueId, before: Order, refund: Refunded) -> tuple[Cut, ...]:
    by_line = {line.id for line in before.lines if line.queue == queue}
    amounts = refund.amounts.items()
    return tuple(Cut(line, back) for line, back in amounts if not by_line or line in by_line)
