"""Refunds, partial or full, at any time (Rules 1.6.5 and 7a)."""

from rebate.domain.book import Spot
from rebate.domain.commands import Refund
from rebate.domain.contributions import Work
from rebate.domain.desk import Desk
from rebate.domain.events import EntryRefunded
from rebate.domain.ledger import Draft, Pocket, Reason, Till, issued
from rebate.domain.merges import tell_of_refund
from rebate.domain.money import Amount, exchanged
from rebate.domain.names import WHOLE_ORDER
from rebate.domain.queues import TakenBack
from rebate.domain.records import replace
from rebate.domain.room import Full
from rebate.domain.tickets import Conversion, Entry, Line, Status, Ticket


def refund(work: Work, command: Refund) -> None:
    """Lower what the order's lines give and get; whom they paid keeps it.

    Pending money may lie in more rows than a commit has room for: what of it is taken back is
    remembered then, and the command goes on in the next commit.
    """
    desk, key = work.desk, command.ticket
    desk.require_ticket(desk.line.ticket(key))
    for index in range(work.taken_back.line, len(desk.line.ticket(key).lines)):
        line = desk.line.ticket(key).lines[index]
        back = {cut.line: cut.amount for cut in command.cuts if line.id in {cut.line, WHOLE_ORDER}}
        if back:
            _refund_line(work, command, index, line.without(back))
            work.taken_back = TakenBack(index + 1)
    tell_of_refund(desk, desk.line.ticket(key), command)


def _refund_line(work: Work, command: Refund, index: int, line: Line) -> None:
    """Let a line be as `line` is, and its entry as that promises."""
    desk, before = work.desk, work.desk.line.ticket(command.ticket)
    cleared, decimals = desk.queue.has_cleared(before), desk.plan.decimals
    lowered = line.entry and _lowered(line, line.entry, cleared=cleared, decimals=decimals)
    draft = Draft("refund", before.order, line.id)
    if line.entry and lowered:
        _claw_back(work, draft, before, index, line.entry.paid - lowered.paid)
    ticket = _take_back_contribution(desk, draft, before.with_line(index, line), index)
    desk.save(ticket)
    if line.entry and lowered and lowered != line.entry:
        _lower_entry(work, draft, command, index, lowered)
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


def _lower_entry(work: Work, draft: Draft, command: Refund, index: int, lowered: Entry) -> None:
    desk, ticket = work.desk, work.desk.line.ticket(command.ticket)
    entry = desk.line.entry(Spot(ticket.key, index))
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
        work.taken_back.amount + entry.paid - lowered.paid,
    )
    desk.events.append(event)


def _lowered(line: Line, entry: Entry, *, cleared: bool, decimals: int) -> Entry:
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
        due = exchanged(lowered.lacks, entry.conversion.ratio_bps, decimals)
        return replace(lowered, conversion=replace(entry.conversion, amount=due))
    if entry.status is Status.MERGED or (cleared and entry.waits):
        return lowered
    if not line.promised():
        return replace(lowered, status=Status.REFUNDED)
    return replace(lowered, status=entry.status if lowered.lacks else Status.COMPLETED)


def _claw_back(work: Work, draft: Draft, ticket: Ticket, index: int, amount: Amount) -> None:
    """Take back from pending money first, then from cash, which may go below zero.

    Raises:
        Full: a part of the pending money is taken back, and nothing else done.
    """
    if not amount:
        return
    desk = work.desk
    pending, is_all = desk.take_pending(ticket, amount, work.at)
    taken = amount if is_all else pending
    for pocket, part in ((Pocket.PENDING, pending), (Pocket.CASH, taken - pending)):
        desk.credit(draft, ticket.member, pocket, -part, reason=Reason.CLAWED_BACK)
    desk.post(draft, Till.CLAWED_BACK, taken)
    if not is_all:
        desk.save(ticket.with_entry(index, lambda entry: entry.plus(-taken, Reason.CLAWED_BACK)))
        desk.close(draft)
        work.begun = True
        work.taken_back = TakenBack(index, work.taken_back.amount + taken)
        raise Full


def _take_back_conversion(
    desk: Desk, draft: Draft, ticket: Ticket, before: Conversion, after: Conversion
) -> None:
    excess = before.amount - after.amount
    desk.credit(draft, ticket.member, before.pocket, -excess)
    draft.post(issued(desk.queue.id, before.pocket), excess)
