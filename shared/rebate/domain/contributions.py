"""What orders give, when they give it, and when they join (Rules 0.12 and 1.2.3)."""

from rebate.domain.commands import Complete, Give, Join, Retain, Settle
from rebate.domain.distribution import Distribution
from rebate.domain.execution import Execution
from rebate.domain.joining import take_place
from rebate.domain.ledger import Draft, JournalKind, QueueAccount
from rebate.domain.merges import tell_completion
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import QueueId, TicketKey
from rebate.domain.payouts import distribute
from rebate.domain.plan import Leftover, Moment, Part
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.records import replace
from rebate.domain.repurchases import settle_repurchase
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork

_WHEN_PAID = frozenset({Moment.PAID})
_WHEN_COMPLETED = frozenset(Moment)


def join(execution: Execution, command: Join) -> None:
    """Settle a paid order's contributions, then let its entries join; or the reverse."""
    unit = execution.unit
    ticket = unit.line.ticket(command.ticket)
    if not execution.begun:
        unit.require_ticket(ticket)
        pays = command.repurchase
        if pays is not None and not settle_repurchase(unit, ticket, pays):
            return
        if command.completed:
            ticket = replace(ticket, completed_at=command.at)
        unit.save(ticket)
        execution.begun = True
    _give_and_join(execution, ticket, _WHEN_COMPLETED if command.completed else _WHEN_PAID)


def complete(execution: Execution, command: Complete) -> None:
    """Make a completed order's held entries payable, then settle what is due, and let it join."""
    unit = execution.unit
    ticket = unit.line.ticket(command.ticket)
    if ticket.completed_at is None:
        unit.require_ticket(ticket)
        ticket = replace(ticket, completed_at=command.completed_at or command.at)
        unit.save(ticket)
        execution.begun = True
        if command.settles_at is not None:
            until = max(command.settles_at, unit.queue.due_until or command.settles_at)
            unit.queue = replace(unit.queue, due_until=until)
    if execution.begun:
        tell_completion(execution, ticket, command)
    _give_and_join(execution, ticket, _WHEN_COMPLETED, gives=command.settles_at is None)


def settle(execution: Execution, command: Settle) -> None:
    """Settle what an order contributes, now that its return window is over (Rule 1.6.5.1)."""
    ticket = execution.unit.line.ticket(command.ticket)
    if not execution.begun:
        execution.unit.require_ticket(ticket)
        execution.unit.save(ticket)
        execution.begun = True
    _give_and_join(execution, ticket, _WHEN_COMPLETED)


def _give_and_join(
    execution: Execution, ticket: Ticket, due: frozenset[Moment], *, gives: bool = True
) -> None:
    """Carry out what is due and not yet done; so it can be entered again anywhere.

    What is merged joins when its queue receives it, and never contributes. `gives` False: nor does
    this, for now.
    """
    plan = execution.unit.plan
    joins = plan.joins in due and not ticket.merged_from
    if joins and plan.self_funding:
        ticket = _join(execution, ticket)
    for index, line in enumerate(ticket.lines):
        for number, part in enumerate(plan.parts if gives and line.contributes else ()):
            if part.due in due or _was_in_flight(execution, index, number):
                ticket = _contribute(execution, ticket, index, number, part)
    if joins:
        _join(execution, ticket)


def _join(execution: Execution, ticket: Ticket) -> Ticket:
    if ticket.joined:
        return ticket
    execution.unit.require_ticket(ticket, joins=True)
    return take_place(execution.unit, ticket, execution.at)


def _was_in_flight(execution: Execution, index: int, number: int) -> bool:
    flight = execution.resumed
    return flight is not None and (flight.line, flight.part) == (index, number)


def _contribute(
    execution: Execution, ticket: Ticket, index: int, number: int, part: Part
) -> Ticket:
    """Settle one part of one line's contribution, unless that was done (Rule 1.2.3)."""
    unit = execution.unit
    if _was_in_flight(execution, index, number):
        distribution = _resume(execution, ticket, index, number)
    elif _is_settled(ticket, index, number):
        return ticket
    else:
        home = unit.plan.home(unit.queue.id, ticket.store, ticket.lines[index].product)
        if home != unit.queue.id and not unit.plan.paused:
            return _give_elsewhere(execution, ticket, index, number, home)
        distribution = _begin(execution, ticket, index, number, part)
    retained = _deal_out(execution, part, distribution)
    enter_in_journal(unit, distribution.draft)
    ticket = unit.line.ticket(ticket.key)
    if retained:
        line = ticket.lines[index]
        ticket = ticket.with_line(index, replace(line, retained=line.retained + retained))
        unit.save(ticket)
    return ticket


def _deal_out(execution: Execution, part: Part, distribution: Distribution) -> Amount:
    """Pay a contribution out, and post what is left; return what is retained of the order's own."""
    unit = execution.unit
    if not unit.plan.paused:
        execution.distribution = distribution
        distribute(unit, part.rule, distribution)
        execution.distribution = None
    carried = part.leftover is Leftover.CARRY and not unit.plan.paused
    rest = QueueAccount.POOL if carried else QueueAccount.RETAINED
    post_to_queue(unit, distribution.draft, QueueAccount.POOL, distribution.withheld)
    post_to_queue(unit, distribution.draft, rest, distribution.left)
    return NOTHING if carried else min(distribution.left, distribution.own)


