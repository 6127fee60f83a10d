"""The pace of a queue, against a plain count of what happened (Rule 8.2)."""

from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.flow import DAYS_SEEN, Flow, Pace
from rebate.domain.times import DAY, Instant
from tests.strategies import examples

TODAY = 20_000
days = st.integers(TODAY - 12, TODAY)
happenings = st.lists(st.tuples(days, st.integers(0, 100), st.integers(0, 100)), max_size=12)


def at(day: int, second: int = 0) -> Instant:
    return Instant(day * DAY + second)


@examples(200)
@given(happenings)
def test_the_pace_is_that_of_the_last_seven_whole_days(found: list[tuple[int, int, int]]) -> None:
    """Of today's hours where there was no whole day yet."""
    flow = Flow()
    for day, given_, promised in sorted(found):
        flow = flow.plus(at(day, 5), given=given_, gifts=1, promised=promised)
    first = max(min((day for day, *_ in found), default=TODAY), TODAY - DAYS_SEEN)
    last = max(TODAY - 1, first)
    seen = [each for each in found if first <= each[0] <= last]
    assert flow.pace(at(TODAY, 99)) == Pace(
        days=last - first + 1,
        given=sum(each[1] for each in seen),
        gifts=len(seen),
        promised=sum(each[2] for each in seen),
    )
    assert len(flow.days) <= DAYS_SEEN + 1


def test_what_is_older_than_what_is_kept_changes_nothing() -> None:
    flow = Flow().plus(at(TODAY), given=10, gifts=1)
    older = flow.plus(at(TODAY - DAYS_SEEN - 1), given=99, gifts=1)
    assert older.days == flow.days


def test_days_are_rounded_up_and_never_said_where_nothing_is_given() -> None:
    pace = Pace(days=7, given=70, gifts=14, promised=140)
    assert [pace.days_for(amount) for amount in (0, 1, 10, 11)] == [0, 1, 1, 2]
    assert pace.days_for_gifts(5) == 3
    assert Pace(days=7).days_for(1) is None
    assert (pace.ever_paid(), Pace().ever_paid()) == (5000, None)
    assert pace.at_most(5).days_for(10) == 2
    assert pace.at_most(None) == pace
