"""The kernel and the naive model of the rules agree on random documents of every plan."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.played import Played
from tests.model import comparable, play_steps
from tests.model.generate import documents
from tests.strategies import examples
from tests.test_against_model import PLANS

COMPARED = [name for name in PLANS if name not in {"wallet", "queues switched"}]
"""A simulation has no withdrawals, transfers or gifts: what members do with money is their own."""


@pytest.mark.parametrize("name", COMPARED)
@examples(24)
@given(data=st.data())
def test_the_kernel_comes_to_what_the_rules_say(name: str, data: st.DataObject) -> None:
    """Outcome and refusals are those of the naive model, after every document (Rule 8.3)."""
    plans, features = PLANS[name]
    own = tuple(plan for plan in plans if plan != "wallet")
    agree(data.draw(documents(plans=own, features=features)))


def agree(document: dict[str, Any]) -> None:
    """Play a document on both and compare outcome and refusals."""
    model, mine = play_steps(document), Played(document)
    found = mine.outcome.document()
    found["platform"] = {name: found["platform"][name] for name in model.outcome["platform"]}
    assert comparable(found) == comparable(model.outcome)
    for number, (refusal, fitting) in enumerate(zip(mine.refusals, model.fitting, strict=True)):
        assert (refusal in fitting) if fitting else refusal is None, f"step {number}"
