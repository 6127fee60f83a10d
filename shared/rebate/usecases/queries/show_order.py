"""The whole trace of an order: which rule gave which ratio, and what followed (Rule 8.5)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rebate.contracts import traces
from rebate.contracts.acts import ActShown
from rebate.domain.commands import Retain
from rebate.domain.ledger import JournalEntry
from rebate.domain.money import Amount
from rebate.domain.names import GUEST, WHOLE_ORDER, EntryId, LineId, MemberId, OrderId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans.registry import PLANS
from rebate.domain.terms import Terms
from rebate.domain.tickets import Status, Ticket
from rebate.domain.times import Instant, datetime_of
from rebate.usecases.office.show_acts import acts_on_queue
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.queries.show_entries import EntryViewer, moment_of
from rebate.usecases.storage.moved_tickets import with_moved
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import journal_key, ticket_key
from rebate.usecases.storage.rows.orders import OrderRefund

STATEMENTS_READ = 100


def show_order(store: Store, terms: Terms, name: OrderId) -> traces.Trace | None:
    """Return all that is known of an order; None if nothing is."""
    order = load_order(store, name)
    if order.version == 0:
        return None
    tickets, back = _tickets(store, order), order.refunded()
    return traces.Trace(
        order_id=order.id,
        member=order.member,
        level=order.level,
        referrer=order.referrer,
        channel=order.channel,
        store_id=order.store,
        paid_at=moment_of(order.paid_at),
        completed_at=moment_of(order.completed_at),
        settings_version=order.settings,
        repurchase_of=order.repurchase_of,
        queues=order.queues,
        lines=tuple(_line(line, back[line.id]) for line in order.lines),
        refunds=tuple(_refunds(store, order)),
        tickets=(
            *(_ticket(store, terms, ticket) for ticket in tickets),
            *_on_their_way(order, tickets),
        ),
        journal=tuple(_journal(store, order, tickets)),
        acts=tuple(_acts(store, terms, tickets)),
    )


_ENDED_BY_ACTS = frozenset({Status.CLEARED, Status.MERGED, Status.EXCHANGED})


def _acts(store: Store, terms: Terms, tickets: Sequence[Ticket]) -> Iterator[ActShown]:
    """Yield what people did to the queues in which an entry ended as by such an act (Rule 8.9)."""
    shown = EntryViewer(store, terms).view(tickets)
    ended = {each.queue for each in shown if each.status in _ENDED_BY_ACTS}
    for ticket in tickets:
        if ticket.queue in ended:
            yield from acts_on_queue(store, ticket.queue, ticket.paid_at)


def _tickets(store: Store, order: Order) -> list[Ticket]:
    if order.digest is None:
        return []
    keys = {ticket_key(queue, order.member or GUEST, order.id) for queue in order.queues}
    found = store.get_many(Ticket, keys).values()
    first = sorted(found, key=lambda each: order.queues.index(each.queue))
    return [ticket for each in first for ticket in with_moved(store, [each])]


def _line(line: OrderLine, refunded: Amount) -> traces.TraceLine:
    return traces.TraceLine(
        line_id=line.id,
        product_id=line.product,
        supply=line.supply,
        quantity=line.quantity,
        paid=line.paid,
        deducted=line.deducted,
        refunded=refunded,
        profit=line.profit,
        queue=line.queue,
        extraction_bps=line.extraction_bps,
        entitlement_bps=line.entitlement_bps,
        decided_by=line.decided_by,
        no_entry_because=line.no_entry_because,
        passed_over=tuple(
            traces.ChoiceShown(rule=choice.rule, scope=choice.scope, outcome=choice.outcome)
            for choice in line.passed_over
        ),
    )


def _refunds(store: Store, order: Order) -> list[traces.TraceRefund]:
    """Return an order's refunds by instant, what does not fit it and is not told yet included."""
    rows = store.query(OrderRefund, order.id)
    found = [_refund(row.name, row.at, row.amounts) for row in rows]
    found += [_refund(name, r.at, r.amounts, r.refused) for name, r in order.refunds.items()]
    early = (each for each in order.early if each.refund)
    found += [_refund(e.refund or "", e.at, e.amounts, e.refused) for e in early]
    return sorted(found, key=lambda each: each.refunded_at)


