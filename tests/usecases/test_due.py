"""What falls due by itself waits for its instant, in the cloud by the clock (Rule 1.6.5.1)."""

from typing import Any

from rebate.domain.names import QueueId
from rebate.domain.times import DAY, Instant
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.schedules.settle_due import next_due
from rebate.usecases.schedules.start_runs import queues_with_mail
from tests.engine import Player
from tests.fakes import FakeClock

SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "settle_on": "completed",
        "settle_after_days": 7,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
    },
    "referral": {"settle_on": "completed", "settle_after_days": 7, "direct_bps": 100},
}


def completed() -> Player:
    """Return a shop of which an order was completed a moment ago."""
    player = Player({"settings": SETTINGS, "members": [{"id": "B", "referrer": "R"}], "steps": []})
    player.begin()
    steps: list[dict[str, Any]] = [
        {"buy": {"order": "o1", "member": "A", "paid": 1000}},
        {"buy": {"order": "o2", "member": "B", "paid": 5000}},
        {"complete": "o2"},
    ]
    for step in steps:
        player.step(step)
    return player


def sweep(player: Player, at: Instant) -> None:
    clock = player.app.clock
    assert isinstance(clock, FakeClock)
    clock.played = at
    for queue in queues_with_mail(player.store):
        player.app.settler.settle(queue)


def test_a_sweep_settles_it_when_its_instant_has_come_and_not_before() -> None:
    player = completed()
    due = Instant(player.now + 7 * DAY)
    assert next_due(player.store) == (due, (QueueId("mall"), QueueId("referral/o2")))
    sweep(player, Instant(due - 1))
    assert player.outcome()["wallets"] == {}
    assert audit_books(player.store).differences == []
    sweep(player, due)
    assert player.outcome()["wallets"] == {"A": {"cash": 500}, "R": {"cash": 50}}
    assert next_due(player.store) is None
    assert audit_books(player.store).differences == []


def test_it_settles_once_however_often_it_is_asked() -> None:
    player = completed()
    for _ in range(3):
        sweep(player, Instant(player.now + 8 * DAY))
    assert player.outcome()["platform"]["contributed"] == 500


def test_what_came_back_meanwhile_is_never_paid_out() -> None:
    player = completed()
    player.step({"refund": {"order": "o2", "amount": 5000, "id": "r"}})
    sweep(player, Instant(player.now + 8 * DAY))
    outcome = player.outcome()
    assert outcome["wallets"] == {}
    assert outcome["platform"]["borne"] == 0
