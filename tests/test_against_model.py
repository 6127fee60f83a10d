"""The engine and an independent, naive model of the rules agree on random documents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.usecases.audit.audit_books import audit_books
from tests.engine import Player
from tests.model import comparable, play_steps
from tests.model.generate import BASIC, OTHERS, QUEUE_REBATE, documents
from tests.strategies import examples

WITHOUT_RANDOM_RETURN = tuple(sorted({*QUEUE_REBATE, *OTHERS} - {"random_return", "dividend"}))
EVERYTHING = (*WITHOUT_RANDOM_RETURN, "random_return")
PLANS = {
    "queue_rebate": (("queue_rebate",), (*BASIC, "cap")),
    "queue_rebate in full": (("queue_rebate",), WITHOUT_RANDOM_RETURN),
    "random return": (
        ("queue_rebate",),
        ("random_return", "refunds", "completions", "exchange", "cap"),
    ),
    "queues switched": (
        ("queue_rebate",),
        (*BASIC, "cap", "exchange", "catalog", "return_window", "lottery", "queues_switched"),
    ),
    "order_queue": (("order_queue",), EVERYTHING),
    "alliance": (("alliance",), EVERYTHING),
    "red_packet": (("red_packet",), EVERYTHING),
    "union": (("union",), EVERYTHING),
    "referral": (("referral",), EVERYTHING),
    "wallet": (("queue_rebate", "wallet"), ("exchange", "refusals")),
    "all": (
        ("queue_rebate", "order_queue", "alliance", "red_packet", "union", "referral", "wallet"),
        EVERYTHING,
    ),
}


@pytest.mark.parametrize("name", PLANS)
@examples(24)
@given(data=st.data())
def test_the_engine_comes_to_what_the_rules_say(name: str, data: st.DataObject) -> None:
    """Outcome and refusals are those of the naive model, after every document."""
    plans, features = PLANS[name]
    player = agree(data.draw(documents(plans=plans, features=features)))
    if name == "queues switched":
        assert audit_books(player.store, full=True).differences == []


def agree(document: dict[str, Any]) -> Player:
    """Play a document on both and compare; return the engine as it is then."""
    player = Player(document)
    outcome = player.play()
    model = play_steps(document)
    assert comparable(outcome) == comparable(model.outcome)
    for number, (refusal, fitting) in enumerate(zip(player.refusals, model.fitting, strict=True)):
        assert (refusal in fitting) if fitting else refusal is None, f"step {number}"
    return player
