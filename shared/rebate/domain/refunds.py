"""Refunds, partial or full, at any time (Rules 1.6.5 and 7a)."""

from rebate.domain.commands import RefundOrder
from rebate.domain.conversions import take_back_conversion
from rebate.domain.events import EntryRefunded
from rebate.domain.execution import Execution
from rebate.domain.ledger import BalanceType, Draft, QueueAccount, Reason
from rebate.domain.loaded_state import EntryRef
from rebate.domain.merges import record_refund
from rebate.domain.money import Amount, exchanged
from rebate.domain.names import WHOLE_ORDER
from rebate.domain.pending import take_pending
from rebate.domain.posting import credit_member, enter_in_journal, post_to_queue
from rebate.domain.queues import TakenBack
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded


def refund(execution: Execution, command: RefundOrder) -> None:
    """Lower what the order's lines give and get; whom they paid keeps it.

    Pending money may lie in more rows than a commit writes: what of it is taken back is
    remembered then, and the command goes on in the next commit.
    """
    unit, key = execution.unit, command.ticket
    unit.require_ticket(unit.line.ticket(key))
    for index in range(execution.taken_back.line, len(unit.line.ticket(key).lines)):
        line = unit.line.ticket(key).lines[index]
        back = {cut.line: cut.amount for cut in command.cuts if line.id in {cut.line, WHOLE_ORDER}}
        if back:
            _refund_line(execution, command, index, line.without(back))
            execution.taken_back = TakenBack(index + 1)
    record_refund(unit, unit.line.ticket(key), command)


def _refund_line(execution: Execution, command: RefundOrder, index: int, line: TicketLine) -> None:
    """Let a line be as `line` is, and its entry as that promises."""
    unit, before = execution.unit, execution.unit.line.ticket(command.ticket)
    cleared, decimals = unit.queue.has_cleared(before), unit.plan.decimals
    lowered = line.entry and _lowered(line, line.entry, cleared=cleared, decimals=decimals)
    draft = Draft("refund", before.order, line.id)
    if line.entry and lowered:
        _claw_back(execution, draft, before, index, line.entry.paid - lowered.paid)
    ticket = _take_back_contribution(unit, draft, before.with_line(index, line), index)
    unit.save(ticket)
    if line.entry and lowered and lowered != line.entry:
        _lower_entry(execution, draft, command, index, lowered)
    enter_in_journal(unit, draft)


def _take_back_contribution(unit: UnitOfWork, draft: Draft, ticket: Ticket, index: int) -> Ticket:
    """Lower what was contributed: what was retained is given up, the rest is borne."""
    line = ticket.lines[index]
    owes = ticket.gives(index)
    settled = tuple(
        None if gave is None else owed for gave, owed in zip(line.settled, owes, strict=False)
    )
    difference = sum(gave or 0 for gave in line.settled) - sum(owed or 0 for owed in settled)
    given_up = min(difference, line.retained)
    post_to_queue(unit, draft, QueueAccount.CONTRIBUTED, difference)
    post_to_queue(unit, draft, QueueAccount.RETAINED, -given_up)
    post_to_queue(unit, draft, QueueAccount.BORNE, given_up - difference)
    line = replace(line, settled=settled, retained=line.retained - given_up)
    return ticket.with_line(index, line)


def _lower_entry(
    execution: Execution, draft: Draft, command: RefundOrder, index: int, lowered: Entry
) -> None:
    unit, ticket = execution.unit, execution.unit.line.ticket(command.ticket)
    entry = unit.line.entry(EntryRef(ticket.key, index))
    if lowered.conversion and entry.conversion:
        take_back_conversion(unit, draft, ticket, entry.conversion, lowered.conversion)
    unit.save(ticket.with_entry(index, lambda _: lowered))
    event = EntryRefunded(
        ticket.entry_id(index),
        ticket.member,
        ticket.order,
        command.refund,
        lowered.status,
        lowered.entitlement,
        execution.taken_back.amount + entry.paid - lowered.paid,
    )
    unit.events.append(event)


def _lowered(line: TicketLine, entry: Entry, *, cleared: bool, decimals: int) -> Entry:
    """Return the entry at its line's new amounts (Rule 1.6.5); counted rewards, Rule 7a."""
    if entry.entitlement is None:
        if line.entitlement_base:
            return entry
        emptied = entry.plus(-entry.paid, Reason.CLAWED_BACK)
        return replace(emptied, status=Status.REFUNDED)
    entitlement = line.entitlement() or 0
    excess = max(0, entry.paid - entitlement)
    lowered = replace(entry.plus(-excess, Reason.CLAWED_BACK), entitlement=entitlement)
    if entry.conversion:
        due = exchanged(lowered.outstanding, entry.conversion.ratio_bps, decimals)
        return replace(lowered, conversion=replace(entry.conversion, amount=due))
    if entry.status is Status.MERGED or (cleared and entry.waits):
        return lowered
    if not line.promised():
        return replace(lowered, status=Status.REFUNDED)
    return replace(lowered, status=entry.status if lowered.outstanding else Status.COMPLETED)


def _claw_back(
    execution: Execution, draft: Draft, ticket: Ticket, index: int, amount: Amount
) -> None:
    """Take back from pending money first, then from cash, which may go below zero.

    Raises:
        BudgetExceeded: a part of the pending money is taken back, and nothing else done.
    """
    if not amount:
        return
    unit = execution.unit
    pending, is_all = take_pending(unit, ticket, amount, execution.at)
    taken = amount if is_all else pending
    for pocket, part in ((BalanceType.PENDING, pending), (BalanceType.CASH, taken - pending)):
        credit_member(unit, draft, ticket.member, pocket, -part, reason=Reason.CLAWED_BACK)
    post_to_queue(unit, draft, QueueAccount.CLAWED_BACK, taken)
    if not is_all:
        unit.save(ticket.with_entry(index, lambda entry: entry.plus(-taken, Reason.CLAWED_BACK)))
        enter_in_journal(unit, draft)
        execution.begun = True
        execution.taken_back = TakenBack(index, execution.taken_back.amount + taken)
        raise BudgetExceeded
