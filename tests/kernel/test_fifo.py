"""Running sums come to what the kernel comes to, where they are used at all."""

from random import Random
from typing import Any

import pytest

from rebate.domain.times import Instant
from rebate.simulation import fifo
from rebate.simulation.playing import play, play_kernel
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape

SEED = repeatable_seed("x")
SECOND = 1_000_000
BEGIN = 1_772_330_400 * SECOND


def settings(chance: Random) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "p1": {"part": "funds_only"},
        "p2": {"part": "queues_only", "extraction_bps": 5},
    }
    own = [{}, {"p1": {"part": "off"}}, parts, {"p0": {"extraction_bps": 12_000}}]
    plan = {
        "self_funding": chance.random() < 0.3,
        "surplus": chance.choice(["retain", "carry"]),
        "mall": chance.choice(["shared", "per_product"]),
        "extraction_bps": chance.choice([0, 333, 1000, 20_000]),
        "entitlement": {
            "fixed_bps": chance.choice([0, 1000, 3333, 10_000]),
            "by_level": chance.choice([{}, {"gold": 5000}]),
        },
        "products": chance.choice(own),
        "bounds": chance.choice([{}, {"min_paid": 6, "max_entitlement": 700}]),
    }
    return {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan}


def orders(chance: Random, count: int = 80) -> Tape:
    tape, at = Tape(), BEGIN
    guests = chance.random() < 0.5
    for number in range(count):
        at += chance.randrange(90_000) * SECOND
        tape.add_plain(
            f"o{number}",
            Instant(at),
            None if guests and chance.random() < 0.1 else f"m{chance.randrange(5)}",
            chance.choice([0, 1, 5, 99, 10_000, 12_345]),
            product=chance.choice([None, "p0", "p1", "p2"]),
            level=chance.choice([None, "gold"]),
        )
    return tape


@pytest.mark.parametrize("seed", range(80))
def test_outcome_and_report_are_the_kernels(seed):
    chance = Random(seed)
    rules, tape = SimulationRules(settings(chance)), orders(chance)
    quick = play(tape, rules, SEED, schedules=False)
    whole = play_kernel(tape, rules, SEED, schedules=False)
    assert quick.outcome.document() == whole.outcome.document()
    assert quick.report == whole.report


CLEARINGS: tuple[dict[str, Any], ...] = (
    {"every": "day", "at": "00:00"},
    {"every": "day", "at": "13:30", "queues": ["product"]},
    {"every": "week", "weekday": 3, "at": "09:00"},
    {"every": "month", "day": 31, "at": "23:59"},
    {"every": "once", "at": "2026-03-20T00:00:00+08:00"},
    {"every": "day", "at": "00:00", "queues": ["product/p0"]},
)


@pytest.mark.parametrize("seed", range(60))
def test_clearings_end_lines_as_the_kernels_do(seed):
    chance = Random(seed)
    document = settings(chance)
    document["queue_rebate"]["clearing"] = chance.choice(CLEARINGS)
    rules, tape = SimulationRules(document), orders(chance, chance.choice([1, 30, 80]))
    quick = play(tape, rules, SEED, schedules=True)
    whole = play_kernel(tape, rules, SEED, schedules=True)
    assert quick.outcome.document() == whole.outcome.document()
    assert quick.report == whole.report


def test_half_of_these_histories_need_no_kernel():
    quick = 0
    for seed in range(80):
        chance = Random(seed)
        rules, tape = SimulationRules(settings(chance)), orders(chance)
        quick += fifo.is_enough(tape, rules)
    assert quick > 40


OTHERS: tuple[dict[str, Any], ...] = (
    {"settle_on": "completed"},
    {"reward_order": "completed_first"},
    {"paused": True},
    {"hold_days": 1},
    {"limits": {"per_day": 1}},
    {"windows": [{"start": "08:00", "end": "12:00"}]},
    {"random_return": {"cash": 1, "points": 1}, "exchange": {"points_bps": 1}},
    {"products": {"p1": {"entitlement": {"cumulative": [{"days": 1, "at_least": 0, "bps": 1}]}}}},
)


@pytest.mark.parametrize("own", OTHERS, ids=lambda own: next(iter(own)))
def test_what_sums_cannot_know_is_left_to_the_kernel(own):
    plan = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}, **own}
    document = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan}
    assert not fifo.is_enough(orders(Random(1)), SimulationRules(document))
