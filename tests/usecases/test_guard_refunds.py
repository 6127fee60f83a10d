"""The refund that passes what may be borne a day is carried out, then all pauses (Rule 1.6.5.2)."""

from typing import Any

from rebate.usecases.settlement.guard_refunds import BY
from rebate.usecases.storage.rows import Key, SettingsVersion, number
from tests.engine import Player


def playing(*steps: dict[str, Any], **settings: Any) -> Player:
    base = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}}
    document = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": base, **settings}
    player = Player({"settings": document, "steps": []})
    player.begin()
    for step in steps:
        player.step(step)
    return player


def buy(order: str, member: str) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": 1000}}


def refund(order: str) -> dict[str, Any]:
    return {"refund": {"order": order, "amount": 1000, "id": "r"}}


THREE = (buy("o1", "A"), buy("o2", "B"), buy("o3", "C"))


def is_paused(player: Player) -> bool:
    return bool(player.app.settings.in_force().settings.plan("queue_rebate").paused)


def test_up_to_the_most_nothing_pauses_and_beyond_it_all_does() -> None:
    player = playing(*THREE, refund("o2"), guards={"borne_per_day": 100})
    assert not is_paused(player)
    player.step(refund("o3"))
    assert is_paused(player)
    assert player.outcome()["platform"]["borne"] == 200
    version = player.app.settings.in_force().version
    row = player.store.get(SettingsVersion, Key(number(version)))
    assert row is not None
    assert row.saved_by == BY


def test_another_day_begins_anew() -> None:
    player = playing(*THREE, refund("o2"), guards={"borne_per_day": 100})
    player.step({**refund("o3"), "at": "2026-03-02T00:00:00+08:00"})
    assert not is_paused(player)


def test_where_no_most_is_set_nothing_pauses() -> None:
    assert not is_paused(playing(*THREE, refund("o2"), refund("o3")))
