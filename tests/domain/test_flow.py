"""What a queue was given of late, and what that says of the wait (Rules 7.5 and 8.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.money import Amount
from rebate.domain.times import DAY, Instant
from rebate.domain.volumes import DAYS_SEEN, DailyVolume, PayoutRate, RecentVolume


def at(day: int, hour: int = 0) -> Instant:
    return Instant(day * DAY + hour * DAY // 24)


def test_nothing_but_what_is_told_is_added() -> None:
    flow = (
        RecentVolume()
        .plus(at(9), given=Amount(5))
        .plus(at(9, 1), gifts=1)
        .plus(at(9, 2), promised=Amount(7))
    )
    assert flow == RecentVolume(9, (DailyVolume(9, given=Amount(5), gifts=1, promised=Amount(7)),))
    assert RecentVolume().plus(at(9)) == RecentVolume(9, (DailyVolume(9),))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=12), st.randoms())
def test_the_order_in_which_it_is_told_makes_no_difference(happened, chance) -> None:
    """But for days that were forgotten already: those before the last week."""
    flow, days = RecentVolume(), dict[int, int]()
    for day, amount in sorted(happened, key=lambda _: chance.random()):
        flow = flow.plus(at(day, amount), given=amount, gifts=1, promised=2 * amount)
        days[day] = days.get(day, 0) + amount
    if not days:
        assert flow == RecentVolume()
        return
    assert flow.began == min(days)
    assert [each.day for each in flow.days] == sorted(d for d in days if d >= max(days) - DAYS_SEEN)
    assert flow.days[-1].given == days[max(days)]
    assert flow.days[-1].promised == 2 * days[max(days)]


def test_a_late_order_is_counted_on_its_day() -> None:
    flow = (
        RecentVolume().plus(at(9), given=Amount(5), gifts=1).plus(at(10), given=Amount(1), gifts=1)
    )
    flow = flow.plus(at(9), given=Amount(2), gifts=1)
    assert flow == RecentVolume(9, (DailyVolume(9, Amount(7), 2), DailyVolume(10, Amount(1), 1)))
    assert flow.plus(at(8), given=Amount(3)).began == 8


def test_the_pace_is_that_of_whole_days() -> None:
    flow = (
        RecentVolume()
        .plus(at(8), given=Amount(10), gifts=2, promised=Amount(40))
        .plus(at(9), given=Amount(20), gifts=1)
    )
    today = flow.plus(at(10), given=Amount(1000), gifts=9)
    assert today.pace(at(10, 12)) == PayoutRate(
        days=2, given=Amount(30), gifts=3, promised=Amount(40)
    )
    begun_today = RecentVolume().plus(at(10), given=Amount(4))
    assert begun_today.pace(at(10, 12)) == PayoutRate(days=1, given=Amount(4), is_known=False)


@pytest.mark.parametrize(
    ("amount", "given", "days"),
    [(0, 5, 0), (0, 0, 0), (-3, 0, 0), (1, 1, 1), (5, 2, 3), (4, 2, 2), (1, 0, None)],
)
def test_days_are_rounded_up_and_nothing_takes_none(amount, given, days) -> None:
    assert PayoutRate(days=1, given=given).days_for(amount) == days
    assert PayoutRate(days=1, gifts=given).days_for_gifts(amount) == days


def test_the_share_that_is_ever_paid_is_whole_basis_points() -> None:
    shares = [
        PayoutRate(given=Amount(1), promised=Amount(3)).ever_paid(),
        PayoutRate(given=Amount(5), promised=Amount(4)).ever_paid(),
        PayoutRate(given=Amount(5)).ever_paid(),
    ]
    assert shares == [3333, 10_000, None]
    assert [type(share) for share in shares] == [int, int, type(None)]


def test_a_cap_a_day_bounds_the_pace() -> None:
    pace = PayoutRate(days=3, given=Amount(100), gifts=3)
    assert pace.at_most(None) == pace
    assert pace.at_most(Amount(20)) == PayoutRate(days=3, given=Amount(60), gifts=3)
    assert pace.at_most(Amount(40)) == pace
