"""Members with money, and what they ask of their wallets, step by step."""

from typing import Any

from rebate.usecases.audit.audit_books import audit_books
from tests.books import check_books
from tests.engine import Player

NOON = "2026-03-01T12:00:00+08:00"


def players(*steps: dict[str, Any], members: tuple[str, ...] = ("A", "B"), **wallet: Any) -> Player:
    """Play steps with these settings of the wallet; the books must hold after each of them."""
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "wallet": wallet}
    known = [{"id": name} for name in members]
    player = Player({"settings": settings, "members": known, "steps": []})
    player.begin()
    for step in steps:
        player.step(step)
        hold(player)
    return player


def hold(player: Player) -> None:
    """Insist that the books hold, by plain sums and by the audit."""
    check_books(player.store)
    audit = audit_books(player.store)
    assert [str(each) for each in audit.differences] == []


def give(member: str, amount: int, asset: str = "cash", **more: Any) -> dict[str, Any]:
    """An operator gives a member something."""
    wish = {"member": member, "asset": asset, "amount": amount, "reason": "for the test"}
    return {"adjust": {**wish, **more}}


def wallet(player: Player, member: str) -> dict[str, int]:
    """What a member has."""
    found: dict[str, int] = player.outcome()["wallets"].get(member, {})
    return found


def platform(player: Player) -> dict[str, int]:
    """What of money left, was kept as fees, and was put in, where that is not zero."""
    names = ("withdrawn", "fees", "adjusted")
    figures = player.outcome()["platform"]
    return {name: figures[name] for name in names if figures[name]}
