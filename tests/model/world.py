"""The state that a scenario builds up, as plain dicts and lists, and the one way to move money."""

from datetime import datetime
from typing import Any

from .clock import FIRST_STEP, instant

CASH_ASSETS = ("cash", "pending", "held")
PLATFORM = (
    "contributed",
    "retained",
    "borne",
    "clawed_back",
    "repurchased",
    "commissions",
    "withdrawn",
    "adjusted",
)
GIVERS = ("contributed", "borne", "commissions", "adjusted")


class Refused(Exception):
    """A step that the rules say no to; `codes` are all codes that fit, the likeliest first."""

    def __init__(self, *codes: str) -> None:
        super().__init__(codes[0])
        self.codes = codes


class World:
    """Everything known after some steps. `draws` maps digests to prizes (see `draws`).

    `now` is when something becomes known, `settling` the instant at which it happened: to the day
    of that one belongs what is paid for it (Rule 8.4).
    """

    def __init__(self, settings: dict, draws: Any) -> None:
        self.settings = settings
        self.draws = draws
        self.now: datetime = instant(FIRST_STEP)
        self.settling: datetime = self.now
        self.members: dict[str, dict] = {}
        self.products: dict[str, dict] = {}
        self.stores: dict[str, dict] = {}
        self.orders: dict[str, dict] = {}
        self.early: dict[str, list[dict]] = {}
        self.completions: dict[str, datetime] = {}
        self.refunds: dict[tuple[str, str], dict] = {}
        self.queues: dict[str, dict] = {}
        self.wallets: dict[str, dict[str, int]] = {}
        self.platform: dict[str, int] = dict.fromkeys(PLATFORM, 0)
        self.movements: list[dict] = []
        self.pending: list[dict] = []
        self.joined: list[dict] = []
        self.groups: dict[str, dict] = {}
        self.withdrawals: dict[tuple[str, str], dict] = {}
        self.requests: dict[tuple[str, str, str | None], Any] = {}
        self.transfers: list[tuple[str, str]] = []
        self.spent: dict[str | None, dict] = {}
        self.gifts: dict[str, dict] = {}
        self.redeemed: dict[tuple[str, str], dict] = {}
        self.adjustments: dict[str, dict] = {}
        self.frozen: list[dict] = []
        self.own_rewards = 0
        self.dividends = 0
        self.dividend: dict[str, Any] = {"turnover": 0, "number": 0, "lapsed": set()}
        self.rebates_on: dict[str, int] = {}
        self.pool_paid_on: dict[str, int] = {}
        self.borne_on: dict[str, int] = {}
        self.due: list[dict] = []

    @property
    def timezone(self) -> str:
        return self.settings["timezone"]

    def plan(self, name: str) -> dict:
        """A plan's settings, without those that are null; empty when the plan is absent."""
        return without_nulls(self.settings.get(name))

    def is_on(self, name: str) -> bool:
        return self.settings.get(name) is not None and self.plan(name).get("enabled", True)

    def member(self, member_id: str | None) -> dict:
        """Unknown members are made on first use; a guest (None) is nobody (rule 0.14)."""
        nobody = {"level": None, "rank": None, "referrer": None}
        return nobody if member_id is None else self.members.setdefault(member_id, nobody)

    def queue(self, queue_id: str) -> dict:
        return self.queues.setdefault(queue_id, {"id": queue_id, "pool": 0, "entries": []})

    def balance(self, member_id: str, asset: str) -> int:
        return self.wallets.get(member_id, {}).get(asset, 0)

    def move(self, amount: int, source: tuple, target: tuple, asset: str = "cash") -> None:
        """Move an amount from one account to another; nothing else ever changes a balance.

        Accounts: ("wallet", member, asset), ("pool", queue), ("platform", figure), ("issued",).
        """
        assert amount >= 0, (amount, source, target)
        if amount == 0:
            return
        movement = {"amount": amount, "source": source, "target": target, "asset": asset}
        self.movements.append(movement)
        self._add(source, -amount)
        self._add(target, amount)

    def _add(self, account: tuple, amount: int) -> None:
        if account[0] == "wallet":
            wallet = self.wallets.setdefault(account[1], {})
            wallet[account[2]] = wallet.get(account[2], 0) + amount
        elif account[0] == "pool":
            self.queue(account[1])["pool"] += amount
        elif account[0] == "platform":
            figure = account[1]
            self.platform[figure] += -amount if figure in GIVERS else amount


def without_nulls(section: dict | None) -> dict:
    """A setting that is null counts as not set."""
    return {key: value for key, value in (section or {}).items() if value is not None}
