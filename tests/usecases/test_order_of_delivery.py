"""Events may arrive in any order: what counts is when they happened (Rule 0.11)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.times import Instant, instant_of
from rebate.usecases.schedules.start_runs import queues_with_mail
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.model import comparable, play
from tests.model.generate import documents
from tests.strategies import examples

SETTLED_BY_INSTANT = (
    "stores",
    "per_product",
    "multi_line",
    "levels",
    "scopes",
    "self_funding",
    "surplus",
    "settle_on",
    "reward_order",
    "completions",
    "refunds",
    "deducted",
    "windows",
    "bounds",
    "parts",
    "random_return",
    "clearing",
    "times",
    "alliance_products",
)
"""Features under which an outcome depends on instants alone.

Left out is what is decided when an event arrives, from what is known by then: settings that
change, limits and cumulative spend, refunds that exceed what is left, what members ask for.
"""


@dataclass
class Late(Player):
    """Keeps all that happens until `arrive`, and settles nothing before everything is there."""

    store: MemoryStore = field(default_factory=MemoryStore)
    settles: bool = False
    kept: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    runs: list[tuple[str, Instant]] = field(default_factory=list)

    def deliver(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        if detail_type.startswith("Order"):
            self.kept.append((detail_type, detail))
        else:
            super().deliver(detail_type, detail)

    def _run(self, name: str) -> None:
        self.runs.append((name, instant_of(self.at)))

    def arrive(self, chance: Random) -> None:
        """Let it all arrive in some order; a schedule reaches only queues that were heard of."""
        chance.shuffle(self.kept)
        for event in self.kept:
            super().deliver(*event)
        chance.shuffle(self.runs)
        for name, at in self.runs:
            self.app.scheduler.start(name, at)
        queues = queues_with_mail(self.store)
        chance.shuffle(queues)
        for queue in queues:
            self.app.settler.settle(queue)


@pytest.mark.parametrize("plan", ["queue_rebate", "order_queue", "alliance", "red_packet", "union"])
@examples(30)
@given(data=st.data())
def test_the_order_of_arrival_does_not_matter(plan: str, data: st.DataObject) -> None:
    """Completions and refunds before their order, all before any settlement: as in due time."""
    document = data.draw(documents(plans=(plan,), features=SETTLED_BY_INSTANT))
    player = Late(document)
    player.play()
    player.arrive(Random(data.draw(st.integers(0, 2**32))))
    assert comparable(player.outcome()) == comparable(play(document))
    check_books(player.store)


def buy(order: str, minute: int, paid: int = 1000) -> dict[str, Any]:
    at = f"2026-03-01T10:{minute:02d}:00+08:00"
    return {"buy": {"order": order, "member": order.upper(), "paid": paid}, "at": at}


def queue_rebate(**changes: Any) -> dict[str, Any]:
    plan = {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
    return {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {**plan, **changes},
    }


def test_a_clearing_reaches_a_queue_that_was_never_settled_yet() -> None:
    """An order paid before it is cleared, one paid after it waits (Rule 1.6.3)."""
    player = Player({"settings": queue_rebate(), "steps": []}, settles=False)
    player.begin()
    player.step(buy("a", 1))
    player.step(buy("c", 3))
    player.at = player.at.replace(minute=2)
    player.app.scheduler.start("clear", player.now)
    player.app.settler.settle("mall")  # type: ignore[arg-type]
    entries = player.outcome()["queues"]["mall"]["entries"]
    assert [entry["status"] for entry in entries] == ["cleared", "waiting"]


def test_what_becomes_known_late_comes_after_what_was_settled() -> None:
    """Places that were given are not taken away: the late order stands behind."""
    player = Player({"settings": queue_rebate(), "steps": []})
    player.begin()
    for order, minute in (("a", 1), ("c", 3), ("b", 2)):
        player.step(buy(order, minute))
    entries = player.outcome()["queues"]["mall"]["entries"]
    assert [entry["entry"] for entry in entries] == ["a/1", "c/1", "b/1"]
    assert entries[0]["paid"] == 200


def test_ties_are_settled_in_order_of_arrival() -> None:
    player = Player({"settings": queue_rebate(), "steps": []}, settles=False)
    player.begin()
    for order in ("c", "a", "b"):
        player.step(buy(order, 1))
    player.app.settler.settle("mall")  # type: ignore[arg-type]
    entries = player.outcome()["queues"]["mall"]["entries"]
    assert [entry["entry"] for entry in entries] == ["c/1", "a/1", "b/1"]
