"""Who is next among what was loaded, and what has to be loaded to tell (Rules 1.2.3, 4.2, 5.2)."""

import pytest

from rebate.domain.loaded_state import (
    DataMissing,
    EntryRef,
    FirstPayable,
    LoadedState,
    OldestEntryOf,
    Window,
)
from rebate.domain.money import Amount
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import Instant
from rebate.domain.waiting_line import WaitingLine

MALL = Queue(QueueId("mall"))
TO_THE_END = Window(0, None)


def standing(place: int, *, member: str = "A", entries: int = 1) -> Ticket:
    """A ticket at a place, with an ordinal ten times that of its first entry."""
    lines = tuple(
        TicketLine(
            LineId(str(n)), Amount(1000), Amount(1000), entry=Entry(Amount(1000), 10 * place + n)
        )
        for n in range(entries)
    )
    return Ticket(
        QueueId("mall"),
        OrderId(f"o{place}"),
        MemberId(member),
        lines,
        Instant(0),
        joined=True,
        place=place,
    )


def lined_up(*tickets: Ticket, window: Window = TO_THE_END, **members: Window) -> WaitingLine:
    seen = {MemberId(name): stretch for name, stretch in members.items()}
    state = LoadedState(line=window, members=seen)
    state.keep(tickets)
    return WaitingLine(state, MALL, completed_first=False)


def paid_off(ticket: Ticket) -> Ticket:
    return ticket.with_entry(
        0, lambda entry: replace(entry, paid=Amount(1000), status=Status.COMPLETED)
    )


FIRST, SECOND, THIRD = standing(0), standing(1, entries=2), standing(2)


def test_the_next_is_behind_an_ordinal_and_of_no_order_that_is_passed_over() -> None:
    line = lined_up(FIRST, SECOND, THIRD)
    assert line.next_after(0, -1, wanted=3) == EntryRef(FIRST.key, 0)
    assert line.next_after(1, 10, wanted=3) == EntryRef(SECOND.key, 1)
    assert line.next_after(1, 11, wanted=3) == EntryRef(THIRD.key, 0)
    assert line.next_after(0, 0, wanted=3, passing_over=SECOND.order) == EntryRef(THIRD.key, 0)
    assert line.next_after(2, 20, wanted=3) is None
    assert line.first(passing_over=FIRST.order) == EntryRef(SECOND.key, 0)


@pytest.mark.parametrize(("seen", "asked"), [(0, 5), (1, 5), (2, 8)])
def test_what_is_not_loaded_is_asked_for_from_its_place_on(seen: int, asked: int) -> None:
    line = lined_up(FIRST, SECOND, window=Window(0, 1, count=seen))
    with pytest.raises(DataMissing) as missing:
        line.next_after(1, 11, wanted=5)
    assert missing.value.request == FirstPayable(1, asked)


def test_a_stretch_that_begins_later_says_nothing_of_what_is_before() -> None:
    line = lined_up(THIRD, window=Window(2, None, count=1))
    assert line.next_after(2, -1, wanted=1) == EntryRef(THIRD.key, 0)
    with pytest.raises(DataMissing) as missing:
        line.next_after(1, -1, wanted=1)
    assert missing.value.request == FirstPayable(1, 4)


def test_the_oldest_of_a_member_is_asked_for_until_it_is_known() -> None:
    with pytest.raises(DataMissing) as missing:
        lined_up(FIRST).oldest_of(MemberId("A"), passing_over=None)
    assert missing.value.request == OldestEntryOf(MemberId("A"), 2)
    line = lined_up(FIRST, SECOND, A=Window(0, 1, count=2))
    assert line.oldest_of(MemberId("A"), passing_over=FIRST.order) == EntryRef(SECOND.key, 0)
    line.save(paid_off(FIRST))
    line.save(SECOND.with_entry(0, lambda e: replace(e, status=Status.COMPLETED)))
    assert line.oldest_of(MemberId("A"), passing_over=None) == EntryRef(SECOND.key, 1)
    with pytest.raises(DataMissing) as missing:
        line.oldest_of(MemberId("A"), passing_over=SECOND.order)
    assert missing.value.request == OldestEntryOf(MemberId("A"), 8)


def test_who_leaves_is_not_in_line_and_who_joins_is() -> None:
    line = lined_up(FIRST, SECOND)
    line.save(paid_off(FIRST))
    assert line.first(passing_over=None) == EntryRef(SECOND.key, 0)
    line.save(THIRD)
    line.save(FIRST)
    assert line.first(passing_over=None) == EntryRef(FIRST.key, 0)
    assert line.first(passing_over=FIRST.order) == EntryRef(SECOND.key, 0)
    line.save(paid_off(THIRD))
    assert line.next_after(2, -1, wanted=1) is None


def test_who_was_cleared_is_in_line_no_more_and_nothing_need_be_loaded_to_tell() -> None:
    line = lined_up(FIRST, SECOND, THIRD, window=Window(0, 2, count=3), A=Window(0, 2, count=3))
    line.clear(replace(MALL, cleared_below=2))
    assert line.first(passing_over=None) == EntryRef(THIRD.key, 0)
    assert line.oldest_of(MemberId("A"), passing_over=None) == EntryRef(THIRD.key, 0)
    assert line.oldest_of(MemberId("A"), passing_over=THIRD.order) is None
    line.clear(replace(MALL, cleared_below=3))
    assert line.first(passing_over=None) is None
    line.save(SECOND)
    assert line.first(passing_over=None) is None
