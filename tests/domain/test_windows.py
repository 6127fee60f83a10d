"""Windows in which a purchase earns an entry, by the clock on the shop's wall (Rule 1.5.3)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.times import Instant, datetime_of, instant_of
from rebate.domain.windows import Dates, Hours, inside
from tests.strategies import examples

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY, SUNDAY = 6, 7

local_times = st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1))  # noqa: DTZ001 - a wall clock
clocks = st.times()
weekdays = st.frozensets(st.integers(1, 7))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> Instant:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=zone))


def test_no_window_is_open_always() -> None:
    assert inside((), at("2026-03-01T03:00"), SHANGHAI)


def test_any_of_several_windows_will_do() -> None:
    windows = (Hours(time(9), time(10)), Hours(time(20), time(21)))
    assert inside(windows, at("2026-03-01T20:30"), SHANGHAI)
    assert not inside(windows, at("2026-03-01T12:00"), SHANGHAI)


def test_dates_hold_their_start_and_not_their_end() -> None:
    dates = Dates(at("2026-03-01T00:00"), at("2026-04-01T00:00"))
    assert inside((dates,), at("2026-03-01T00:00"), SHANGHAI)
    assert inside((dates,), at("2026-03-31T23:59:59.999999"), SHANGHAI)
    assert not inside((dates,), at("2026-04-01T00:00"), SHANGHAI)
    assert not inside((dates,), at("2026-02-28T23:59:59.999999"), SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-03-07T19:59:59.999999", False),
        ("2026-03-07T20:00", True),  # Saturday evening
        ("2026-03-08T00:00", True),
        ("2026-03-08T01:59:59.999999", True),
        ("2026-03-08T02:00", False),
        ("2026-03-09T01:00", True),  # Monday, but the night of Sunday
        ("2026-03-09T20:00", False),  # Monday's own evening
        ("2026-03-07T01:00", False),  # Saturday, but the night of Friday
    ],
)
def test_a_night_over_midnight_belongs_to_the_weekday_on_which_it_begins(
    moment: str, open_: bool
) -> None:
    nights = Hours(time(20), time(2), frozenset({SATURDAY, SUNDAY}))
    assert inside((nights,), at(moment), SHANGHAI) is open_


def test_a_window_that_ends_where_it_starts_lasts_a_day() -> None:
    sunday = Hours(time(6), time(6), frozenset({SUNDAY}))
    assert inside((sunday,), at("2026-03-08T06:00"), SHANGHAI)
    assert inside((sunday,), at("2026-03-09T05:59"), SHANGHAI)
    assert not inside((sunday,), at("2026-03-09T06:00"), SHANGHAI)
    assert not inside((sunday,), at("2026-03-08T05:59"), SHANGHAI)


def test_the_same_instant_is_another_time_of_day_in_another_zone() -> None:
    noon = Hours(time(12), time(13))
    instant = at("2026-06-01T12:30", SHANGHAI)
    assert inside((noon,), instant, SHANGHAI)
    assert not inside((noon,), instant, BERLIN)


def open_minutes(window: Hours, day: str, zone: ZoneInfo) -> int:
    """Minutes of a calendar day, by real time, in which the window is open."""
    begin, minute = at(f"{day}T00:00", zone), 60_000_000
    date = datetime_of(begin, zone).date()
    instants = (Instant(begin + number * minute) for number in range(26 * 60))
    return sum(
        window.holds(each, zone) for each in instants if datetime_of(each, zone).date() == date
    )


def test_a_window_is_an_hour_shorter_in_the_night_in_which_clocks_go_forward() -> None:
    """Times are those on the wall: 2026-03-29 has no 02:30 in Berlin."""
    night = Hours(time(1), time(4))
    assert open_minutes(night, "2026-03-28", BERLIN) == 180
    assert open_minutes(night, "2026-03-29", BERLIN) == 120


def test_a_window_is_an_hour_longer_in_the_night_in_which_clocks_go_back() -> None:
    """2026-10-25 has 02:30 twice in Berlin, and both are inside."""
    night = Hours(time(1), time(4))
    assert open_minutes(night, "2026-10-25", BERLIN) == 240
    half_past_two = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    first, second = (instant_of(half_past_two.replace(fold=fold)) for fold in (0, 1))
    assert second - first == 3600 * 1_000_000
    assert night.holds(first, BERLIN)
    assert night.holds(second, BERLIN)


def test_a_window_that_begins_in_the_hour_that_clocks_skip_is_open_after_it() -> None:
    skipped = Hours(time(2, 30), time(3, 30))
    assert not skipped.holds(at("2026-03-29T01:59", BERLIN), BERLIN)
    assert skipped.holds(at("2026-03-29T03:00", BERLIN), BERLIN)


@examples(300)
@given(local_times, clocks, clocks, weekdays)
def test_a_window_is_open_from_some_start_until_the_next_end(
    local: datetime, start: time, end: time, days: frozenset[int]
) -> None:
    """Compared with looking for the start: today's or yesterday's, where clocks never change."""
    moment = local.replace(tzinfo=SHANGHAI)
    found = False
    for begun in (moment.date(), moment.date() - timedelta(days=1)):
        opens = datetime.combine(begun, start, SHANGHAI)
        closes = datetime.combine(begun, end, SHANGHAI)
        if closes <= opens:
            closes += timedelta(days=1)
        on = not days or begun.isoweekday() in days
        found = found or (on and opens <= moment < closes)
    assert Hours(start, end, days).holds(instant_of(moment), SHANGHAI) is found
