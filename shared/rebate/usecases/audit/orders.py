"""Orders against their tickets: what an order gives and gets rests on what was paid for it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from rebate.domain.merges import is_merged
from rebate.domain.money import Amount
from rebate.domain.names import GUEST, WHOLE_ORDER, OrderId, QueueId
from rebate.domain.orders import LINES_PER_ROW, Order
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.orders import sources_of
from rebate.domain.plans.registry import PLANS
from rebate.domain.tickets import Ticket, TicketLine
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import CompletedSpend, Key, key_of, merged_ticket_key, ticket_key

AT_A_TIME = 50
"""Orders whose tickets are read together."""


class OrderAudit:
    """Checks orders, a few at a time; `pending` are those with commands not yet settled.

    `mailed` are tickets that may still be with the commands that let them join.
    """

    def __init__(
        self,
        store: Store,
        pending: AbstractSet[OrderId],
        mailed: AbstractSet[tuple[OrderId, QueueId]],
    ) -> None:
        self._store = store
        self._pending = pending
        self._mailed = mailed
        self.tickets = 0
        """Tickets that the orders have."""

    def check(self, orders: Iterable[Order]) -> Iterator[AuditDifference]:
        """Yield what is wrong with the orders' tickets and with what they add to spending."""
        rest = iter(orders)
        while some := list(islice(rest, AT_A_TIME)):
            accepted = [order for order in some if order.digest is not None]
            whole = [self._with_all_lines(order) for order in accepted]
            yield from self._tickets(whole)
            yield from self._spending(whole)

    def strays(self, tickets: Iterable[Ticket]) -> Iterator[AuditDifference]:
        """Yield tickets of orders that do not know them."""
        rest = iter(tickets)
        while some := list(islice(rest, AT_A_TIME)):
            known = self._store.get_many(Order, [Key(ticket.order) for ticket in some])
            from_ = {_first_key(ticket) for ticket in some if ticket.merged_from}
            first = self._store.get_many(Ticket, from_)
            for ticket in some:
                order = known.get(Key(ticket.order))
                path = f"queues.{ticket.queue}.orders.{ticket.order}"
                if order is None or (ticket.merged_from or ticket.queue) not in order.queues:
                    yield AuditDifference(path, "is stored, and no order says so")
                elif ticket.merged_from:
                    source = first.get(_first_key(ticket))
                    if source is None or source.merged_into != ticket.queue:
                        message = f"is stored, and was not merged from {ticket.merged_from}"
                        yield AuditDifference(path, message)

    def _with_all_lines(self, order: Order) -> Order:
        long = len(order.lines) >= LINES_PER_ROW
        return load_order(self._store, order.id) if long else order

    def _tickets(self, orders: Sequence[Order]) -> Iterator[AuditDifference]:
        wanted = {
            (order.id, queue): ticket_key(queue, order.member or GUEST, order.id)
            for order in orders
            for queue in _lines(order)
        }
        found = self._store.get_many(Ticket, wanted.values())
        moved = {key for ticket in found.values() if (key := merged_ticket_key(ticket))}
        merged = self._store.get_many(Ticket, moved)
        self.tickets += len(found) + len(merged)
        for order in orders:
            for queue in _lines(order):
                ticket = found.get(wanted[order.id, queue])
                path = f"queues.{queue}.orders.{order.id}"
                if ticket is None:
                    if (order.id, queue) not in self._mailed:
                        yield AuditDifference(path, "is not stored, and the order says so")
                elif order.repurchase_of is None and order.id not in self._pending:
                    yield from _amounts(path, order, ticket)
                    yield from _merge(order, ticket, merged)

    def _spending(self, orders: Sequence[Order]) -> Iterator[AuditDifference]:
        rows = [
            CompletedSpend(order.member, order.id, order.completed_at, _spent(order))
            for order in orders
            if order.completed_at is not None and order.member and order.repurchase_of is None
        ]
        found = self._store.get_many(CompletedSpend, [key_of(row) for row in rows])
        for row in rows:
            stored = found.get(key_of(row))
            said = stored.groups if stored else None
            yield from wrong(
                f"members.{row.member}.spending", row.order, found=said, expected=row.groups
            )


def _lines(order: Order) -> Iterator[QueueId]:
    """Yield the queues in which the order has a ticket: those without a line have an inbox only."""
    names = ((queue, PLANS.queue(queue)) for queue in order.queues)
    return (queue for queue, name in names if name is None or name.kind.has_line)


def _amounts(path: str, order: Order, ticket: Ticket) -> Iterator[AuditDifference]:
    """Yield where a ticket's bases are not what is left of what was paid (Rule 1.6.5).

    What orders give from in a plan that this release does not know, it cannot tell.
    """
    name = PLANS.queue(ticket.queue)
    left = order.left()
    for line in ticket.lines:
        gets = sum(left.values()) if line.id == WHOLE_ORDER else left.get(line.id)
        at = f"lines.{line.id or 'all'}"
        yield from wrong(path, f"{at}.gets_from", found=line.entitlement_base, expected=gets)
        if name is not None:
            gives = _profit(order, line) if name.plan.gives_of_profit else gets
            yield from wrong(path, f"{at}.gives_from", found=line.contribution_base, expected=gives)


def _merge(order: Order, ticket: Ticket, found: Mapping[Key, Ticket]) -> Iterator[AuditDifference]:
    """Yield where what was merged is not what goes on elsewhere, line by line (Rule 1.5.5)."""
    key = merged_ticket_key(ticket)
    left = {line.id: line for line in ticket.lines if is_merged(line)}
    path = f"queues.{ticket.merged_into or ticket.queue}.orders.{order.id}"
    rest = found.get(key) if key else None
    if rest is None:
        if left or key:
            yield AuditDifference(path, f"is not stored, and was merged from {ticket.queue}")
        return
    yield from wrong(path, "joined", found=rest.joined, expected=True)
    yield from wrong(path, "completed_at", found=rest.completed_at, expected=ticket.completed_at)
    lines = {line.id: line for line in rest.lines}
    yield from wrong(path, "lines", found=sorted(lines), expected=sorted(left))
    yield from _amounts(path, order, rest)
    for name in lines.keys() & left.keys():
        before, after = left[name].entry, lines[name]
        paid = before.paid if before else 0
        promised = after.promised() or 0
        yield from wrong(
            path, f"lines.{name}.got", found=min(after.received_before, promised), expected=paid
        )


def _first_key(ticket: Ticket) -> Key:
    """Return where the ticket is from which one was merged."""
    return ticket_key(ticket.merged_from, ticket.member, ticket.order)


def _profit(order: Order, line: TicketLine) -> Amount:
    """Return the profit; the refund of a loss does not raise what a line gives from (Rule 7a)."""
    sources = sources_of(order)
    profit = line.profit(sources, sum(order.left().values()))
    losses = any(source.profit is not None and source.profit < 0 for source in sources)
    return min(profit, line.contribution_base) if losses or line.net_of else profit


def _spent(order: Order) -> dict[str, int]:
    groups: dict[str, int] = {}
    left = order.left()
    for line in order.lines:
        group = queue_rebate.spending_group(order, line)
        if group:
            groups[group] = groups.get(group, 0) + left[line.id]
    return groups
