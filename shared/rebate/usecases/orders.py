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

    def join(self, queue: QueueId, ticket: Ticket | None) -> None:
        """Tell a queue that the order was paid; `ticket` goes with it unless it is stored ahead."""
        at, member = self.order.paid_at, self.order.member
        assert at is not None, "the order is not paid"
        assert member is not None, "the order is not paid"
        self.send(queue, Join(at, self.order.id, member), ticket)

    def send(self, queue: QueueId, command: Command, ticket: Ticket | None = None) -> None:
        """Queue a command; nothing of an order happens before it was paid (Rule 0.11)."""
        at = max(command.at, self.order.paid_at or command.at)
        arrival = max(self.now, self.order.arrival + 1)
        self.order = replace(self.order, arrival=arrival)
        sort = joined(number(at), number(arrival), self.order.id)
        command = replace(command, at=at)
        gate = (self.order.id, _attempt(self.order))
        self.rows.append(Inbox(queue, sort, command, gate=gate, ticket=ticket))

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
    store: Store, before: Order, after: Order, rows: Sequence[Write], mail: Mail | None
) -> None:
    """Store an order, its other rows and its commands: all at once, or so that all show at once.

    What does not fit into one transaction is stored ahead of the one that makes the event
    visible. Every transaction insists that the order is as it was, so no row can be written
    again once it may have been settled. Commands stored ahead wait for their own attempt to be
    finished: what a crash left of an earlier one never takes effect.

    Raises:
        Conflict: somebody else wrote to the order; nothing of this event is visible.
    """
    header, further = _rows_of(replace(after, arrival=mail.order.arrival if mail else 0))
    sent = mail.rows if mail else []
    writes: list[Write] = [*map(Put, further), *_spending(after), *rows, *map(Put, sent)]
    version = before.version
    if len(writes) >= WRITES_MAX:
        claim = replace(_rows_of(before)[0], version=_attempt(before))
        store.commit([Put(claim, expects=version)])
        version = claim.version
        header = replace(header, attempts=(*header.attempts, version))
        while len(writes) >= WRITES_MAX:
            ahead, writes = writes[: WRITES_MAX - 1], writes[WRITES_MAX - 1 :]
            store.commit([Check(Order, key_of(claim), version), *ahead])
    final = Put(replace(header, version=version + 1), expects=version)
    store.commit([final, *map(_ungated, writes)])


def _attempt(order: Order) -> int:
    """Return the number of the next attempt at storing an event of an order."""
    return order.version + 1


def _ungated(write: Write) -> Write:
    if isinstance(write, Put) and isinstance(write.row, Inbox):
        return replace(write, row=replace(write.row, gate=None))
    return write


def _rows_of(order: Order) -> tuple[Order, list[OrderLines]]:
    header = replace(order, lines=order.lines[:LINES_PER_ROW])
    starts = range(LINES_PER_ROW, len(order.lines), LINES_PER_ROW)
    further = [
        OrderLines(order.id, order.digest or "", row, order.lines[start : start + LINES_PER_ROW])
        for row, start in enumerate(starts, 1)
    ]
    return header, further


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
