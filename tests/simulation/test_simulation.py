"""However workers interleave, fail and are killed: every event takes effect once, as in series."""

from collections import Counter
from random import Random

import pytest

from rebate.usecases.audit_books import audit_books
from tests.books import check_books
from tests.simulation.lives import life
from tests.simulation.serial import repeat, told
from tests.simulation.world import Accepted, World
from tests.strategies import EFFORT

SEEDS = range(round(60 * EFFORT))


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
    accepted = Counter(id(e.event) for e in world.effects if isinstance(e, Accepted))
    assert accepted == Counter(map(id, world.life.events)), "accepted not once"
    serial = repeat(world.before, world.effects)
    settings = world.life.settings
    assert told(world.store, settings) == told(serial, settings)


def test_a_seed_is_a_run() -> None:
    """Else a failure could not be looked at again."""
    first, again = played(1), played(1)
    assert first.scheduler.trace == again.scheduler.trace
    assert first.store.everything() == again.store.everything()
