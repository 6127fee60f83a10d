"""Merging a stalled queue into another: what waits there waits behind those here (Rule 1.5.5).

A step moves as many tickets as fit into a transaction, in order of place, and one step is on its
way at a time: the queue that receives it sends for the next. So the order of the line holds
whatever is read when, and a step costs the same however many there are.

    stalled queue                                the queue into which it is merged
    Merge: entries end as merged, pool leaves -> Receive: they join, the pool comes
    Merge, `goes_on`                          <- until nothing waits any more

What is left of an entry is a ticket of its own with `merged_from`: what it may get is what its line
is promised less what it `received_before`, so that both entries together follow Rule 1.6.5 by the
same arithmetic as any entry. The order knows only its first queue, which tells the other of
completions and refunds.
"""

from collections.abc import Iterator
from contextlib import suppress

from rebate.domain.commands import Complete, Merge, Receive, RefundOrder
from rebate.domain.joining import take_place
from rebate.domain.ledger import Draft, JournalKind, QueueAccount
from rebate.domain.money import NOTHING, ZERO_BPS, Amount
from rebate.domain.names import NO_QUEUE, QueueId, TicketKey
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded

TICKETS_A_STEP = 48
"""Tickets that a step may move at most; each writes a row of both queues."""


def merge(unit: UnitOfWork, command: Merge) -> None:
    """Send the first that wait, payable or not, and the pool; only one merge runs at a time."""
    if unit.queue.merging and not command.goes_on:
        return
    _require_whole_transaction(unit)
    moved = tuple(_leaving(unit, command.into))
    pool = _pool_leaving(unit)
    unit.queue = replace(unit.queue, merging=bool(moved or pool))
    if unit.queue.merging:
        unit.send(command.into, Receive(command.at, unit.queue.id, moved, pool))


def receive(unit: UnitOfWork, command: Receive) -> None:
    """Let a step's tickets join in their order, and send for the next step.

    They fit, since where they came from each took two rows of a transaction, and here takes one.
    Those that come from no queue are an older system's: each step of them is sent by itself.
    """
    _require_whole_transaction(unit)
    draft = Draft(JournalKind.MERGE)
    post_to_queue(unit, draft, QueueAccount.MERGED, -command.pool)
    post_to_queue(unit, draft, QueueAccount.POOL, command.pool)
    enter_in_journal(unit, draft)
    for key in command.tickets:
        take_place(unit, unit.line.ticket(key), command.at)
    if command.merged_from != NO_QUEUE:
        unit.send(command.merged_from, Merge(command.at, unit.queue.id, goes_on=True))


def record_completion(unit: UnitOfWork, ticket: Ticket, command: Complete) -> None:
    """Pass an order's completion on to where its entries wait now."""
    if ticket.merged_into:
        unit.send(ticket.merged_into, replace(command, merged_from=ticket.queue))


def record_refund(unit: UnitOfWork, ticket: Ticket, command: RefundOrder) -> None:
    """Pass what was refunded of lines on to where their entries wait now."""
    moved = {line.id for line in ticket.lines if is_merged(line)}
    cuts = tuple(cut for cut in command.cuts if cut.line in moved)
    if cuts:
        told = replace(command, cuts=cuts, bounds=(), merged_from=ticket.queue)
        unit.send(ticket.merged_into, told)


def is_merged(line: TicketLine) -> bool:
    """Tell whether the line's entry waits in another queue now, or did."""
    return line.entry is not None and line.entry.status is Status.MERGED


def _leaving(unit: UnitOfWork, into: QueueId) -> Iterator[TicketKey]:
    """Hand over what the first tickets in line lack, of as many as fit; yield what is to join."""
    with suppress(BudgetExceeded):
        for ticket in unit.first_waiting(TICKETS_A_STEP):
            moved = _moved(ticket, into)
            unit.require_move(ticket, moved)
            unit.save(_ended(ticket, into))
            unit.hand_over(moved)
            yield moved.key


def _moved(ticket: Ticket, into: QueueId) -> Ticket:
    """Return the ticket with which what an order still lacks joins the other queue."""
    return Ticket(
        queue=into,
        order=ticket.order,
        member=ticket.member,
        lines=tuple(
            _rest(line, line.entry) for line in ticket.lines if line.entry and _waits(line)
        ),
        paid_at=ticket.paid_at,
        store=ticket.store,
        referrer=ticket.referrer,
        completed_at=ticket.completed_at,
        merged_from=ticket.queue,
        order_digest=ticket.order_digest,
    )


def _rest(line: TicketLine, entry: Entry) -> TicketLine:
    """Return a line that gives nothing again; what could be drawn and was not still can."""
    drawable = not entry.drawn and not entry.paid
    return replace(
        line,
        contribution_bps=ZERO_BPS,
        contributes=False,
        lottery=line.lottery if drawable else None,
        random_return=None,
        settled=(),
        retained=NOTHING,
        entry=None,
        received_before=entry.paid,
    )


def _waits(line: TicketLine) -> bool:
    return line.entry is not None and line.entry.waits


def _ended(ticket: Ticket, into: QueueId) -> Ticket:
    """Return the ticket with what waited ended as merged."""
    for index in [at for at, line in enumerate(ticket.lines) if _waits(line)]:
        ticket = ticket.with_entry(index, lambda entry: replace(entry, status=Status.MERGED))
    return replace(ticket, merged_into=into)


def _pool_leaving(unit: UnitOfWork) -> Amount:
    pool = unit.queue.figure(QueueAccount.POOL)
    draft = Draft(JournalKind.MERGE)
    post_to_queue(unit, draft, QueueAccount.POOL, -pool)
    post_to_queue(unit, draft, QueueAccount.MERGED, pool)
    enter_in_journal(unit, draft)
    return pool


def _require_whole_transaction(unit: UnitOfWork) -> None:
    """Raise `BudgetExceeded` where other commands are in the same transaction."""
    if unit.budget.commands > 1:
        raise BudgetExceeded
