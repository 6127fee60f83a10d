"""Somebody else settles a queue between two reads of a settler, which then are of two moments."""

from collections.abc import Callable
from typing import Any

import pytest

from rebate.bootstrap import wire
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.settlement import settlement
from rebate.usecases.settlement.settlement import Settled
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL as PLAN
from tests.usecases.disturbed import KILLED_AFTER, Killed, at_commit, without_waiting

MALL = QueueId("mall")


def nothing() -> None:
    pass


class Torn(MemoryStore):
    """A store in which `meanwhile` happens once, when a queue's row has just been read."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] = nothing

    def get(self, kind: type[Any], key: Key) -> Any:
        row = super().get(kind, key)
        if kind is Queue:
            action, self.meanwhile = self.meanwhile, nothing
            action()
        return row


@pytest.fixture
def shop() -> Player:
    player = Player({"settings": PLAN, "steps": []}, Torn())
    player.begin()
    return player


def buy(shop: Player, order: str, member: str, paid: int = 1000) -> None:
    shop.step({"buy": {"order": order, "member": member, "paid": paid}})


def settle(shop: Player) -> Settled:
    """Settle as another process than any before, whose leases are over."""
    shop.app.clock.advance(11_000_000)  # type: ignore[attr-defined]
    return without_waiting(wire(shop.store, shop.app.clock)).settler.settle(MALL)


def test_an_order_joins_and_is_refunded_while_its_queue_is_cleared(shop: Player) -> None:
    """Seen: the clearing, and the refund of a ticket that stands behind all that is cleared."""
    shop.settles = False
    buy(shop, "o1", "A")
    settle(shop)
    buy(shop, "o2", "B")

    def meanwhile() -> None:
        settle(shop)
        shop.step({"run": "clear"})
        shop.step({"refund": {"order": "o2", "line": "1", "amount": 1000, "id": "r"}})

    shop.store.meanwhile = meanwhile
    assert settle(shop).conflicts == 1
    entries = shop.outcome()["queues"]["mall"]["entries"]
    assert [each["status"] for each in entries] == ["cleared", "cleared"]
    check_books(shop.store)


def test_an_entry_is_cleared_and_refunded_while_it_heads_the_line(shop: Player) -> None:
    """Seen: an entry that waits in a queue not yet cleared, and lacks nothing any more."""
    shop.settles = False
    buy(shop, "o1", "A")
    settle(shop)

    def meanwhile() -> None:
        shop.step({"run": "clear"})
        shop.step({"refund": {"order": "o1", "line": "1", "amount": 1000, "id": "r"}})
        settle(shop)
        buy(shop, "o2", "B")

    shop.store.meanwhile = meanwhile
    assert settle(shop).conflicts == 1
    entries = shop.outcome()["queues"]["mall"]["entries"]
    assert [each["status"] for each in entries] == ["cleared", "waiting"]
    check_books(shop.store)


def test_what_was_begun_is_finished_by_another(
    shop: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        buy(shop, f"o{number}", f"m{number}", 100)
    monkeypatch.setattr(settlement, "ROOM", 9)
    at_commit(2, KILLED_AFTER).watch(shop.store)
    with pytest.raises(Killed):
        buy(shop, "big", "A", 9000)
    queue = shop.store.get(Queue, Key(MALL))
    assert queue is not None
    assert queue.progress is not None
    shop.store.meanwhile = lambda: settle(shop)
    assert settle(shop).conflicts == 1
    check_books(shop.store)
