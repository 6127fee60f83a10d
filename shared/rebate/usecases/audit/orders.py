"""Orders against their tickets: what an order gives and gets rests on what was paid for it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from rebate.domain.commissions import Reward
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import (
    GUEST,
    NO_QUEUE,
    WHOLE_ORDER,
    LineId,
    OrderId,
    QueueId,
    left_behind,
    queue_left,
)
from rebate.domain.orders import LINES_PER_ROW, Order
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.orders import sources_of
from rebate.domain.plans.registry import PLANS
from rebate.domain.tickets import Ticket, TicketLine
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.storage.moved_tickets import with_moved
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.commissions import Commission
from rebate.usecases.storage.rows.key_of import key_of, merged_ticket_keys
from rebate.usecases.storage.rows.keys import Key, ticket_key
from rebate.usecases.storage.rows.orders import CompletedSpend, OrderRefund

AT_A_TIME = 50
"""Orders whose tickets are read together."""


class OrderAudit:
    """Checks orders, a few at a time; `pending` are those with commands not yet settled.

    `mailed` are tickets that may still be with the commands that let them join.
    """

    def __init__(
        self,
        pending: AbstractSet[OrderId],
        mailed: AbstractSet[tuple[OrderId, QueueId]],
        chains: Chains,
    ) -> None:
        self._pending = pending
        self._mailed = mailed
        self._chains = chains
        self._refunds: dict[OrderId, Counter[LineId]] = {}
        self._rewards: dict[OrderId, tuple[Amount, tuple[Reward, ...]]] = {}
        self._some: list[Order] = []
        self._strays: list[Ticket] = []
        self._spent: list[CompletedSpend] = []
        self.tickets = 0
        """Tickets that the orders have."""
        self.spending = 0
        """Rows that they add to what their buyers spent."""

    def note_refund(self, refund: OrderRefund) -> None:
        """Add up what refunds say that an order gave back, by line."""
        self._refunds.setdefault(refund.order, Counter()).update(refund.amounts)

    def note_commission(self, row: Commission) -> None:
        """Keep what commissions say of their order."""
        self._rewards[row.order] = row.turnover, tuple(each.reward for each in row.paid)

    def take(self, store: Store, order: Order) -> Iterator[AuditDifference]:
        """Take the next order; yield what is wrong with it and some before it."""
        self._some.append(order)
        if len(self._some) == AT_A_TIME:
            yield from self._check(store)

    def rest(self, store: Store) -> Iterator[AuditDifference]:
        """Yield what is wrong with the last orders, and the commissions of orders that are gone."""
        yield from self._check(store)
        for order in sorted(self._rewards):
            yield AuditDifference(f"referral/{order}", "is stored, and its order is not")

    def _check(self, store: Store) -> Iterator[AuditDifference]:
        """Yield what is wrong with orders' tickets and with what they add to spending."""
        some, self._some = self._some, []
        accepted = [order for order in some if order.digest is not None]
        whole = [_with_all_lines(store, order) for order in accepted]
        yield from self._tickets(store, whole)
        yield from self._spending(store, whole)
        for order in whole:
            yield from self._refunded(order)
            yield from self._commissions(order)

    def _refunded(self, order: Order) -> Iterator[AuditDifference]:
        """Rule 1.6.6: what was given back is what refunds say; older ones have no rows."""
        told = self._refunds.pop(order.id, Counter())
        back = Counter(dict(zip((line.id for line in order.lines), order.given_back, strict=False)))
        for line in sorted(told | back):
            path = f"orders.{order.id}.lines.{line}"
            yield from wrong(path, "given_back", found=back[line], expected=told[line])

    def _commissions(self, order: Order) -> Iterator[AuditDifference]:
        """What was fixed of an order's rewards is what its commissions say (Rule 2.6.2)."""
        turnover, rewards = self._rewards.pop(order.id, (0, ()))
        path = f"referral/{order.id}"
        if rewards and order.given:
            expected = order.given.commissions.rewards
            yield from wrong(path, "rewards", found=rewards, expected=expected)
        if turnover and order.id not in self._pending:
            yield from wrong(
                path, "turnover", found=turnover, expected=sum_of(order.left().values())
            )

    def take_stray(self, store: Store, ticket: Ticket) -> Iterator[AuditDifference]:
        """Take the next ticket; yield those of some that their orders do not know."""
        self._strays.append(ticket)
        if len(self._strays) == AT_A_TIME:
            yield from self.rest_of_strays(store)

    def rest_of_strays(self, store: Store) -> Iterator[AuditDifference]:
        """Yield those of the last tickets that their orders do not know."""
        some, self._strays = self._strays, []
        known = store.get_many(Order, [Key(ticket.order) for ticket in some])
        from_ = {_key_before(ticket) for ticket in some if ticket.merged_from}
        first = store.get_many(Ticket, from_)
        for ticket in some:
            order = known.get(Key(ticket.order))
            path = f"queues.{ticket.queue}.orders.{ticket.order}"
            if order is None or not (ticket.merged_from or ticket.queue in order.queues):
                yield AuditDifference(path, "is stored, and no order says so")
            elif ticket.merged_from:
                source = first.get(_key_before(ticket))
                if source is None or ticket.queue not in source.goes_on_in():
                    left = queue_left(ticket.merged_from)
                    message = f"is stored, and was not merged from {left}"
                    yield AuditDifference(path, message)

    def take_spending(self, store: Store, row: CompletedSpend) -> Iterator[AuditDifference]:
        """Take what counts as spent; yield what of some no order says."""
        self._spent.append(row)
        if len(self._spent) == AT_A_TIME:
            yield from self.rest_of_spending(store)

    def rest_of_spending(self, store: Store) -> Iterator[AuditDifference]:
        """Yield what counts as spent last and no order says."""
        some, self._spent = self._spent, []
        known = store.get_many(Order, [Key(row.order) for row in some])
        for row in some:
            order = known.get(Key(row.order))
            said = order and (order.member, order.completed_at)
            if said != (row.member, row.completed_at):
                path = f"members.{row.member}.spending.{row.order}"
                yield AuditDifference(path, "is stored, and no order says so")

    def _tickets(self, store: Store, orders: Sequence[Order]) -> Iterator[AuditDifference]:
        wanted = {
            (order.id, queue): ticket_key(queue, order.member or GUEST, order.id)
            for order in orders
            for queue in _lines(order)
        }
        found = store.get_many(Ticket, wanted.values())
        all_ = with_moved(store, found.values())
        merged = {key_of(ticket): ticket for ticket in all_[len(found) :]}
        self.tickets += len(all_)
        for order in orders:
            its = [wanted[order.id, queue] for queue in _lines(order)]
            its_tickets = [found[key] for key in its if key in found]
            yield from self._chains.check_order(order, its_tickets)
            for queue in _lines(order):
                ticket = found.get(wanted[order.id, queue])
                path = f"queues.{queue}.orders.{order.id}"
                if ticket is None:
                    if (order.id, queue) not in self._mailed:
                        yield AuditDifference(path, "is not stored, and the order says so")
                elif order.repurchase_of is None and order.id not in self._pending:
                    yield from _same(order, ticket)
                    yield from _amounts(path, order, ticket)
                    yield from _merge(order, ticket, merged)

    def _spending(self, store: Store, orders: Sequence[Order]) -> Iterator[AuditDifference]:
        rows = [
            CompletedSpend(order.member, order.id, order.completed_at, queue_rebate.spent_in(order))
            for order in orders
            if order.completed_at is not None and order.member and order.repurchase_of is None
        ]
        found = store.get_many(CompletedSpend, [key_of(row) for row in rows])
        self.spending += len(found)
        for row in rows:
            stored = found.get(key_of(row))
            said = stored.groups if stored else None
            yield from wrong(
                f"members.{row.member}.spending", row.order, found=said, expected=row.groups
            )


