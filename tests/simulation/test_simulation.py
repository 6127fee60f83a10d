"""However workers interleave, fail and are killed: every event takes effect once, as in series."""

import os
import subprocess
import sys
from collections import Counter
from functools import lru_cache
from random import Random

import pytest

from rebate.domain.money import sum_of
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Periods, Tally
from rebate.usecases.storage.rows.keys import PERIODS
from tests.books import check_books
from tests.fakes import MemoryStore
from tests.simulation.effects import Accepted
from tests.simulation.lives import life
from tests.simulation.serial import repeat, told
from tests.simulation.world import World
from tests.strategies import EFFORT

SEEDS = range(round(60 * EFFORT))


@lru_cache(maxsize=60)
def played(seed: int) -> World:
    chance = Random(seed)
    world = World(life(chance), chance)
    world.play()
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_comes_to_what_its_effects_do_one_after_another(seed: int) -> None:
    world = played(seed)
    check_books(world.store)
    assert [str(each) for each in audit_books(world.store).differences] == []
    happened = [effect.what for effect in world.effects]
    accepted = Counter(id(what.event) for what in happened if isinstance(what, Accepted))
    assert accepted == Counter(map(id, world.life.events)), "accepted not once"
    assert counted_once(world.store), "counted for two dividends, or for none"
    if world.repeatable:
        assert told(world.store) == told(repeat(world.before, world.effects))


def counted_once(store: MemoryStore) -> bool:
    """Tell whether what orders count for dividends is in one each, or waits for the next."""
    periods = store.get(Periods, PERIODS) or Periods()
    counted = sum_of(row.turnover for row in store.scan(Commission) if row.period is not None)
    waits = sum(sum(tally.turnover.values()) for tally in store.scan(Tally))
    shared = sum_of(run.turnover for run in store.scan(DividendRun) if run.turnover > 0)
    return bool(periods.lapsed) or counted == shared + periods.carried + waits


def test_a_seed_is_a_run() -> None:
    """Else a failure could not be looked at again."""
    first, again = played(1), played.__wrapped__(1)
    assert first.scheduler.trace == again.scheduler.trace
    assert first.store.everything() == again.store.everything()


def test_a_seed_is_the_same_run_in_another_process() -> None:
    """Sets are in another order there."""
    code = "from tests.simulation.test_simulation import played; print(*played(2).scheduler.trace)"
    again = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    assert again.stdout.split() == played(2).scheduler.trace


def test_the_runs_come_to_what_they_are_for() -> None:
    visited = sum((played(seed).visited for seed in range(60)), Counter())
    rare = {
        "commands share a row",
        "completions do",
        "part of a row is settled",
        "several settle a row",
        "queues share a transaction",
        "a join is cut",
        "Changed",
        "Divided",
        "Released",
        "Rewarded",
        "EntryDrawn",
        "EntryExchanged",
        "RebateCapped",
        "EntriesCleared",
        "refused",
    }
    assert rare <= {name for name, count in visited.items() if count}
