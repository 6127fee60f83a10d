"""A simulation without schedules has the outcome of the engine that settles the same events."""

from typing import Any

import pytest

from local.settings import demo_settings
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape
from tests.kernel.histories import (
    SETTINGS,
    SHARED,
    engine_outcome,
    few_days,
    settings_in,
    tape_of,
)

CASES = {"demo": demo_settings(), **{file.stem: settings_in(file) for file in SETTINGS}}


def simulated(settings: dict[str, Any], tape: Tape) -> dict[str, Any]:
    rules = SimulationRules(settings)
    return play(tape, rules, repeatable_seed("x"), schedules=False).outcome.document()


def alike(settings: dict[str, Any], lines: list[bytes]) -> None:
    expected = engine_outcome(settings, lines)
    found = simulated(settings, tape_of(lines))
    found["platform"] = {name: found["platform"][name] for name in expected["platform"]}
    assert found == expected


@pytest.mark.parametrize("name", CASES)
def test_a_few_days_come_to_what_the_engine_comes_to(name):
    alike(CASES[name], few_days())


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not on this machine")
@pytest.mark.parametrize("name", CASES)
def test_real_orders_come_to_what_the_engine_comes_to(name):
    alike(CASES[name], SHARED.read_bytes().splitlines()[:250])
