"""Places and entries, as orders join (Rules 0.5, 0.12 and 1.6.2)."""

from dataclasses import dataclass

import pytest

from rebate.domain.draws import Luck, RandomReturnTerms
from rebate.domain.joining import take_place
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Bps
from rebate.domain.plan import Plan
from rebate.domain.records import replace
from rebate.domain.tickets import Status, Ticket
from rebate.domain.times import Instant
from tests.domain.units import a_unit, accepted, waiting
from tests.strategies import BEGIN, a_line

AT = Instant(BEGIN)
POINTS = Plan(parts=(), exchange_bps=((BalanceType.POINTS, Bps(5_000)),))


def of_lines(*promised: int) -> Ticket:
    lines = tuple(a_line(str(number), each) for number, each in enumerate(promised))
    return replace(accepted("new"), lines=lines)


def test_each_line_that_earns_one_gets_an_entry_behind_all_others() -> None:
    unit = a_unit(waiting(0, "A"), waiting(1, "B"))
    joined = take_place(unit, of_lines(300, 0, 500), AT)
    entries = [line.entry for line in joined.lines]
    assert [entry and (entry.entitlement, entry.ordinal) for entry in entries] == [
        (300, 2),
        None,
        (500, 3),
    ]
    assert (joined.place, joined.joined) == (2, True)
    assert (unit.queue.tickets, unit.queue.entries) == (3, 4)
    assert [day.promised for day in unit.queue.flow.days] == [800]
    assert [event.type for event in unit.events] == ["EntryJoined", "EntryJoined"]
    assert unit.line.ticket(joined.key) == joined


def test_who_earns_nothing_has_joined_without_a_place() -> None:
    unit = a_unit(waiting(0, "A"))
    joined = take_place(unit, of_lines(0), AT)
    assert (joined.joined, joined.place) == (True, None)
    assert (unit.queue.tickets, unit.queue.entries, unit.events) == (1, 1, [])
    assert [change.after for change in unit.line.changes()] == [joined]


@dataclass(frozen=True)
class Outcome:
    status: Status
    points: int
    events: list[str]


CONVERTED = Outcome(Status.CONVERTED, 150, ["EntryJoined", "EntryConverted"])
WAITS = Outcome(Status.WAITING, 0, ["EntryJoined"])


@pytest.mark.parametrize(("luck", "outcome"), [(0, CONVERTED), (1, WAITS)])
def test_luck_puts_an_entry_on_a_points_place_of_its_group(luck: int, outcome: Outcome) -> None:
    """One place in two is for points; what is left of the group stands in the queue."""
    makeup = RandomReturnTerms(1, 1, Luck(f"{luck:064x}"))
    ticket = replace(accepted("new"), lines=(a_line("1", 300, random_return=makeup),))
    unit = a_unit(plan=POINTS)
    joined = take_place(unit, ticket, AT)
    entry, group = joined.lines[0].entry, unit.queue.group
    assert entry is not None
    assert group is not None
    assert (group.cash, group.points) == ((1, 0) if outcome is CONVERTED else (0, 1))
    points = unit.credits.get((joined.member, BalanceType.POINTS), 0)
    assert Outcome(entry.status, points, [event.type for event in unit.events]) == outcome
    assert len(unit.journal) == (outcome is CONVERTED)


def test_without_a_ratio_for_points_none_are_returned_at_random() -> None:
    makeup = RandomReturnTerms(0, 1, Luck("0" * 64))
    ticket = replace(accepted("new"), lines=(a_line("1", 300, random_return=makeup),))
    unit = a_unit()
    take_place(unit, ticket, AT)
    assert (unit.queue.group, unit.credits) == (None, {})
