"""A crash at any write, a lost reply after any commit: the outcome is the same."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.books import check_books
from tests.model import comparable
from tests.model.generate import OTHERS, QUEUE_REBATE, documents
from tests.strategies import EFFORT, examples
from tests.usecases.disturbed import (
    KILLED_AFTER,
    KILLED_BEFORE,
    KINDS,
    REPEATED,
    Kind,
    Redelivered,
    Trouble,
    at_commit,
)

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.json"))
EVERY_FEATURE = tuple(sorted({*QUEUE_REBATE, *OTHERS}))
EVERY_PLAN = (
    "queue_rebate",
    "order_queue",
    "alliance",
    "red_packet",
    "union",
    "referral",
    "wallet",
)


def outcome(document: dict[str, Any], trouble: Trouble | None = None) -> dict[str, Any]:
    player = Redelivered(document)
    if trouble:
        trouble.watch(player.store)
    found = player.play()
    check_books(player.store)
    return comparable(found)


KINDS_OF_ONE = (KILLED_BEFORE, KILLED_AFTER, REPEATED)


@pytest.mark.parametrize("place", range(len(SCENARIOS)), ids=[file.stem for file in SCENARIOS])
def test_one_disturbed_commit_changes_nothing(place: int) -> None:
    """Whichever of a worked example it is: in three ways in turn, with more effort in each."""
    document = json.loads(SCENARIOS[place].read_text(encoding="utf-8"))
    undisturbed = Trouble(lambda _: None)
    expected = outcome(document, undisturbed)
    for number in range(1, undisturbed.count + 1):
        in_turn = KINDS_OF_ONE[(place + number) % len(KINDS_OF_ONE)]
        for kind in KINDS_OF_ONE if EFFORT > 1 else (in_turn,):
            trouble = at_commit(number, kind)
            assert outcome(document, trouble) == expected, f"commit {number} {kind.name}"
            assert trouble.struck == 1


@examples(60)
@given(st.data())
def test_any_number_of_disturbed_commits_changes_nothing(data: st.DataObject) -> None:
    """On any document, of all kinds mixed: about every third commit is disturbed."""
    plan = data.draw(st.sampled_from([(plan,) for plan in EVERY_PLAN[:-1]] + [EVERY_PLAN]))
    document = data.draw(documents(plans=plan, features=EVERY_FEATURE, most_steps=25))
    chance = Random(data.draw(st.integers(0, 2**32)))
    kinds: dict[int, Kind | None] = {}

    def some(number: int) -> Kind | None:
        return kinds.setdefault(number, chance.choice([*KINDS, *[None] * 12]))

    assert outcome(document, Trouble(some)) == outcome(document)
