"""What an order earned somebody goes back with the order, in every plan (Rules 1.6.5, 2.6, 7a)."""

from typing import Any

import pytest

from tests.engine import Player

HEAD = {"currency": "CNY", "timezone": "Asia/Shanghai"}
ONES = {"heads_bps": [10_000]}
PLANS: dict[str, dict[str, Any]] = {
    "queue_rebate": {"extraction_bps": 10_000, "entitlement": {"fixed_bps": 10_000}},
    "order_queue": {"reward_bps": 10_000, "rewards_to_exit": 2, "repurchase": False},
    "alliance": {"place_by": "paid", "dividend_bps": 10_000, **ONES},
    "red_packet": {
        "stores": {"W": {"concession_bps": 10_000}},
        "shares_bps": {"own": 0, "queue": 10_000, "average": 0},
        "entitlement_bps": 10_000,
        "place_by": "paid",
    },
    "union": {
        "settle_on": "paid",
        "profit_share_bps": 10_000,
        "quota_bps": 10_000,
        "default_margin_bps": 10_000,
    },
}
REFERRAL = {
    "settle_on": "paid",
    "direct_bps": 1000,
    "indirect_bps": 500,
    "ranks": [{"rank": "captain", "bps": 300}],
    "merchant_bps": 100,
    "merchant_base": "turnover",
}


def buy(order: str, member: str, paid: int = 10_000, **more: Any) -> dict[str, Any]:
    at_store = {"channel": "store", "store": "W", "supply": "store"}
    return {"buy": {"order": order, "member": member, "paid": paid, **at_store, **more}}


def back(order: str, amount: int, name: str) -> dict[str, Any]:
    return {"refund": {"order": order, "line": "1", "amount": amount, "id": name}}


def cash(player: Player, member: str) -> int:
    wallet = player.outcome()["wallets"].get(member, {})
    return int(wallet.get("cash", 0)) + int(wallet.get("pending", 0))


def played(settings: dict[str, Any], *steps: dict[str, Any], **more: Any) -> Player:
    player = Player({"settings": {**HEAD, **settings}, "steps": list(steps), **more})
    player.play()
    assert player.refusals == [None] * len(steps)
    return player


@pytest.mark.parametrize("plan", PLANS)
def test_what_an_entry_was_paid_goes_back_in_proportion(plan: str) -> None:
    """Pitfall 8: the next order pays the first in full, which then comes back in two halves."""
    run = [{"run": "union"}] if plan == "union" else []
    player = played({plan: {"enabled": True, **PLANS[plan]}}, buy("o1", "A"), buy("o2", "B"), *run)
    earned = cash(player, "A")
    assert earned == 10_000
    player.step(back("o1", 5000, "r1"))
    assert cash(player, "A") == earned // 2
    player.step(back("o1", 5000, "r2"))
    assert cash(player, "A") == 0


def test_what_it_earned_others_goes_back_in_proportion() -> None:
    """Pitfall 8: direct, indirect, level and merchant rewards, and the buyer's own red packet."""
    packets = {**PLANS["red_packet"], "shares_bps": {"own": 10_000, "queue": 0, "average": 0}}
    members = [
        {"id": "C"},
        {"id": "R2", "rank": "captain", "referrer": "C"},
        {"id": "R1", "referrer": "R2"},
        {"id": "A", "referrer": "R1"},
        {"id": "M"},
    ]
    store = {
        "event": {"detail-type": "StoreSaved", "detail": {"store_id": "W", "referrer_id": "M"}}
    }
    settings = {
        "referral": {"enabled": True, **REFERRAL},
        "red_packet": {"enabled": True, **packets},
    }
    player = played(settings, store, buy("o1", "A"), members=members)
    names = ("A", "R1", "R2", "M")
    earned = {name: cash(player, name) for name in names}
    assert earned == {"A": 10_000, "R1": 1000, "R2": 500 + 300, "M": 100}
    player.step(back("o1", 2500, "r1"))
    assert {name: cash(player, name) for name in names} == {
        name: amount * 3 // 4 for name, amount in earned.items()
    }
    player.step(back("o1", 7500, "r2"))
    assert {name: cash(player, name) for name in names} == dict.fromkeys(names, 0)


def test_what_the_wallet_paid_earns_no_commission() -> None:
    """Pitfall 14: of an order of 100.00 with 40.00 deducted 60.00 count."""
    members = [{"id": "R1"}, {"id": "A", "referrer": "R1"}]
    order = buy("o1", "A", 6000, deducted=4000)
    player = played({"referral": {"enabled": True, **REFERRAL}}, order, members=members)
    assert cash(player, "R1") == 600
