"""People on a store in memory, for tests of what they ask."""

from typing import Any

from tests.engine import Player
from tests.usecases.disturbed import without_waiting

REFERRAL = {"enabled": True, "settle_on": "paid", "direct_bps": 1000, "indirect_bps": 500}
SETTINGS: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai", "referral": REFERRAL}


def people(*steps: dict[str, Any], members: str = "ABCD", **more: Any) -> Player:
    """Return a player who has taken these steps; a refusal stands in `refusals`."""
    known = [{"id": name} for name in members]
    player = Player({"settings": {**SETTINGS, **more}, "members": known, "steps": steps})
    player.play()
    player.app = without_waiting(player.app)
    return player


def buy(order: str, member: str, paid: int = 10_000, **more: Any) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid, **more}}


def bind(member: str, referrer: str | None, **more: Any) -> dict[str, Any]:
    return {"bind": {"member": member, "referrer": referrer, **more}}


def back(order: str, amount: int = 10_000) -> dict[str, Any]:
    return {"refund": {"order": order, "line": "1", "amount": amount}}
