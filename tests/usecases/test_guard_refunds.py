"""The refund that passes what may be borne a day is carried out, then all pauses (Rule 1.6.5.2)."""

from collections.abc import Sequence
from typing import Any

import pytest

from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.settlement.guard_refunds import BY, RefundGuard
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.keys import Key, number
from rebate.usecases.storage.rows.settings import SettingsVersion
from tests.books import check_books
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


def resume(player: Player) -> None:
    player.step({"set": {"queue_rebate": {"paused": False}}})


def test_who_dies_before_the_pause_is_made_up_for_by_the_sweep() -> None:
    player = playing(*THREE, guards={"borne_per_day": 100})
    player.settles = False
    for order in ("o2", "o3"):
        player.step(refund(order))

    def dies() -> bool:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RefundGuard, "look", lambda _: dies())
        with pytest.raises(KeyboardInterrupt):
            player.app.settler.settle(QueueId("mall"))
    assert player.outcome()["platform"]["borne"] == 200
    assert not is_paused(player)
    assert player.app.refund_guard.look()
    assert is_paused(player)


def test_an_operator_who_resumes_is_undone_by_the_next_refund_alone() -> None:
    player = playing(*THREE, refund("o2"), refund("o3"), guards={"borne_per_day": 100})
    resume(player)
    assert not player.app.refund_guard.look()
    assert not is_paused(player)
    player.step(buy("o4", "D"))
    player.step({"refund": {"order": "o1", "amount": 1, "id": "r"}})
    assert not is_paused(player), "nothing was borne of it"
    player.step(buy("o5", "E"))
    player.step(refund("o4"))
    player.step(refund("o5"))
    assert is_paused(player)


def test_a_queue_is_settled_while_it_is_kept_that_all_was_paused() -> None:
    player = playing(*THREE, guards={"borne_per_day": 100})
    other = Player(player.document, store=player.store)
    other.at = player.at

    def meanwhile(writes: Sequence[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Queue) and row.paused_for for row in rows):
            player.store.before_commit = lambda _: None
            other.step(buy("o9", "Z"))

    player.step(refund("o2"))
    player.store.before_commit = meanwhile
    player.step(refund("o3"))
    assert is_paused(player)
    assert len(player.outcome()["queues"]["mall"]["entries"]) == 4
    check_books(player.store)
