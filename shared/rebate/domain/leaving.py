"""Leaving a line that counts rewards, where so many are not needed any more (Rule 4.3).

Before the next reward is given, all who have as many as suffice now leave, in order of place, and
buy again before it. They may stand anywhere in line, so all of it is looked at, once for every time
that the number is lowered: a stretch a commit, until nobody is left who should not be there.
"""

from rebate.domain.commands import Complete, Join, Keyed, OfTicket, Settle
from rebate.domain.events import EntryCompleted
from rebate.domain.loaded_state import EntryRef
from rebate.domain.plan import Moment
from rebate.domain.queues import Walk
from rebate.domain.records import replace
from rebate.domain.tickets import Status, Ticket
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.write_budget import ROWS_PER_FOLLOW_UP, BudgetExceeded

LOOKED_AT_MAX = 128
"""Tickets that a commit looks at."""


def must_leave_first(unit: UnitOfWork, keyed: Keyed) -> bool:
    """Tell whether `keyed` gives a counted reward, and some may have to leave before that."""
    suffices, command = unit.plan.rewards_to_exit, keyed.command
    if suffices is None or unit.queue.exits_at == suffices or not isinstance(command, OfTicket):
        return False
    return _gives(unit, command)


def leave(unit: UnitOfWork, keyed: Keyed) -> bool:
    """Let those leave who have enough, of as many as fit; tell whether all was looked at."""
    suffices = unit.plan.rewards_to_exit
    assert suffices is not None, "rewards are not counted"
    known = unit.queue.exits_at
    if unit.queue.walk is None and (known or not unit.queue.tickets) and (known or 0) <= suffices:
        unit.queue = replace(unit.queue, exits_at=suffices)
        return True
    walk = unit.queue.walk
    if walk is None or walk.suffices != suffices:
        walk = Walk(walk.cause if walk else keyed.key, suffices)
    return _walk_on(unit, walk, keyed)


def _walk_on(unit: UnitOfWork, walk: Walk, keyed: Keyed) -> bool:
    """Look at the next stretch of the line."""
    for _ in range(LOOKED_AT_MAX):
        ref = unit.line.next_after(walk.place, walk.ordinal, wanted=LOOKED_AT_MAX)
        if ref is None:
            unit.queue = replace(unit.queue, exits_at=walk.suffices, walk=None)
            return True
        try:
            _leave_if_enough(unit, ref, walk, keyed)
        except BudgetExceeded:
            break
        place, ordinal = unit.line.position(ref)
        walk = replace(walk, place=place, ordinal=ordinal)
    unit.queue = replace(unit.queue, walk=walk)
    return False


def _leave_if_enough(unit: UnitOfWork, ref: EntryRef, walk: Walk, keyed: Keyed) -> None:
    entry, ticket = unit.line.entry(ref), unit.line.ticket(ref.ticket)
    if entry.rewards < walk.suffices:
        return
    beside = ROWS_PER_FOLLOW_UP if unit.plan.repurchase else 0
    unit.require_payment(ticket, beside=beside)
    unit.save(ticket.with_entry(ref.line, lambda each: replace(each, status=Status.COMPLETED)))
    name = ticket.entry_id(ref.line)
    unit.tell(EntryCompleted(name, ticket.member, ticket.order, entry.paid))
    unit.depart(ticket, _before(walk.cause, ticket), keyed.command.at)
    unit.budget.take(beside)


def _before(cause: str, ticket: Ticket) -> str:
    """Return an inbox key before `cause`, and behind those of tickets that stand further ahead."""
    return f"{cause[:-1]} {ticket.place or 0:020d}"


def _gives(unit: UnitOfWork, command: OfTicket) -> bool:
    """Tell whether a command that is not begun settles a contribution above 0."""
    due = {part.due for part in unit.plan.parts}
    if not (
        isinstance(command, Settle)
        or (isinstance(command, Join) and (command.completed or Moment.PAID in due))
        or (isinstance(command, Complete) and command.settles_at is None)
    ):
        return False
    ticket = unit.line.ticket(command.ticket)
    return any(
        line.contributes and not any(each is not None for each in line.settled) and any(gives)
        for line, gives in ((line, ticket.gives(at)) for at, line in enumerate(ticket.lines))
    )
