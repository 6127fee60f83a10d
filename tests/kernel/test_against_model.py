"""The kernel and the naive model of the rules agree on random documents of every plan."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel.differences import comparable as said_alike
from tests.kernel.played import Played
from tests.model import comparable, play_steps
from tests.model.generate import documents
from tests.strategies import EFFORT, examples
from tests.test_against_model import PLANS

NOT_COMPARED = {
    "order_queue": {"refunds", "early"},
    "red_packet": {"refunds", "early"},
    "referral": {"dividend", "members"},
    "all": {"refunds", "early", "dividend", "members", "catalog", "parts"},
}
"""Features of documents that would nearly always run into `differences.DIFFERENCES`."""

COMPARED = [name for name in PLANS if name != "wallet"]


@pytest.mark.skipif(EFFORT <= 1, reason="refusals of members and own rewards still differ")
@pytest.mark.parametrize("name", COMPARED)
@examples(60)
@given(data=st.data())
def test_the_kernel_comes_to_what_the_rules_say(name: str, data: st.DataObject) -> None:
    plans, features = PLANS[name]
    left = tuple(each for each in features if each not in NOT_COMPARED.get(name, set()))
    own = tuple(plan for plan in plans if plan != "wallet")
    document = data.draw(documents(plans=own, features=left))
    if said_alike(document):
        agree(document)


def agree(document: dict[str, Any]) -> None:
    """Play a document on both and compare outcome and refusals."""
    model, mine = play_steps(document), Played(document)
    found = mine.outcome.document()
    found["platform"] = {name: found["platform"][name] for name in model.outcome["platform"]}
    assert comparable(found) == comparable(model.outcome)
    for number, (refusal, fitting) in enumerate(zip(mine.refusals, model.fitting, strict=True)):
        assert (refusal in fitting) if fitting else refusal is None, f"step {number}"
