"""Refunds, partial or full, at any time (Rules 1.6.5 and 7a)."""

from collections.abc import Callable, Sequence

from rebate.domain.commands import RefundOrder
from rebate.domain.conversions import take_back_conversion
from rebate.domain.events import EntryRefunded
from rebate.domain.execution import Execution
from rebate.domain.ledger import BalanceType, Draft, JournalKind, QueueAccount, Reason
from rebate.domain.loaded_state import EntryRef
from rebate.domain.merges import tell_refund
from rebate.domain.money import NOTHING, Amount, exchanged, sum_of, times
from rebate.domain.names import GUEST, WHOLE_ORDER, TicketKey
from rebate.domain.pending import take_pending
from rebate.domain.posting import credit_member, enter_in_journal, post_to_queue
from rebate.domain.queues import DayTotal, TakenBack
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import Instant, day_of
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import BudgetExceeded, bytes_of_step


def refund(execution: Execution, command: RefundOrder) -> None:
    """Lower what the order's lines give and get; whom they paid keeps it.

    Pending money may lie in more rows than a commit writes: what of it is taken back is
    remembered then, and the command goes on in the next commit. So it does where it tells of more
    lines than a row of the journal holds.
    """
    unit, key, first = execution.unit, command.ticket, True
    unit.require_ticket(unit.line.ticket(key))
    for index in range(execution.taken_back.line, len(unit.line.ticket(key).lines)):
        line = unit.line.ticket(key).lines[index]
        back = {cut.line: cut.amount for cut in command.cuts if line.id in {cut.line, WHOLE_ORDER}}
        most = next((bound.most for bound in command.bounds if bound.line == line.id), ())
        if back or most:
            if not first:
                unit.budget.require(0, told=bytes_of_step(unit.line.ticket(key)))
            first, lowered = False, line.without(back)
            _refund_line(execution, command, index, lowered.at_most(most) if most else lowered)
            execution.begun, execution.taken_back = True, TakenBack(index + 1)
    tell_refund(execution, unit.line.ticket(key), command)


def _refund_line(execution: Execution, command: RefundOrder, index: int, line: TicketLine) -> None:
    """Let a line be as `line` is, and its entry as that promises."""
    unit, before = execution.unit, execution.unit.line.ticket(command.ticket)
    cleared, decimals = unit.queue.has_cleared(before), unit.plan.decimals
    lowered = line.entry and _lowered(line, line.entry, cleared=cleared, decimals=decimals)
    draft = Draft(JournalKind.REFUND, before.order, line.id)
    line = _take_back_own(execution, draft, before, index, line)
    if line.entry and lowered:
        excess = line.entry.paid - lowered.paid
        _claw_back(execution, draft, before.key, index, excess, _taken_of_entry)
    ticket = _take_back_contribution(execution, draft, before.with_line(index, line), index)
    unit.save(ticket)
    if line.entry and lowered and lowered != line.entry:
        _lower_entry(execution, draft, command, index, lowered)
    enter_in_journal(unit, draft)


def _take_back_contribution(
    execution: Execution, draft: Draft, ticket: Ticket, index: int
) -> Ticket:
    """Lower what was contributed: what was retained is given up, the rest is borne.

    A buyer's own part is borne whole; a guest's was retained like the rest (Rule 0.14).
    """
    unit, line = execution.unit, ticket.lines[index]
    owes = ticket.gives(index)
    settled = tuple(
        None if gave is None else min(gave, owed)
        for gave, owed in zip(line.settled, owes, strict=False)
    )
    difference = sum_of(gave or NOTHING for gave in line.settled) - sum_of(
        owed or NOTHING for owed in settled
    )
    own = _own_part(unit, line.settled) - _own_part(unit, settled)
    is_borne = NOTHING if ticket.member == GUEST else own
    given_up = min(difference - is_borne, line.retained)
    post_to_queue(unit, draft, QueueAccount.CONTRIBUTED, difference)
    post_to_queue(unit, draft, QueueAccount.RETAINED, -given_up)
    post_to_queue(unit, draft, QueueAccount.BORNE, given_up - difference)
    _count_as_borne(unit, execution.at, difference - given_up)
    line = replace(line, settled=settled, retained=line.retained - given_up)
    return ticket.with_line(index, line)


def _count_as_borne(unit: UnitOfWork, at: Instant, amount: Amount) -> None:
    """Count what the platform bears on a day of the shop (Rule 1.6.5.2)."""
    if amount and unit.plan.zone:
        day = day_of(at, unit.plan.zone).isoformat()
        so_far = unit.queue.borne or DayTotal(day, NOTHING)
        unit.queue = replace(unit.queue, borne=so_far.plus(day, amount))