def _with_all_lines(store: Store, order: Order) -> Order:
    long = len(order.lines) >= LINES_PER_ROW
    return load_order(store, order.id) if long else order


def _lines(order: Order) -> Iterator[QueueId]:
    """Yield the queues in which the order has a ticket: those without a line have an inbox only."""
    names = ((queue, PLANS.queue(queue)) for queue in order.queues)
    return (queue for queue, name in names if name is None or name.kind.has_line)


def _same(order: Order, ticket: Ticket) -> Iterator[AuditDifference]:
    """Yield where an order and its ticket differ in who bought when, and through whom."""
    path = f"orders.{order.id}"
    yield from wrong(path, "paid_at", found=order.paid_at, expected=ticket.paid_at)
    yield from wrong(path, "referrer", found=order.referrer, expected=ticket.referrer)
    if ticket.joined:
        completed, known = order.completed_at, ticket.completed_at
        yield from wrong(path, "completed_at", found=completed, expected=known)


def _amounts(path: str, order: Order, ticket: Ticket) -> Iterator[AuditDifference]:
    """Yield where a ticket's bases are not what is left of what was paid (Rule 1.6.5).

    What orders give from in a plan that this release does not know, it cannot tell.
    """
    name = PLANS.queue(ticket.queue)
    left = order.left()
    for line in ticket.lines:
        gets = sum_of(left.values()) if line.id == WHOLE_ORDER else left.get(line.id)
        at = f"lines.{line.id or 'all'}"
        yield from wrong(path, f"{at}.gets_from", found=line.entitlement_base, expected=gets)
        if name is not None:
            gives = _profit(order, line) if name.plan.gives_of_profit else gets
            yield from wrong(path, f"{at}.gives_from", found=line.contribution_base, expected=gives)


