"""The report's figures, computed by hand."""

from datetime import datetime

from rebate.domain.times import instant_of
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import REFUNDED, Tape

PLAN = {"extraction_bps": 5000, "entitlement": {"fixed_bps": 10_000}}
SETTINGS = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": PLAN}


def at(text):
    return instant_of(datetime.fromisoformat(text))


def tape():
    """A and B buy for 100 in March, C for 100 in April, who is refunded half in May."""
    found = Tape()
    found.add_plain("o1", at("2026-03-01T00:00:00+08:00"), "A", 10_000)
    found.add_plain("o2", at("2026-03-11T00:00:00+08:00"), "B", 10_000)
    found.add_plain("o3", at("2026-04-01T00:00:00+08:00"), "C", 10_000)
    refund = {"order_id": "o3", "refund_id": "r", "amount": 5000}
    found.add(REFUNDED, at("2026-05-01T00:00:00+08:00"), "o3", refund)
    return found


def report():
    return play(tape(), SimulationRules(SETTINGS), repeatable_seed("x"), schedules=False).report


def test_sales_cost_promises_and_waits():
    found = report()
    assert (found["orders"], found["members"], found["sales"]) == (3, 3, 25_000)
    assert (found["contributed"], found["rebated"]) == (12_500, 10_000)
    assert (found["cost_bps"], found["promised"], found["paid_bps"]) == (4000, 25_000, 4000)
    assert found["never_bps"] == 5000
    assert found["waits"] == {"p50_days": 31.0, "p90_days": 31.0, "unpaid": 2}
    assert (found["nothing"], found["cleared"], found["commissions"]) == (2, 0, 0)


def test_months_are_the_shops_and_add_up():
    assert report()["by_month"] == [
        _month("2026-03", 20_000, 10_000, 5000, 20_000, 15_000),
        _month("2026-04", 10_000, 5000, 5000, 10_000, 20_000),
        _month("2026-05", -5000, -2500, 0, -5000, 15_000),
    ]


def test_each_plan_that_is_on_has_the_same_figures():
    found = report()
    plans = found.pop("plans")
    assert plans == {"queue_rebate": found}


def test_nothing_happened_at_all():
    found = play(Tape(), SimulationRules(SETTINGS), repeatable_seed("x"), schedules=True).report
    assert (found["orders"], found["cost_bps"], found["paid_bps"]) == (0, None, None)
    assert found["waits"] == {"p50_days": None, "p90_days": None, "unpaid": 0}
    assert found["by_month"] == []


def _month(name, sales, contributed, rebated, promised, owed):
    return {
        "month": name,
        "sales": sales,
        "contributed": contributed,
        "rebated": rebated,
        "promised": promised,
        "owed": owed,
    }