def _give_elsewhere(
    execution: Execution, ticket: Ticket, index: int, number: int, home: QueueId
) -> Ticket:
    """Let a contribution settle in the queue to which its line belongs now (Rule 1.4.1)."""
    unit, line = execution.unit, ticket.lines[index]
    unit.require(ticket, receivers=1)
    amount = ticket.gives(index)[number]
    draft = Draft(JournalKind.CONTRIBUTION, ticket.order, line.id)
    post_to_queue(unit, draft, QueueAccount.CONTRIBUTED, -amount)
    post_to_queue(unit, draft, QueueAccount.MERGED, amount)
    enter_in_journal(unit, draft)
    ticket = _with_settled(ticket, index, number, amount)
    unit.save(ticket)
    given = Give(execution.at, unit.queue.id, ticket.order, ticket.member, line.id, amount)
    unit.send(home, given)
    return ticket


def give(execution: Execution, command: Give) -> None:
    """Deal out what comes from the queue that an order's line joined, and tell it what is retained.

    There a refund of the order finds it (Rule 1.6.5), and who asks for its trace where it went.
    """
    unit, (part,) = execution.unit, execution.unit.plan.parts
    unit.given_from[command.order] = command.given_from
    distribution = Distribution(
        draft=Draft(JournalKind.CONTRIBUTION, command.order, command.line),
        at=command.at,
        left=command.amount,
        own=command.amount,
        passes_over=None if unit.plan.self_funding else command.order,
        joined_before=unit.queue.tickets,
        cause=execution.key,
        gives=TicketKey(command.member, command.order, command.given_from),
    )
    if execution.resumed:
        execution.resume(distribution)
    else:
        unit.require(receivers=1)
        execution.begun = True
        post_to_queue(unit, distribution.draft, QueueAccount.MERGED, -command.amount)
        _take_in(execution, part, distribution)
    retained = _deal_out(execution, part, distribution)
    post_to_queue(unit, distribution.draft, QueueAccount.RETAINED, -retained)
    post_to_queue(unit, distribution.draft, QueueAccount.MERGED, retained)
    enter_in_journal(unit, distribution.draft)
    order, commit = command.order, unit.queue.version + 1
    told = Retain(
        command.at, unit.queue.id, order, command.member, command.line, retained, commit=commit
    )
    unit.send(command.given_from, told)


def retain(unit: UnitOfWork, command: Retain) -> None:
    """Keep count of what another queue retained of a line's contribution.

    Of what a refund has lowered it below that meanwhile, so much less was borne (Rule 1.6.5).
    """
    ticket = unit.line.ticket(command.ticket)
    unit.require_ticket(ticket)
    index = ticket.index_of(command.line)
    assert index is not None, f"{command.line} of {command.order} gives nothing"
    line = ticket.lines[index]
    gave = sum_of(amount or NOTHING for amount in line.settled)
    given_up = max(NOTHING, line.retained + command.amount - gave)
    draft = Draft(JournalKind.CONTRIBUTION, command.order, command.line)
    post_to_queue(unit, draft, QueueAccount.MERGED, -command.amount)
    post_to_queue(unit, draft, QueueAccount.RETAINED, command.amount - given_up)
    post_to_queue(unit, draft, QueueAccount.BORNE, given_up)
    enter_in_journal(unit, draft)
    kept = replace(line, retained=line.retained + command.amount - given_up)
    unit.save(ticket.with_line(index, kept))


def _is_settled(ticket: Ticket, index: int, number: int) -> bool:
    settled = ticket.lines[index].settled
    return bool(settled) and settled[number] is not None


def _begin(
    execution: Execution, ticket: Ticket, index: int, number: int, part: Part
) -> Distribution:
    unit = execution.unit
    unit.require(ticket, receivers=1)
    amount = ticket.gives(index)[number]
    unit.save(_with_settled(ticket, index, number, amount))
    distribution = _distribution(execution, ticket, index, number, amount)
    post_to_queue(unit, distribution.draft, QueueAccount.CONTRIBUTED, -amount)
    _take_in(execution, part, distribution)
    return distribution


def _take_in(execution: Execution, part: Part, distribution: Distribution) -> None:
    """Count a contribution in the queue's flow, and add to it what stands in the pool."""
    unit = execution.unit
    if part.for_line and not unit.plan.paused:
        _count_in_flow(unit, execution.at, distribution.own)
    if part.draws_pool and not unit.plan.paused:
        pool = unit.queue.figure(QueueAccount.POOL)
        post_to_queue(unit, distribution.draft, QueueAccount.POOL, -pool)
        distribution.left += pool


def _count_in_flow(unit: UnitOfWork, at: Instant, given: Amount) -> None:
    flow = unit.queue.flow.plus(at, given=given, gifts=1)
    unit.queue = replace(unit.queue, flow=flow)


def _resume(execution: Execution, ticket: Ticket, index: int, number: int) -> Distribution:
    own = ticket.lines[index].settled[number] or NOTHING
    distribution = _distribution(execution, ticket, index, number, own)
    execution.resume(distribution)
    return distribution


def _distribution(
    execution: Execution, ticket: Ticket, index: int, number: int, amount: Amount
) -> Distribution:
    return Distribution(
        draft=Draft(JournalKind.CONTRIBUTION, ticket.order, ticket.lines[index].id),
        at=execution.at,
        left=amount,
        own=amount,
        ticket=ticket,
        line=index,
        part=number,
        passes_over=None if execution.unit.plan.self_funding else ticket.order,
        joined_before=execution.unit.queue.tickets,
        cause=execution.key,
    )


def _with_settled(ticket: Ticket, index: int, number: int, amount: Amount) -> Ticket:
    line = ticket.lines[index]
    settled = list(line.settled or (None,) * len(ticket.parts_bps))
    settled[number] = amount
    return ticket.with_line(index, replace(line, settled=tuple(settled)))
