"""Made-up demand is what was asked for, and the same bytes in every process."""

import os
import subprocess
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from rebate.domain.times import Instant, datetime_of
from rebate.simulation.demand import Demand, made_up
from rebate.simulation.demand_of_history import fitted
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import COMPLETED, REFUNDED, SAVED

ZONE = ZoneInfo("Asia/Shanghai")


def days_of(tape):
    return [datetime_of(Instant(at), ZONE).date() for at in tape.at]


def test_there_are_so_many_orders_in_order_of_time():
    tape = made_up(Demand(777), ZONE)
    assert len(tape) == 777
    assert all(before <= after for before, after in pairwise(tape.at))
    assert {day.year for day in days_of(tape)} == {2025}


def test_orders_grow_by_so_much_a_month():
    tape = made_up(Demand(50_000, growth=10, noise=0, weekdays=(1,) * 7), ZONE)
    months = Counter(day.month for day in days_of(tape))
    assert 2.5 < months[12] / months[1] < 3.2


def test_seasons_and_weekdays_have_their_weights():
    weights = (1,) * 5 + (0, 0)
    summer = (0,) * 5 + (1, 1) + (0,) * 5
    days = days_of(made_up(Demand(2000, weekdays=weights, months=summer), ZONE))
    assert {day.isoweekday() for day in days} == {1, 2, 3, 4, 5}
    assert {day.month for day in days} == {6, 7}


def test_baskets_lie_about_the_middle_one():
    paid = sorted(made_up(Demand(9999, basket=5000, spread=0.5), ZONE).paid)
    assert 4800 < paid[5000] < 5200
    assert made_up(Demand(10, basket=5000, spread=0), ZONE).paid.tolist() == [5000] * 10


@pytest.mark.parametrize("repeat", [0, 60, 90])
def test_so_many_orders_are_by_known_buyers(repeat):
    members = len(made_up(Demand(10_000, repeat=repeat), ZONE).member_names.names)
    assert abs(members - 100 * (100 - repeat)) <= 200


def test_completions_refunds_and_referrers_follow_where_they_are_wanted():
    demand = Demand(500, completed_hours=24, refunded=20, referred=50)
    kinds = Counter(made_up(demand, ZONE).kinds)
    assert kinds[COMPLETED] == 500
    assert 60 < kinds[REFUNDED] < 140
    assert 60 < kinds[SAVED] < 140


def test_demand_is_fitted_to_a_history():
    shop = Demand(6000, starts=date(2024, 3, 4), days=200, growth=12, noise=0, repeat=70)
    like = fitted(Demand(20_000), made_up(shop, ZONE), ZONE)
    assert (like.starts, like.days) == (date(2024, 3, 4), 200)
    assert 9 < like.growth < 15
    assert 68 < like.repeat < 72
    assert like.weekdays[5] > like.weekdays[0]
    assert sorted(like.baskets)[3000] == pytest.approx(10_000, rel=0.05)


WRITES = """
from zoneinfo import ZoneInfo
from local.simulating import write_outcome
from rebate.simulation.demand import Demand, made_up
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from local.settings import demo_settings
import sys, json
demand = Demand(300, stores=("bakery", "tea-house"), store_share=40, products=5, referred=30,
                refunded=10, completed_hours=30)
tape = made_up(demand, ZoneInfo("Asia/Shanghai"))
settings = demo_settings() | {"referral": {"direct_bps": 500, "indirect_bps": 200}}
found = play(tape, SimulationRules(settings), repeatable_seed("1"), schedules=True)
write_outcome(sys.stdout, found.outcome)
print(json.dumps(found.report))
"""


def test_the_same_seed_gives_the_same_bytes_in_every_process():
    """Pitfall 46."""
    told = {
        subprocess.run(
            [sys.executable, "-c", WRITES],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(told) == 1


def test_another_seed_is_another_demand():
    assert made_up(Demand(50, seed="a"), ZONE).paid != made_up(Demand(50, seed="b"), ZONE).paid


def test_no_demand_at_all_comes_to_nothing():
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai"}
    found = play(
        made_up(Demand(1), ZONE), SimulationRules(settings), repeatable_seed("1"), schedules=True
    )
    assert found.outcome.document()["queues"] == {}
    assert found.report["orders"] == 1
