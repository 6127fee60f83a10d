"""Rebates on hold are released when they are due, however many others wait (Rule 1.2.8)."""

from datetime import timedelta
from typing import Any

import pytest

from rebate.domain.holds import Hold
from rebate.domain.orders import Order
from rebate.domain.times import instant_of
from rebate.usecases.audit.audit_books import audit_books
from tests.engine import Player
from tests.fakes import MemoryStore

SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "hold_days": 7,
    },
}
MANY = 230


@pytest.fixture
def player() -> Player:
    """A shop in which A earned of many orders, by one that was completed just now."""
    player = Player({"settings": SETTINGS, "steps": []}, MemoryStore())
    player.begin()
    player.step({"buy": {"order": "first", "member": "A", "paid": 500_000}})
    for number in range(MANY):
        player.step({"buy": {"order": f"o{number}", "member": "B", "paid": 1000}})
    player.step({"complete": "first"})
    return player


def test_many_are_looked_at_together_and_all_are_released_that_are_due(player, monkeypatch):
    """Their orders are read many at a time: one by one, a run did not come to the last."""
    reads: list[type] = []
    get_many = player.store.get_many
    monkeypatch.setattr(
        player.store, "get_many", lambda kind, keys: reads.append(kind) or get_many(kind, keys)
    )
    before = player.at + timedelta(days=6)
    assert player.app.holds.release(instant_of(before)) == 0
    assert reads == [Order] * -(-MANY // 100)
    monkeypatch.undo()
    assert sum(1 for _ in player.store.scan(Hold)) == MANY
    assert player.app.holds.release(instant_of(player.at + timedelta(days=7))) == MANY
    assert player.outcome()["wallets"]["A"] == {"cash": 100 * MANY}
    assert audit_books(player.store).differences == []
