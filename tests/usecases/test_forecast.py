"""How long entries will wait, as operators are told (Rules 7.5 and 8.2)."""

from typing import Any

from rebate.contracts import queues
from rebate.domain.names import QueueId
from rebate.domain.times import DAY, later
from rebate.usecases.queries.forecast import forecast
from tests.engine import Player

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
MALL = {"enabled": True, "extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}}


def played(plans: dict[str, Any], orders: int) -> Player:
    """One order of 10.00 a day at ten in the morning, by a member each."""
    steps = [
        {
            "buy": {"order": f"o{n}", "member": f"m{n}", "paid": 1000},
            "at": f"2026-03-{n:02d}T10:00:00+08:00",
        }
        for n in range(1, orders + 1)
    ]
    player = Player({"settings": BASE | plans, "steps": steps})
    player.play()
    return player


def seen(
    player: Player, queue: str, *, days: int = 0, wanted: int | None = None
) -> queues.Forecast:
    """What is foretold so many days after the last order."""
    terms = player.app.settings.in_force().terms
    now = later(player.now, days * DAY)
    found = forecast(player.store, terms, QueueId(queue), now, wanted_days=wanted)
    assert found is not None
    return found


def test_the_wait_is_what_stands_ahead_at_the_pace_of_the_last_week() -> None:
    """Ten orders of 10.00 gave 1.00 each; the first has 9.00 of 10.00, the others nothing."""
    found = seen(played({"queue_rebate": MALL}, 10), "mall")
    assert (found.days_seen, found.given, found.promised) == (7, 700, 7000)
    assert found.ever_paid_bps == 1000
    assert (found.owed, found.days) == (9100, 91)
    assert [(e.place, e.days) for e in found.line[:3]] == [(1, 1), (2, 11), (3, 21)]
    assert not any(each.cleared_first for each in found.line)


def test_nothing_is_foretold_when_sales_stopped() -> None:
    found = seen(played({"queue_rebate": MALL}, 3), "mall", days=9)
    assert (found.given, found.days, found.ever_paid_bps) == (0, None, None)
    assert {each.days for each in found.line} == {None}


def test_what_a_clearing_takes_away_first_is_said() -> None:
    weekly = {"clearing": {"every": "week", "at": "00:00", "weekday": 1}}
    found = seen(played({"queue_rebate": MALL | weekly}, 10), "mall")
    assert str(found.clears_at) == "2026-03-15 16:00:00+00:00"
    assert [each.cleared_first for each in found.line] == [False] + [True] * 9


def test_rewards_are_counted_where_the_plan_counts_them() -> None:
    plan = {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 5, "repurchase": False}
    found = seen(played({"order_queue": plan}, 8), "order_queue")
    assert found.gifts == 7
    assert [(each.place, each.days) for each in found.line[:2]] == [(1, 3), (2, 10)]


def test_a_wanted_wait_says_what_share_of_profit_it_takes() -> None:
    plan = {"enabled": True, "settle_on": "paid", "profit_share_bps": 5000, "quota_bps": 11_000}
    player = played({"union": {**plan, "default_margin_bps": 2000}}, 8)
    found = seen(player, "union", wanted=44)
    assert (found.given, found.owed, found.days) == (700, 8800, 88)
    assert (found.needed_bps, found.profit_share_bps) == (20_000, 10_000)


def test_the_highest_payout_a_day_slows_the_line() -> None:
    plan = {"enabled": True, "settle_on": "paid", "profit_share_bps": 5000, "quota_bps": 11_000}
    capped = {**plan, "default_margin_bps": 2000, "payout_per_day": 50}
    assert seen(played({"union": capped}, 8), "union").days == 176


def test_what_buyers_get_themselves_is_not_given_to_the_line() -> None:
    shares = {"own": 3000, "queue": 5000, "average": 2000}
    plan = {"enabled": True, "stores": {"W": {"concession_bps": 2000}}, "shares_bps": shares}
    player = Player({"settings": BASE | {"red_packet": {**plan, "entitlement_bps": 10_000}}})
    player.begin()
    player.step(
        {"buy": {"order": "o1", "member": "A", "paid": 1000, "channel": "store", "store": "W"}}
    )
    player.step({"complete": "o1"})
    assert seen(player, "red_packet/W").given == 140