def _refund(
    name: str, at: Instant, amounts: Mapping[LineId, Amount], refused: str | None = None
) -> traces.TraceRefund:
    return traces.TraceRefund(
        refund_id=name,
        refunded_at=datetime_of(at),
        amounts={str(line): amount for line, amount in amounts.items()},
        refused=refused,
    )


def _ticket(store: Store, terms: Terms, ticket: Ticket) -> traces.TraceTicket:
    return traces.TraceTicket(
        queue=ticket.queue,
        joined=ticket.joined,
        contributions=tuple(
            traces.ContributionShown(
                line_id=_line_id(line.id), settled=line.settled, retained=line.retained
            )
            for line in ticket.lines
        ),
        entries=tuple(EntryViewer(store, terms).view([ticket])) if ticket.joined else (),
    )


def _on_their_way(order: Order, tickets: Iterable[Ticket]) -> Iterator[traces.TraceTicket]:
    """Yield the tickets that are still with the commands that will let them join."""
    known = {ticket.queue for ticket in tickets}
    for queue in order.queues:
        name = PLANS.queue(queue)
        if queue not in known and (name is None or name.kind.has_line):
            yield traces.TraceTicket(queue=queue, joined=False, contributions=(), entries=())


def _journal(
    store: Store, order: Order, tickets: Sequence[Ticket]
) -> Iterator[traces.TraceJournal]:
    """Yield the movements that the order caused or its entries took part in, oldest first.

    The first are found by its tickets, the others by the buyer's statement; what was dealt out in
    another queue (Rule 1.4.1) by what that told.
    """
    entries = {ticket.entry_id(at) for ticket in tickets for at in range(len(ticket.lines))}
    keys = {
        journal_key(row.source, row.number)
        for row in (_statements(store, order.member) if order.member else ())
        if any(moved.order == order.id or moved.entry in entries for moved in row.movements)
    }
    keys |= {journal_key(ticket.queue, each) for ticket in tickets for each in ticket.commits}
    rows = store.get_many(Journal, keys)
    elsewhere = {
        journal_key(command.given_to, command.commit)
        for row in rows.values()
        for command in row.commands
        if isinstance(command, Retain) and command.order == order.id and command.commit
    }
    rows |= store.get_many(Journal, elsewhere - rows.keys())
    for row in sorted(rows.values(), key=lambda row: (row.at, row.source, row.number)):
        for entry in row.entries:
            if _concerns(entry, order.id, entries):
                yield _movement(row, entry)


def _statements(store: Store, member: MemberId) -> Iterator[StatementEntry]:
    """Yield a member's whole statement, the newest first."""
    after: str | None = None
    while rows := store.query(
        StatementEntry, member, after=after, limit=STATEMENTS_READ, backwards=True
    ):
        yield from rows
        after = key_of(rows[-1]).sort


def _concerns(entry: JournalEntry, order: OrderId, entries: set[EntryId]) -> bool:
    return entry.order == order or any(posting.entry in entries for posting in entry.postings)


def _movement(row: Journal, entry: JournalEntry) -> traces.TraceJournal:
    return traces.TraceJournal(
        source=row.source,
        number=row.number,
        at=datetime_of(row.at),
        kind=entry.kind,
        order_id=entry.order,
        line_id=_line_id(entry.line),
        postings=tuple(
            traces.TracePosting(
                account=posting.account,
                amount=posting.amount,
                entry=posting.entry,
                reason=posting.reason.value if posting.reason else None,
            )
            for posting in entry.postings
        ),
    )


def _line_id(line: LineId | None) -> LineId | None:
    return None if line == WHOLE_ORDER else line
