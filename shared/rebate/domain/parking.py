"""Dropping a command that was parked: what is left of it on the books, and of its order in line.

A parked command is one that cannot be carried out. Until an operator releases or drops it, it
stands beside its queue, and so does all that comes after it about the same order.
"""

from enum import StrEnum

from rebate.domain.commands import Command, Give, Join, Merge, MergeHome, OfTicket, Receive, Retain
from rebate.domain.ledger import Draft, JournalKind, QueueAccount
from rebate.domain.money import NOTHING
from rebate.domain.posting import enter_in_journal, post_to_queue
from rebate.domain.queues import CommandProgress, DistributionProgress
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.unit_of_work import UnitOfWork


class ParkedState(StrEnum):
    """What became of a parked command; each has a list of its own."""

    PARKED = "parked"
    RELEASED = "released"
    DROPPED = "dropped"


def may_be_dropped(command: Command) -> bool:
    """Tell whether a queue can do without a command: none by which it hears from another queue."""
    return not isinstance(command, Merge | MergeHome | Receive | Give | Retain)


def drop(
    unit: UnitOfWork, command: Command, progress: CommandProgress | None, ticket: Ticket | None
) -> None:
    """Let a command be over that is not carried out, or not all of it.

    What of a contribution is not dealt out is retained, what of a pool is goes back to it. An order
    that does not join keeps its `ticket`, which gives and gets nothing: completions and refunds of
    it find one.
    """
    flight = progress.in_flight if progress else None
    if ticket and isinstance(command, Join):
        ticket = _without_more(ticket)
    if flight:
        ticket = _return(unit, command, flight, ticket)
    if ticket and isinstance(command, OfTicket):
        unit.save(ticket)


def _return(
    unit: UnitOfWork, command: Command, flight: DistributionProgress, ticket: Ticket | None
) -> Ticket | None:
    line = ticket.lines[flight.line] if ticket and flight.line is not None else None
    draft = Draft(JournalKind.DROPPED, getattr(command, "order", None), line.id if line else None)
    rest = QueueAccount.RETAINED if line else QueueAccount.POOL
    post_to_queue(unit, draft, QueueAccount.TRANSIT, -flight.in_transit)
    post_to_queue(unit, draft, QueueAccount.POOL, flight.withheld)
    post_to_queue(unit, draft, rest, flight.left)
    enter_in_journal(unit, draft)
    if ticket is None or line is None or flight.line is None:
        return ticket
    own = line.settled[flight.part] or NOTHING
    kept = replace(line, retained=line.retained + min(own, flight.left))
    return ticket.with_line(flight.line, kept)


def _without_more(ticket: Ticket) -> Ticket:
    """Return a ticket that joins without an entry, and contributes nothing that it has not yet."""
    parts = len(ticket.parts_bps)
    lines = tuple(_idle(line, parts, joined=ticket.joined) for line in ticket.lines)
    return replace(ticket, lines=lines, joined=True)


def _idle(line: TicketLine, parts: int, *, joined: bool) -> TicketLine:
    given = tuple(each or NOTHING for each in line.settled) or (NOTHING,) * parts
    return replace(line, settled=given, most=given, joins=line.joins and joined)
