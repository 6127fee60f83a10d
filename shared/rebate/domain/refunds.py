"""Refunds, partial or full, at any time (Rules 1.6.5 and 7a)."""

from rebate.domain.commands import Refund
from rebate.domain.desk import Desk
from rebate.domain.events import EntryRefunded
from rebate.domain.ledger import Draft, Pocket, Reason, Till, issued
from rebate.domain.merges import tell_of_refund
from rebate.domain.money import Amount, share
from rebate.domain.names import WHOLE_ORDER
from rebate.domain.records import replace
from rebate.domain.tickets import Conversion, Entry, Line, Status, Ticket
from rebate.domain.times import Instant


def refund(desk: Desk, command: Refund) -> None:
    """Lower what the order's lines give and get; whom they paid keeps it."""
    key = command.ticket
    ticket = desk.line.ticket(key)
    desk.require_ticket(ticket)
    for index, line in enumerate(ticket.lines):
        back = {cut.line: cut.amount for cut in command.cuts if line.id in {cut.line, WHOLE_ORDER}}
        if back:
            lowered = desk.line.ticket(key).with_line(index, line.without(back))
            _refund_line(desk, command, lowered, index)
    tell_of_refund(desk, ticket, command)


def _refund_line(desk: Desk, command: Refund, ticket: Ticket, index: int) -> None:
    line = ticket.lines[index]
    draft = Draft("refund", ticket.order, line.id)
    ticket = _take_back_contribution(desk, draft, ticket, index)
    desk.save(ticket)
    if line.entry:
        _lower_entry(desk, draft, command, ticket, index)
    desk.close(draft)


def _take_back_contribution(desk: Desk, draft: Draft, ticket: Ticket, index: int) -> Ticket:
    """Lower what was contributed: what was retained is given up, the rest is borne."""
    line = ticket.lines[index]
    owes = ticket.gives(index)
    settled = tuple(
        None if gave is None else owed for gave, owed in zip(line.settled, owes, strict=False)
    )
    difference = sum(gave or 0 for gave in line.settled) - sum(owed or 0 for owed in settled)
    given_up = min(difference, line.retained)
    desk.post(draft, Till.CONTRIBUTED, difference)
    desk.post(draft, Till.RETAINED, -given_up)
    desk.post(draft, Till.BORNE, given_up - difference)
    line = replace(line, settled=settled, retained=line.retained - given_up)
    return ticket.with_line(index, line)


def _lower_entry(desk: Desk, draft: Draft, command: Refund, ticket: Ticket, index: int) -> None:
    line = ticket.lines[index]
    entry = line.entry
    assert entry is not None, f"{ticket.entry_id(index)} has no entry"
    lowered = _lowered(line, entry, cleared=desk.queue.has_cleared(ticket))
    if lowered == entry:
        return
    taken = entry.paid - lowered.paid
    _claw_back(desk, draft, ticket, taken, command.at)
    if lowered.conversion and entry.conversion:
        _take_back_conversion(desk, draft, ticket, entry.conversion, lowered.conversion)
    desk.save(ticket.with_entry(index, lambda _: lowered))
    event = EntryRefunded(
        ticket.entry_id(index),
        ticket.member,
        ticket.order,
        command.refund,
        lowered.status,
        lowered.entitlement,
        taken,
    )
    desk.events.append(event)


def _lowered(line: Line, entry: Entry, *, cleared: bool) -> Entry:
    """Return the entry at its line's new amounts (Rule 1.6.5); counted rewards, Rule 7a."""
    if entry.entitlement is None:
        if line.gets_from:
            return entry
        emptied = entry.plus(-entry.paid, Reason.CLAWED_BACK)
        return replace(emptied, status=Status.REFUNDED)
    entitlement = line.entitlement() or 0
    excess = max(0, entry.paid - entitlement)
    lowered = replace(entry.plus(-excess, Reason.CLAWED_BACK), entitlement=entitlement)
    if entry.conversion:
        due = share(lowered.lacks, entry.conversion.ratio_bps)
        return replace(lowered, conversion=replace(entry.conversion, amount=due))
    if entry.status is Status.MERGED or (cleared and entry.waits):
        return lowered
    if not line.promised():
        return replace(lowered, status=Status.REFUNDED)
    return replace(lowered, status=entry.status if lowered.lacks else Status.COMPLETED)


def _claw_back(desk: Desk, draft: Draft, ticket: Ticket, amount: Amount, at: Instant) -> None:
    """Take back from pending money first, then from cash, which may go below zero."""
    if not amount:
        return
    from_pending = desk.take_pending(ticket, amount, at)
    for pocket, taken in (
        (Pocket.PENDING, from_pending),
        (Pocket.CASH, amount - from_pending),
    ):
        desk.credit(draft, ticket.member, pocket, -taken, reason=Reason.CLAWED_BACK)
    desk.post(draft, Till.CLAWED_BACK, amount)


def _take_back_conversion(
    desk: Desk, draft: Draft, ticket: Ticket, before: Conversion, after: Conversion
) -> None:
    excess = before.amount - after.amount
    desk.credit(draft, ticket.member, before.pocket, -excess)
    draft.post(issued(desk.queue.id, before.pocket), excess)
