"""The model against the worked examples, and against its own laws on random documents."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from . import play_steps
from .generate import documents

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = sorted((CHECKOUT / "tests" / "scenarios").glob("*.json"))
GIVEN = sorted((CHECKOUT.parent / "shared" / "scenarios").glob("*.json"))
NOT_MODELLED = {
    "0.9-what-waits-stands-against-another-day": "0.9: the model reads no currency of an order",
    "0.13-another-senders-word-changes-nothing": "0.13: the model knows no senders",
    "0.13-prefixes-keep-two-shops-apart": "0.13: the model knows no senders",
    "1.3.1-a-level-that-is-left-out": "0.11: the model takes what is saved as it comes",
    "1.4.1-queues-put-apart-while-entries-wait": "1.4.1: the model asks for no acknowledgement",
    "1.4.1-queues-put-together-while-entries-wait": "1.4.1: the model asks for no acknowledgement",
    "2.5.1-a-link-binds-once-and-no-loop": "the model knows no bindings but those of MemberSaved",
    "2.5.1-an-operator-corrects-a-binding": "the model knows no bindings but those of MemberSaved",
    **dict.fromkeys(
        (
            "2.9-a-window-of-days-and-falling",
            "2.9-gold-after-what-was-spent-net-of-refunds",
            "2.9-ranks-by-a-team-that-bought",
        ),
        "2.9: the model knows no conditions",
    ),
    "6.2-red-packets-that-members-collect": "6.2: in the model rewards are not collected",
}
"""Which of our own examples the model does not play, by rule."""
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """`expected` is a part of `found`; lists match in length and order."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for key, value in expected.items()
            for difference in differences(value, found.get(key), f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            difference
            for index, value in enumerate(expected)
            for difference in differences(value, found[index], f"{path}[{index}]")
        ]
    return [] if expected == found else [f"{path}: expected {expected!r}, found {found!r}"]


def assert_plays_as_expected(file: Path) -> None:
    document = json.loads(file.read_text(encoding="utf-8"))
    played = play_steps(document)
    assert played.refusals == [step.get("refused") for step in document["steps"]]
    assert differences(document.get("expect", {}), played.outcome) == []


@pytest.mark.skipif(not GIVEN, reason="no shared scenarios beside the checkout")
@pytest.mark.parametrize("file", GIVEN, ids=lambda file: file.stem)
def test_model_plays_the_given_examples(file: Path) -> None:
    """The worked examples that came with the rules."""
    assert_plays_as_expected(file)


@pytest.mark.parametrize(
    "file", [file for file in OURS if file.stem not in NOT_MODELLED], ids=lambda file: file.stem
)
def test_model_plays_our_own_examples(file: Path) -> None:
    """Examples computed by hand."""
    assert_plays_as_expected(file)


@QUICK
@given(documents(features=("all",)))
def test_random_queue_rebate_documents_keep_the_laws(document: dict) -> None:
    """Laws are checked after every step of `play_steps`."""
    play_steps(document)


@QUICK
@given(documents(plans=("order_queue",), features=("all",)))
def test_random_order_queue_documents_keep_the_laws(document: dict) -> None:
    """Repurchase chains included."""
    play_steps(document)


@QUICK
@given(documents(plans=("alliance", "red_packet", "union"), features=("all",)))
def test_random_documents_of_the_other_plans_keep_the_laws(document: dict) -> None:
    """Rules 5 to 7 on the same orders."""
    play_steps(document)


@QUICK
@given(
    documents(
        plans=(
            "queue_rebate",
            "order_queue",
            "alliance",
            "red_packet",
            "union",
            "referral",
            "wallet",
        ),
        features=("all", "mixed_repurchase"),
    )
)
def test_random_documents_of_all_plans_keep_the_laws(document: dict) -> None:
    """Everything on at once."""
    play_steps(document)
