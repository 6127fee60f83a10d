"""A forecast comes true within a hundredth where demand goes on as it was (Rules 7.5 and 8.2)."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rebate.contracts import queues
from rebate.domain.events import EntryCompleted
from rebate.domain.names import QueueId
from rebate.domain.times import DAY, Instant, instant_of
from rebate.usecases.queries.forecast import forecast
from rebate.usecases.storage.rows.journal import Journal
from tests.engine import Player

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
BEGIN = date(2026, 1, 1)


def history(days: int, per_day: int, seed: str, *, growth: float = 0.0) -> list[dict[str, Any]]:
    """Return orders of chance amounts whose days have the same sum, or one that grows."""
    chance = random.Random(seed)
    steps = []
    for day in range(days):
        weights = [chance.uniform(0.5, 1.5) for _ in range(per_day)]
        whole = round(100_000 * (1 + growth) ** (day / 30))
        for place, weight in enumerate(weights):
            at = datetime.combine(BEGIN + timedelta(days=day), datetime.min.time())
            at += timedelta(hours=10, minutes=place)
            name = f"d{day}-{place}"
            buy = {"order": name, "member": name, "paid": round(whole * weight / sum(weights))}
            steps.append({"buy": buy, "at": at.isoformat() + "+08:00"})
    return steps


def played(plan: dict[str, Any], steps: list[dict[str, Any]]) -> Player:
    player = Player({"settings": BASE | plan, "steps": steps})
    player.play()
    return player


def forecast_of(player: Player, queue: str, days: int) -> queues.Forecast:
    terms = player.app.settings.in_force().terms
    midnight = datetime.combine(BEGIN + timedelta(days=days), datetime.min.time())
    now = instant_of(datetime.fromisoformat(midnight.isoformat() + "+08:00"))
    found = forecast(player.store, terms, QueueId(queue), now)
    assert found is not None
    return found


def paid_off_by(player: Player) -> dict[str, str]:
    """Return by entry whose order paid the last that it was promised."""
    found: dict[str, str] = {}
    for row in player.store.scan(Journal):
        orders = [entry.order for entry in row.entries if entry.order]
        for event in row.events:
            if isinstance(event, EntryCompleted) and orders:
                found[event.entry] = orders[-1]
    return found


@pytest.mark.parametrize("seed", ["a"])
@pytest.mark.parametrize(
    ("plan", "queue", "seen", "more"),
    [
        (
            {"queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 2500}}},
            "mall",
            30,
            45,
        ),
        (
            {
                "alliance": {
                    "dividend_bps": 2000,
                    "heads_bps": [10_000],
                    "free_bps": 5000,
                    "place_by": "paid",
                }
            },
            "alliance",
            30,
            45,
        ),
    ],
    ids=("queue-rebate", "alliance"),
)
def test_what_is_foretold_comes_true(
    plan: dict[str, Any], queue: str, seen: int, more: int, seed: str
) -> None:
    steps = history(seen + more, 5, seed)
    told = forecast_of(played(plan, steps[: seen * 5]), queue, seen)
    left = paid_off_by(played(plan, steps))
    checked = 0
    for entry in told.line:
        if entry.entry not in left or entry.days is None:
            continue
        paid_on = int(left[entry.entry].removeprefix("d").split("-")[0]) + 1 - seen
        assert entry.outlook == "expected"
        assert abs(entry.days - paid_on) <= max(1, 0.01 * paid_on)
        checked += 1
    assert checked > 15


def test_the_day_on_which_all_are_paid_is_within_a_hundredth() -> None:
    plan = {"queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 4000}}}
    told = forecast_of(played(plan, history(100, 3, "x")), "mall", 100)
    assert told.days == pytest.approx(300, rel=0.01)
    assert (told.outlook, told.trend_percent) == ("expected", 0.0)
    assert told.days_at_trend == pytest.approx(300, rel=0.01)


def test_no_day_seen_yet_is_said_and_not_shown_as_never() -> None:
    plan = {"queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 4000}}}
    player = played(plan, history(1, 5, "x"))
    terms = player.app.settings.in_force().terms
    today = forecast(player.store, terms, QueueId("mall"), player.now)
    assert today is not None
    assert (today.outlook, today.days) == ("unknown", None)
    assert {(each.outlook, each.days) for each in today.line} == {("unknown", None)}
    stopped = forecast(player.store, terms, QueueId("mall"), Instant(player.now + 20 * DAY))
    assert stopped is not None
    assert (stopped.outlook, stopped.days) == ("never", None)


def test_a_trend_shortens_the_wait() -> None:
    plan = {"queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 4000}}}
    told = forecast_of(played(plan, history(91, 2, "x", growth=0.2)), "mall", 91)
    assert told.trend_percent == pytest.approx(18.2, abs=1)
    assert told.days is not None
    assert told.days_at_trend is not None
    assert told.days_at_trend < told.days
