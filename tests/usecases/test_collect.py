"""Rewards that members collect are pending until then, however many they are (Rule 6.2)."""

from typing import Any

import pytest

from rebate.domain.names import MemberId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.schedules import release_holds
from tests.engine import Player


def shop(*steps: dict[str, Any]) -> Player:
    red_packet = {
        "collect": "by_member",
        "place_by": "paid",
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 5000, "queue": 5000},
        "entitlement_bps": 10000,
    }
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "red_packet": red_packet}
    player = Player({"settings": settings, "steps": []})
    player.begin()
    for step in steps:
        player.step(step)
    return player


def buy(order: str, member: str) -> dict[str, Any]:
    return {
        "buy": {"order": order, "member": member, "paid": 1000, "channel": "store", "store": "W"}
    }


def test_collecting_moves_all_that_waits_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_holds, "COLLECTED_MAX", 2)
    player = shop(*(buy(f"o{number}", "A") for number in range(5)))
    assert player.outcome()["wallets"] == {"A": {"pending": 900}}
    assert player.app.holds.collect(MemberId("A")) == 900
    assert player.app.holds.collect(MemberId("A")) == 0
    assert player.outcome()["wallets"] == {"A": {"cash": 900}}
    assert audit_books(player.store).differences == []


def test_what_waits_to_be_collected_never_falls_due() -> None:
    player = shop(buy("o1", "A"), {"complete": "o1", "at": "2030-01-01T00:00:00+08:00"})
    player.step(buy("o2", "B"))
    assert player.outcome()["wallets"]["A"] == {"pending": 200}


def test_a_refund_takes_what_is_not_collected_first() -> None:
    player = shop(buy("o1", "A"), {"collect": {"member": "A"}}, buy("o2", "A"))
    player.step({"refund": {"order": "o1", "amount": 1000, "id": "r"}})
    assert player.outcome()["wallets"] == {"A": {"cash": 100}}
    assert audit_books(player.store).differences == []
