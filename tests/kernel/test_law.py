"""The law of the queue (Rule 8.6), with its figures, from the kernel itself."""

from math import log

import pytest

from rebate.domain.queue_law import QueueLaw
from rebate.domain.times import Instant
from rebate.simulation.fifo import play_lines
from rebate.simulation.playing import play_kernel
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape

DAY = 86_400_000_000
BEGIN = 1_735_660_800_000_000
PAID = 10_000


def steady(days: int, per_day: float = 20, growth: float = 0.0) -> Tape:
    """Return equal orders at equal distances; `growth` of the number of a day, a month."""
    tape, number, owed = Tape(), 0, 0.0
    for day in range(days):
        owed += per_day * (1 + growth) ** (day / 30)
        count = int(owed)
        owed -= count
        for place in range(count):
            at = BEGIN + day * DAY + place * DAY // count
            number += 1
            tape.add_plain(f"o{number}", Instant(at), f"m{number}", PAID)
    return tape


def rules(extraction: int, entitlement: int, **others: object) -> SimulationRules:
    plan = {"extraction_bps": extraction, "entitlement": {"fixed_bps": entitlement}, **others}
    return SimulationRules({"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan})


def waited(tape: Tape, settings: SimulationRules, joined_day: int) -> float:
    """Return how many days the first entry of a day waited until it was paid in full."""
    _, every, _ = play_lines(tape, settings)
    row = next(row for row in range(len(tape)) if tape.at[row] >= BEGIN + joined_day * DAY)
    return float(every.waits[row]) / DAY


@pytest.mark.parametrize(
    ("extraction", "entitlement", "joined", "days"),
    [
        (1000, 10_000, 10, 90),
        (1000, 10_000, 90, 810),
        (800, 2000, 360, 540),
        (6500, 13_000, 450, 450),
    ],
)
def test_at_steady_sales_an_entry_waits_in_proportion_to_the_shops_age(
    extraction, entitlement, joined, days
):
    tape = steady(joined + days + 20, per_day=max(10, 20_000 // (joined + days)))
    assert waited(tape, rules(extraction, entitlement), joined) == pytest.approx(days, rel=0.005)


@pytest.mark.parametrize("growth", [0.05, 0.10, 0.30])
def test_at_growing_sales_it_waits_the_logarithm_of_r_over_e_by_the_growth(growth):
    """As soon as the first months do not count any more: here sales are 300 times theirs."""
    months, joined = log(10) / log(1 + growth), round(30 * log(300) / log(1 + growth))
    tape = steady(joined + round(months * 30) + 60, per_day=growth / 5, growth=growth)
    assert waited(tape, rules(1000, 10_000), joined) / 30 == pytest.approx(months, rel=0.03)


def test_the_cost_is_the_extraction_whatever_is_promised():
    tape = steady(60)
    costs = [play_lines(tape, rules(1000, promised))[1] for promised in (1500, 5000, 10_000)]
    assert [each.rebated * 10_000 // each.sales for each in costs] == [999, 999, 999]


def test_nine_of_ten_get_nothing_at_ten_and_a_hundred_per_cent():
    tape = steady(100, per_day=10)
    _, every, _ = play_lines(tape, rules(1000, 10_000))
    assert len(every.members - every.got) == 900
    assert every.promised - every.rebated == pytest.approx(0.9 * every.promised, rel=0.005)


def test_nobody_waits_where_no_more_is_promised_than_extracted():
    tape = steady(30)
    _, every, _ = play_lines(tape, rules(2000, 2000))
    assert every.unpaid == 1
    assert max(every.waits) <= DAY // 10


def test_an_entry_is_paid_when_sales_reach_its_own_times_r_over_e():
    tape = steady(100, per_day=10)
    _, every, _ = play_lines(tape, rules(1000, 5000))
    at_joining = 15 * 10 * PAID
    paid_at = BEGIN + 15 * DAY + every.waits[150]
    reached = sum(1 for at in tape.at if at <= paid_at) * PAID
    assert reached == pytest.approx(at_joining * 5, rel=0.01)


@pytest.mark.parametrize(
    ("extraction", "entitlement", "age", "wait"),
    [
        (1000, 10_000, 10, 90),
        (1000, 10_000, 90, 810),
        (800, 2000, 360, 540),
        (6500, 13_000, 450, 450),
        (2000, 2000, 90, 0),
        (0, 2000, 90, None),
    ],
)
def test_the_law_says_the_same_wait_at_steady_sales(extraction, entitlement, age, wait):
    assert QueueLaw("mall", extraction, entitlement).days_at_steady_sales(age) == wait


@pytest.mark.parametrize(("percent", "months"), [(2, 115), (5, 46), (10, 23), (30, 7.7)])
def test_the_law_says_the_same_wait_at_growing_sales(percent, months):
    law = QueueLaw("mall", 1000, 10_000)
    assert law.months_at_growth(percent) == pytest.approx(months, rel=0.005)
    assert law.growth_for(3) == pytest.approx(77, rel=0.005)


def test_when_sales_stop_all_beyond_e_over_r_is_lost_at_once():
    tape = steady(40, per_day=25)
    _, every, _ = play_lines(tape, rules(800, 2000))
    law = QueueLaw("mall", 800, 2000)
    assert (law.ever_paid_bps, law.never_bps) == (4000, 6000)
    assert every.promised - every.rebated == pytest.approx(every.promised * 0.6, rel=0.005)


def test_a_daily_clearing_pays_the_same_share_to_the_mornings_buyers():
    tape = steady(20, per_day=50)
    cleared = rules(1000, 10_000, clearing={"every": "day", "at": "00:00", "queues": "all"})
    found = play_kernel(tape, cleared, repeatable_seed("1"), schedules=True)
    entries = list(found.outcome.queues["mall"].entries())
    paid = [number % 50 for number, entry in enumerate(entries) if entry[2] == "completed"]
    assert found.report["paid_bps"] == pytest.approx(1000, rel=0.03)
    assert max(paid) <= 5
