"""What must hold of everything that is stored, recomputed by plain sums over all rows.

Independent of `rebate audit` on purpose: the one is the product, the other checks it.
"""

from collections import Counter
from typing import Any

from rebate.domain.ledger import QueueAccount, asset_of, queue_account, wallet
from rebate.domain.names import QueueId, came_from
from rebate.domain.orders import Order
from rebate.domain.place_index import Node
from rebate.domain.queues import Queue
from rebate.domain.tickets import Status, Ticket, WaitingTotals
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry


def check_books(store: Any, *, settled: bool = True) -> None:
    """Insist that journal, balances, tickets and the index of places tell the same story.

    `settled`: nothing may be waiting any more, neither in an inbox nor half dealt out.
    """
    queues = {queue.id: queue for queue in store.scan(Queue)}
    tickets = list(store.scan(Ticket))
    posted = _postings(store)
    _check_accounts(store, queues, posted)
    _check_statements(store)
    _check_entries(store, tickets)
    for queue in queues.values():
        _check_line(queue, [ticket for ticket in tickets if ticket.queue == queue.id])
        _check_index(store, queue, tickets)
        _check_contributions(queue, tickets, posted)
    if settled:
        waiting = [row for row in store.scan(Inbox) if row.not_before is None]
        assert not waiting, f"{len(waiting)} commands were never settled: {waiting[0]}"
        assert all(queue.progress is None for queue in queues.values())
        assert all(queue.figure(QueueAccount.TRANSIT) == 0 for queue in queues.values())
        brought = sum(line.amount for line in store.scan(ImportedLine) if line.pocket is None)
        merged = sum(queue.figure(QueueAccount.MERGED) for queue in queues.values())
        assert merged == -brought, "what left for other queues, and what pools were brought"
        assert not any(queue.merging for queue in queues.values())
        _check_all_took_effect(store, tickets)
        _check_merges(tickets)


def _postings(store: Any) -> Counter[str]:
    posted: Counter[str] = Counter()
    for row in store.scan(Journal):
        for entry in row.entries:
            per_asset: Counter[str] = Counter()
            for posting in entry.postings:
                posted[posting.account] += posting.amount
                per_asset[asset_of(posting.account)] += posting.amount
            assert not any(per_asset.values()), f"unbalanced: {entry}"
    return posted


def _check_accounts(store: Any, queues: dict[QueueId, Queue], posted: Counter[str]) -> None:
    """Every balance is the sum of its postings, and every posting is in a balance."""
    held: Counter[str] = Counter()
    for row in store.scan(Wallet):
        for pocket, balance in row.balances.items():
            held[wallet(row.member, pocket)] = balance
    for queue in queues.values():
        for name, balance in queue.tills.items():
            held[queue_account(queue.id, QueueAccount(name))] = balance
    for account in {*held, *posted}:
        if account.split("/")[0] in {"wallet", "queue"}:
            assert held[account] == posted[account], account


def _check_statements(store: Any) -> None:
    """Members are told just what the journal says of their wallets."""
    told: Counter[tuple[Any, ...]] = Counter()
    for row in store.scan(StatementEntry):
        for moved in row.movements:
            told[row.source, row.number, wallet(row.member, moved.pocket)] += moved.amount
    booked: Counter[tuple[Any, ...]] = Counter()
    for journal in store.scan(Journal):
        for entry in journal.entries:
            for posting in entry.postings:
                if posting.account.startswith("wallet/"):
                    booked[journal.source, journal.number, posting.account] += posting.amount
    assert +told == +booked
    assert -told == -booked


def _check_entries(store: Any, tickets: list[Ticket]) -> None:
    """An entry was paid what the journal posted to its member for it, less what was taken back."""
    paid: Counter[tuple[Any, ...]] = Counter()
    for row in store.scan(Journal):
        for event in row.events:
            if event.type == "RebatePaid" and event.entry is not None:
                paid[row.source, event.entry] += event.amount
            if event.type == "EntryRefunded":
                paid[row.source, event.entry] -= event.clawed_back
    for ticket in tickets:  # what came back to a queue bears its name there again
        for index, line in enumerate(ticket.lines):
            paid[ticket.queue, ticket.entry_id(index)] -= line.entry.paid if line.entry else 0
    assert not any(paid.values()), f"paid to nobody, or to somebody untold: {paid}"


def _check_line(queue: Queue, tickets: list[Ticket]) -> None:
    """Places and entries are numbered without gaps: nobody joined twice, nobody was lost."""
    places = sorted(ticket.place for ticket in tickets if ticket.place is not None)
    assert places == list(range(queue.tickets))
    entries = [line.entry.ordinal for t in tickets for line in t.lines if line.entry]
    assert sorted(entries) == list(range(queue.entries))


def _check_index(store: Any, queue: Queue, tickets: list[Ticket]) -> None:
    """Each level of the index of places adds up to a recount of the tickets in line."""
    line = [t for t in tickets if t.queue == queue.id and not queue.has_cleared(t)]
    recount = sum((ticket.standing for ticket in line), WaitingTotals())
    assert queue.standing == recount
    for level in range(queue.height):
        nodes = [
            node
            for node in store.scan(Node)
            if (node.key.queue, node.key.tree, node.key.level)
            == (queue.id, queue.cleared_below, level)
        ]
        children = (child.standing for node in nodes for child in node.below)
        assert sum(children, WaitingTotals()) == recount, f"level {level} of {queue.id}"


def _check_contributions(queue: Queue, tickets: list[Ticket], posted: Counter[str]) -> None:
    """Every settled part of every line contributed just what it owes."""
    settled = 0
    for ticket in tickets:
        if ticket.queue == queue.id:
            for index, line in enumerate(ticket.lines):
                for owed, part in zip(ticket.gives(index), line.settled, strict=False):
                    if part is not None:
                        assert part == owed, f"{ticket.order} in {queue.id}"
                        settled += part
    assert -posted[queue_account(queue.id, QueueAccount.CONTRIBUTED)] == settled


def _check_all_took_effect(store: Any, tickets: list[Ticket]) -> None:
    """Every order that was paid has a ticket in each of its queues, which has seen all events."""
    orders = {order.id: order for order in store.scan(Order) if order.digest is not None}
    by_order: dict[str, set[str]] = {}
    for ticket in tickets:
        if not ticket.merged_from:
            by_order.setdefault(ticket.order, set()).add(ticket.queue)
        order = orders[ticket.order]
        if order.repurchase_of is None:
            known = order.completed_at is not None
            assert (ticket.completed_at is not None) == known, f"completion of {order.id}"
    for order in orders.values():
        queues = {queue for queue in order.queues if not queue.startswith("referral/")}
        assert by_order.get(order.id, set()) == queues, f"tickets of {order.id}"


def _check_merges(tickets: list[Ticket]) -> None:
    """What ended as merged goes on in one other place, for what was not paid before."""
    left = {}
    for ticket in tickets:
        goes_on_as = came_from(ticket.queue, ticket.merged_from)
        for line in ticket.lines:
            if line.entry and line.entry.status is Status.MERGED:
                into = line.merged_into or ticket.merged_into
                left[into, ticket.order, goes_on_as, line.id] = line.entry
    for ticket in tickets:
        for line in ticket.lines if ticket.merged_from else ():
            before = left.pop((ticket.queue, ticket.order, ticket.merged_from, line.id))
            assert (
                line.entry is None
                or line.entry.drawn
                or line.entry.entitlement == before.outstanding
            )
            assert line.entry or not before.outstanding, (
                f"{ticket.order} was merged and waits nowhere"
            )
    assert not left, f"merged into nothing: {left}"
