"""Rewards that members collect are pending until then, however many they are (Rule 6.2)."""

from collections.abc import Sequence
from typing import Any

import pytest

from rebate.domain.names import MemberId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.schedules import release_holds
from rebate.usecases.storage.ports import Write
from tests.books import check_books
from tests.engine import Player

A = MemberId("A")


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


def test_the_same_id_collects_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it was used while nothing waited, and where more waits than a commit takes."""
    monkeypatch.setattr(release_holds, "COLLECTED_MAX", 2)
    player = shop()
    assert player.app.holds.collect_as(A, "early") == 0
    for number in range(5):
        player.step(buy(f"o{number}", "A"))
    assert player.app.holds.collect_as(A, "early") == 0
    assert player.app.holds.collect_as(A, "all") == 900
    assert player.outcome()["wallets"] == {"A": {"cash": 900}}
    player.step(buy("o5", "A"))
    assert player.app.holds.collect_as(A, "all") == 900
    assert player.app.holds.collect_as(A, "more") == 200
    assert player.app.holds.collect_as(MemberId("B"), "all") == 0
    assert audit_books(player.store).differences == []
    check_books(player.store)


def test_an_id_is_used_twice_at_once() -> None:
    player = shop()
    other = shop_on(player)

    def meanwhile(_writes: Sequence[Write]) -> None:
        player.store.before_commit = lambda _: None
        other.step(buy("o1", "A"))
        assert other.app.holds.collect_as(A, "c") == 100

    player.store.before_commit = meanwhile
    assert player.app.holds.collect_as(A, "c") == 100
    check_books(player.store)


def shop_on(player: Player) -> Player:
    """Return a second process on the same store."""
    return Player(player.document, store=player.store)


def test_what_waits_to_be_collected_never_falls_due() -> None:
    player = shop(buy("o1", "A"), {"complete": "o1", "at": "2030-01-01T00:00:00+08:00"})
    player.step(buy("o2", "B"))
    assert player.outcome()["wallets"]["A"] == {"pending": 200}


def test_a_refund_takes_what_is_not_collected_first() -> None:
    player = shop(buy("o1", "A"), {"collect": {"member": "A"}}, buy("o2", "A"))
    player.step({"refund": {"order": "o1", "amount": 1000, "id": "r"}})
    assert player.outcome()["wallets"] == {"A": {"cash": 100}}
    assert audit_books(player.store).differences == []
