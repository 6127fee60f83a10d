"""Units of work to start from: a queue in which tickets wait, with all of them loaded."""

from typing import Any

from rebate.domain.loaded_state import LoadedState, TicketsOf, Window
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.place_index import Change, update
from rebate.domain.plan import Plan
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Ticket
from rebate.domain.times import Instant
from rebate.domain.unit_of_work import UnitOfWork
from tests.domain.pure import NAME
from tests.strategies import BEGIN, a_line


def accepted(order: str, member: str = "B", *, paid: int = 1000, **others: Any) -> Ticket:
    """A ticket of one line that has not joined."""
    lines = (a_line("1", paid),)
    return Ticket(NAME, OrderId(order), MemberId(member), lines, Instant(BEGIN), **others)


def waiting(place: int, member: str, *, owed: int = 100, **entry: Any) -> Ticket:
    """A ticket whose one entry waits at a place for so much."""
    line = replace(a_line("1", owed), entry=Entry(Amount(owed), place, **entry))
    ticket = accepted(f"o{place}", member, joined=True, place=place)
    return replace(ticket, lines=(line,))


def a_unit(*tickets: Ticket, rows: int = 96, plan: Plan | None = None, **state: Any) -> UnitOfWork:
    """A unit of work on a queue that holds these tickets."""
    joined = sum(ticket.place is not None for ticket in tickets)
    loaded = LoadedState(line=Window(0, None), **state)
    loaded.keep(tickets)
    loaded.orders.update(TicketsOf(ticket.member, ticket.order) for ticket in tickets)
    queue = Queue(NAME, tickets=joined, entries=joined)
    queue, _ = update(queue, {}, (Change(None, ticket) for ticket in tickets))
    return UnitOfWork(queue, loaded, plan or Plan(parts=()), rows)