def _merge(order: Order, ticket: Ticket, found: Mapping[Key, Ticket]) -> Iterator[AuditDifference]:
    """Yield where what was merged is not what goes on elsewhere, line by line (Rule 1.5.5)."""
    left = ticket.goes_on_in()
    if NO_QUEUE in left:
        path = f"queues.{ticket.queue}.orders.{order.id}"
        yield AuditDifference(path, "has lines that are merged, and names no queue into which")
    for into, key in merged_ticket_keys(ticket).items():
        names = left.get(into, ())
        path, rest = f"queues.{into}.orders.{order.id}", found.get(key)
        if rest is None:
            yield AuditDifference(path, f"is not stored, and was merged from {ticket.queue}")
            continue
        completed = ticket.completed_at
        yield from wrong(path, "joined", found=rest.joined, expected=True)
        yield from wrong(path, "completed_at", found=rest.completed_at, expected=completed)
        here = sorted(line.id for line in rest.lines)
        yield from wrong(path, "lines", found=here, expected=sorted(names))
        yield from _amounts(path, order, rest)
        yield from _received(path, ticket, rest)
        yield from _merge(order, rest, found)


def _received(path: str, ticket: Ticket, rest: Ticket) -> Iterator[AuditDifference]:
    """Yield where what goes on does not count what it was paid before."""
    before = {line.id: line for line in ticket.lines}
    for after in rest.lines:
        line, promised = before.get(after.id), after.promised() or NOTHING
        if line and line.entry:
            paid = min(promised, line.received_before + line.entry.paid)
            found = min(after.received_before, promised)
            yield from wrong(path, f"lines.{after.id}.got", found=found, expected=paid)


def _key_before(ticket: Ticket) -> Key:
    """Return where the ticket is from which one was merged."""
    queue, merged_from = left_behind(ticket.queue, ticket.merged_from)
    return ticket_key(queue, ticket.member, ticket.order, merged_from)


def _profit(order: Order, line: TicketLine) -> Amount:
    """Return the profit; the refund of a loss does not raise what a line gives from (Rule 7a)."""
    sources = sources_of(order)
    profit = line.profit(sources, sum_of(order.left().values()))
    losses = any(source.profit is not None and source.profit < 0 for source in sources)
    return min(profit, line.contribution_base) if losses or line.net_of else profit
