"""Those who have enough rewards leave first, however long the line is (Rule 4.3)."""

from typing import Any

import pytest

from rebate.domain import leaving
from rebate.usecases.audit.audit_books import audit_books
from tests.engine import Player
from tests.model import comparable, play_steps


def lowered(*, repurchase: bool, orders: int = 60) -> dict[str, Any]:
    """Return a line in which every third entry has two rewards when one is enough."""
    members = [{"id": "Z"}, *({"id": f"m{n}"} for n in range(orders))]
    buys = [{"buy": {"order": f"o{n}", "member": f"m{n}", "paid": 1000 + n}} for n in range(orders)]
    rewarded = [
        {
            "event": {
                "detail-type": "MemberSaved",
                "detail": {"member_id": f"b{n}", "referrer_id": m},
            }
        }
        for n, m in enumerate(f"m{n}" for n in range(0, orders, 3))
    ]
    again = [
        {"buy": {"order": f"x{n}{part}", "member": f"b{n}", "paid": 3000}}
        for n in range(len(rewarded))
        for part in "ab"
    ]
    return {
        "settings": {
            "currency": "CNY",
            "timezone": "Asia/Shanghai",
            "order_queue": {"reward_bps": 4000, "rewards_to_exit": 90, "repurchase": repurchase},
        },
        "members": members,
        "steps": [
            *buys,
            *rewarded,
            *again,
            {"set": {"order_queue": {"rewards_to_exit": 2}}},
            {"buy": {"order": "last", "member": "Z", "paid": 500}},
            {"buy": {"order": "more", "member": "Z", "paid": 700}},
        ],
    }


@pytest.mark.parametrize("repurchase", [False, True])
def test_all_of_them_leave_before_the_reward_and_buy_again_by_place(
    repurchase: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stretch of the line a commit, and the outcome of looking at all of it at once."""
    monkeypatch.setattr(leaving, "LOOKED_AT_MAX", 7)
    document = lowered(repurchase=repurchase)
    player = Player(document)
    outcome = player.play()
    assert comparable(outcome) == comparable(play_steps(document).outcome)
    assert audit_books(player.store).differences == []


def test_raising_the_number_again_lets_nobody_leave() -> None:
    document = lowered(repurchase=False, orders=6)
    document["steps"].insert(-2, {"set": {"order_queue": {"rewards_to_exit": 80}}})
    outcome = Player(document).play()
    entries = outcome["queues"]["order_queue"]["entries"]
    assert {entry["status"] for entry in entries} == {"waiting"}
