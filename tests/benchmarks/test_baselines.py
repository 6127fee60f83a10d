"""Baselines of the benchmarks come to what worked examples say, and to what the engine does."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.naive import Conflicting, Mall
from benchmarks.orders import one_line_orders
from benchmarks.postgres import PostgresMall, Server, is_installed
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


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with Server.started() as server:
        yield server.address


needs_postgres = pytest.mark.skipif(not is_installed(), reason="PostgreSQL is not installed")


@pytest.fixture(
    params=[
        pytest.param("naive", marks=pytest.mark.engine),
        pytest.param("postgres", marks=needs_postgres),
    ]
)
def mall(request) -> Iterator[Callable[[Mapping[str, Any]], Any]]:
    """Make an empty mall queue of a baseline, which is given orders one by one."""

    def make(settings: Mapping[str, Any]) -> Any:
        plan = settings["queue_rebate"]
        ratios = plan["extraction_bps"], plan["entitlement"]["fixed_bps"]
        made: Any
        if request.param == "naive":
            made = Mall(request.getfixturevalue("dynamo"), *ratios, f"{uuid4().hex[:8]}-")
        else:
            made = opened.enter_context(OneByOne.at(request.getfixturevalue("postgres"), *ratios))
        made.create_tables()
        return made

    with ExitStack() as opened:
        yield make


class OneByOne(PostgresMall):
    def accept(self, order):
        [is_new] = super().accept([order])
        return is_new


class Accepting(Player):
    """Plays a document's orders into the baseline."""

    def deliver(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        assert detail_type == "OrderPaid"
        self.document["mall"].accept(detail)


def test_there_are_worked_examples_for_it():
    assert len(PLAIN) >= 5


@pytest.mark.parametrize("file", PLAIN, ids=lambda file: file.stem)
def test_it_comes_to_what_worked_examples_say(mall, file):
    document = json.loads(file.read_text(encoding="utf-8"))
    baseline = mall(document["settings"])
    player = Accepting({**document, "mall": baseline})
    player.play()
    assert list(differences(document["expect"], baseline.outcome())) == []


def test_it_comes_to_what_the_engine_comes_to(mall):
    baseline, player = mall(SETTINGS), Player({"settings": SETTINGS})
    player.begin()
    for order in one_line_orders(60):
        assert baseline.accept(order)
        player.deliver("OrderPaid", order)
    assert list(differences(baseline.outcome(), player.outcome())) == []


def test_a_repeated_order_changes_nothing_and_a_contradicting_one_is_refused(mall):
    baseline = mall(SETTINGS)
    first, second = one_line_orders(2)
    baseline.accept(first)
    baseline.accept(second)
    before = baseline.outcome()
    assert not baseline.accept(first)
    with pytest.raises(Conflicting):
        baseline.accept({**second, "order_id": first["order_id"]})
    assert baseline.outcome() == before


@needs_postgres
def test_a_batch_comes_to_what_its_orders_come_to(postgres):
    ratios = SETTINGS["queue_rebate"]["extraction_bps"], 10_000
    orders = list(one_line_orders(60))
    player = Player({"settings": SETTINGS})
    player.begin()
    for order in orders:
        player.deliver("OrderPaid", order)
    with PostgresMall.at(postgres, *ratios) as it:
        it.create_tables()
        assert it.accept(orders[:30]) == [True] * 30
        assert it.accept([orders[0], *orders[30:], orders[59]]) == [False, *[True] * 30, False]
        assert list(differences(it.outcome(), player.outcome())) == []


@needs_postgres
def test_a_server_is_gone_afterwards_and_its_store_with_it():
    with Server.started() as server:
        folder = Path(server.address.partition("host=")[2].partition(" ")[0])
        assert (folder / "data").is_dir()
    assert not folder.exists()
    assert not Path(f"/proc/{server.pid}").exists()
