"""The baseline of the benchmarks comes to what worked examples say, and to what the engine does."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.naive import Conflicting, Mall
from benchmarks.orders import one_line_orders
from benchmarks.stage import SETTINGS, client
from local.compare import differences
from local.engine import dynamodb
from tests.engine import Player

FILES = sorted((Path(__file__).parents[1] / "scenarios").glob("*.json"))


def is_plain(document: Mapping[str, Any]) -> bool:
    """Tell whether a document needs no more than the baseline knows: a mall with fixed ratios."""
    settings = document["settings"]
    plan = settings.get("queue_rebate", {})
    return (
        set(settings) <= {"currency", "timezone", "queue_rebate"}
        and set(plan) == {"enabled", "extraction_bps", "entitlement"}
        and set(plan["entitlement"]) == {"fixed_bps"}
        and all(set(step) <= {"buy", "at"} for step in document["steps"])
        and all(step["buy"].get("channel", "mall") == "mall" for step in document["steps"])
    )


PLAIN = [file for file in FILES if is_plain(json.loads(file.read_text(encoding="utf-8")))]


@pytest.fixture(scope="module")
def dynamo() -> Iterator[Any]:
    with dynamodb() as endpoint:
        yield client(endpoint)


def mall(dynamo: Any, settings: Mapping[str, Any]) -> Mall:
    plan = settings["queue_rebate"]
    made = Mall(
        dynamo, plan["extraction_bps"], plan["entitlement"]["fixed_bps"], f"{uuid4().hex[:8]}-"
    )
    made.create_tables()
    return made


class Accepting(Player):
    """Plays a document's orders into the baseline."""

    def deliver(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        assert detail_type == "OrderPaid"
        self.document["mall"].accept(detail)


def test_there_are_worked_examples_for_it():
    assert len(PLAIN) >= 5


@pytest.mark.engine
@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.stem)
def test_it_comes_to_what_worked_examples_say(dynamo, file):
    document = json.loads(file.read_text(encoding="utf-8"))
    baseline = mall(dynamo, document["settings"])
    player = Accepting({**document, "mall": baseline})
    player.play()
    assert list(differences(document["expect"], baseline.outcome())) == []


@pytest.mark.engine
def test_it_comes_to_what_the_engine_comes_to(dynamo):
    baseline, player = mall(dynamo, SETTINGS), Player({"settings": SETTINGS})
    player.begin()
    for order in one_line_orders(60):
        assert baseline.accept(order)
        player.deliver("OrderPaid", order)
    assert list(differences(baseline.outcome(), player.outcome())) == []


@pytest.mark.engine
def test_a_repeated_order_changes_nothing_and_a_contradicting_one_is_refused(dynamo):
    baseline = mall(dynamo, SETTINGS)
    first, second = one_line_orders(2)
    baseline.accept(first)
    baseline.accept(second)
    before = baseline.outcome()
    assert not baseline.accept(first)
    with pytest.raises(Conflicting):
        baseline.accept({**second, "order_id": first["order_id"]})
    assert baseline.outcome() == before