def _own_part(unit: UnitOfWork, settled: Sequence[Amount | None]) -> Amount:
    """Return what of a line's settled parts is the buyer's own-purchase reward (Rule 6.2)."""
    parts = zip(unit.plan.parts, settled, strict=False)
    return sum_of(gave or NOTHING for part, gave in parts if part.for_buyer)


def _take_back_own(
    execution: Execution, draft: Draft, ticket: Ticket, index: int, line: TicketLine
) -> TicketLine:
    """Claw back from the buyer what the own-purchase reward is less now; return the line so.

    A reward from before it was kept what was paid of it was paid whole.
    """
    unit, owes = execution.unit, ticket.with_line(index, line).gives(index)
    paid = _own_part(unit, line.settled) if line.buyer_paid is None else line.buyer_paid
    excess = max(NOTHING, paid - _own_part(unit, owes))
    if not excess or ticket.member == GUEST:
        return line
    unit.save(ticket.with_line(index, replace(ticket.lines[index], buyer_paid=paid)))
    _claw_back(execution, draft, ticket.key, index, excess, _taken_of_own)
    known = unit.line.ticket(ticket.key)
    unit.save(known.with_line(index, _taken_of_own(known.lines[index], excess)))
    return replace(line, buyer_paid=paid - excess)


def _taken_of_own(line: TicketLine, taken: Amount) -> TicketLine:
    return replace(line, buyer_paid=(line.buyer_paid or NOTHING) - taken)


def _taken_of_entry(line: TicketLine, taken: Amount) -> TicketLine:
    assert line.entry is not None, f"line {line.id} has no entry"
    return replace(line, entry=line.entry.plus(-taken, Reason.CLAWED_BACK))


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
    unit.tell(event)


def _lowered(line: TicketLine, entry: Entry, *, cleared: bool, decimals: int) -> Entry:
    """Return the entry at its line's new amounts (Rule 1.6.5); counted rewards, Rule 7a."""
    if entry.entitlement is None:
        return _with_rewards_cut(line, entry)
    entitlement = line.entitlement() or NOTHING
    excess = max(NOTHING, entry.paid - entitlement)
    lowered = replace(entry.plus(-excess, Reason.CLAWED_BACK), entitlement=entitlement)
    if entry.conversion:
        due = exchanged(lowered.outstanding, entry.conversion.ratio_bps, decimals)
        return replace(lowered, conversion=replace(entry.conversion, amount=due))
    if entry.status is Status.MERGED or (cleared and entry.waits):
        return lowered
    if not line.promised():
        return replace(lowered, status=Status.REFUNDED)
    return replace(lowered, status=entry.status if lowered.outstanding else Status.COMPLETED)


def _with_rewards_cut(line: TicketLine, entry: Entry) -> Entry:
    """Return an entry that counts rewards, each cut as its order was (Rule 7a).

    What was paid before rewards were kept one by one is cut as one. An entry of which a part was
    taken back in an earlier commit still has all rewards, so it comes to the same.
    """
    unknown = max(
        NOTHING, entry.paid - sum_of(times(each.paid, each.times) for each in entry.received)
    )
    received = tuple(
        replace(each, paid=min(each.paid, line.allowed(each.reward))) for each in entry.received
    )
    keeps = line.allowed(unknown) + sum_of(times(each.paid, each.times) for each in received)
    cut = replace(
        entry.plus(min(NOTHING, keeps - entry.paid), Reason.CLAWED_BACK), received=received
    )
    return cut if line.entitlement_base else replace(cut, status=Status.REFUNDED)


def _claw_back(
    execution: Execution,
    draft: Draft,
    key: TicketKey,
    index: int,
    amount: Amount,
    without: Callable[[TicketLine, Amount], TicketLine],
) -> None:
    """Take back from pending money first, then from cash, which may go below zero.

    `without` returns the line after a part of it was taken.

    Raises:
        BudgetExceeded: a part of the pending money is taken back, and nothing else done.
    """
    if not amount:
        return
    unit = execution.unit
    ticket = unit.line.ticket(key)
    reason = Reason.OWN if without is _taken_of_own else Reason.CLAWED_BACK
    pending, is_all = take_pending(unit, ticket, amount, execution.at)
    taken = amount if is_all else pending
    for pocket, part in ((BalanceType.PENDING, pending), (BalanceType.CASH, taken - pending)):
        credit_member(unit, draft, ticket.member, pocket, -part, reason=reason)
    post_to_queue(unit, draft, QueueAccount.CLAWED_BACK, taken)
    if not is_all:
        unit.save(ticket.with_line(index, without(ticket.lines[index], taken)))
        enter_in_journal(unit, draft)
        execution.begun = True
        execution.taken_back = TakenBack(index, execution.taken_back.amount + taken)
        raise BudgetExceeded
