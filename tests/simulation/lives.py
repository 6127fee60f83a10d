"""What happens in a simulated shop: orders and what becomes of them, under various plans."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded, parse_event
from rebate.domain.times import Instant, instant_of
from rebate.usecases.orders.accept_order import OrderEvent

MEMBERS = "ABCDE"
FIRST = datetime.fromisoformat("2026-03-01T10:00:00+08:00")
BARE = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "wallet": {"withdraw_min": 1, "transfer": ["points"]},
}
QUEUE_REBATE: dict[str, Any] = {
    "enabled": True,
    "extraction_bps": 3000,
    "entitlement": {"fixed_bps": 10000},
    "exchange": {"points_bps": 10000},
}

PLANS: dict[str, dict[str, Any]] = {
    "one queue": {"queue_rebate": QUEUE_REBATE},
    "held for a day": {"queue_rebate": {**QUEUE_REBATE, "hold_days": 1}},
    "a queue a product": {
        "queue_rebate": {**QUEUE_REBATE, "mall": "per_product", "settle_on": "completed"}
    },
    "limits": {"queue_rebate": {**QUEUE_REBATE, "limits": {"total": 2}}},
    "a daily cap": {"queue_rebate": QUEUE_REBATE, "guards": {"rebates_per_day": 2500}},
    "completed first": {"queue_rebate": {**QUEUE_REBATE, "reward_order": "completed_first"}},
    "lottery": {
        "queue_rebate": {
            **QUEUE_REBATE,
            "extraction_bps": 20,
            "entitlement": {
                "fixed_bps": 2000,
                "lottery": {"kind": "range", "low_bps": 1000, "high_bps": 20_000},
            },
            "random_return": {"cash": 1, "points": 1},
        }
    },
    "order queue": {
        "order_queue": {"enabled": True, "reward_bps": 9000, "rewards_to_exit": 2},
    },
    "referral": {
        "queue_rebate": QUEUE_REBATE,
        "referral": {
            "enabled": True,
            "settle_on": "paid",
            "direct_bps": 500,
            "indirect_bps": 300,
            "dividend": {"bps": 1000, "rank": "shareholder", "every": "day", "split": "equal"},
        },
    },
    "union": {
        "union": {
            "enabled": True,
            "profit_share_bps": 6000,
            "quota_bps": 11000,
            "default_margin_bps": 2000,
            "settle_on": "paid",
        }
    },
}

CHANGES: dict[str, list[dict[str, Any]]] = {
    "queue_rebate": [
        {"reward_order": "completed_first"},
        {"reward_order": "queue"},
        {"limits": {"total": None}},
        {"hold_days": 1},
        {"hold_days": 0},
        {"clearing": {"every": "day", "at": "00:00", "queues": ["product/p"]}},
        {"extraction_bps": 1500},
        {"paused": True},
        {"paused": False},
    ],
    "order_queue": [{"reward_bps": 4000}, {"rewards_to_exit": 3}],
    "referral": [{"direct_bps": 900}, {"dividend": {"bps": 500}}],
    "union": [{"payout_per_day": 300}, {"profit_share_bps": 3000}],
}
"""Patches by the plan that they change."""


@dataclass
class Life:
    """A shop's settings and members, the events that it emits, and what else people do.

    `changes` are patches that operators apply to the settings, in any order.
    """

    settings: dict[str, Any]
    members: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    events: list[OrderEvent] = field(default_factory=list)
    moments: list[Instant] = field(default_factory=list)

    @property
    def has_lottery(self) -> bool:
        return "lottery" in self.settings.get("queue_rebate", {}).get("entitlement", {})


def life(chance: Random) -> Life:
    """Return a life of some ten orders."""
    plan = PLANS[chance.choice(sorted(PLANS))]
    referrers = [None, *MEMBERS]
    members = [
        {
            "id": member,
            "referrer": chance.choice(referrers[: number + 1]),
            "rank": chance.choice((None, "shareholder")),
        }
        for number, member in enumerate(MEMBERS)
    ]
    changes = [
        {name: chance.choice(CHANGES[name])} for _ in range(4) for name in plan if name in CHANGES
    ]
    story = _Story(Life({**BARE, **plan}, members, changes), chance)
    for number in range(chance.randint(4, 12)):
        story.order(f"o{number}")
    return story.life


@dataclass
class _Story:
    life: Life
    chance: Random
    at: datetime = FIRST

    def order(self, name: str) -> None:
        """Add an order, and perhaps its completion and refunds."""
        lines: list[dict[str, Any]] = [
            {"line_id": str(n), "product_id": self.chance.choice(["p", "q"]), "paid": self.amount()}
            for n in range(self.chance.choice((1, 1, 2, 3)))
        ]
        member = {"id": self.chance.choice(MEMBERS), "level": None}
        paid = {"member": member, "channel": "mall", "lines": lines}
        self.tell("OrderPaid", order_id=name, paid_at=self.now(), **paid)
        if self.chance.random() < 0.6:
            self.tell("OrderCompleted", order_id=name, completed_at=self.now())
        for refund in range(self.chance.choice((0, 0, 1, 2))):
            back = [
                {"line_id": line["line_id"], "amount": self.chance.randint(1, line["paid"] // 2)}
                for line in lines
            ]
            refunded = {"refund_id": f"r{refund}", "refunded_at": self.now(), "lines": back}
            self.tell("OrderRefunded", order_id=name, **refunded)

    def amount(self) -> int:
        return self.chance.choice((101, 999, 1000, 3333, 12_345))

    def now(self) -> str:
        self.at += timedelta(minutes=self.chance.choice((1, 7, 600)))
        self.life.moments.append(instant_of(self.at))
        return self.at.isoformat()

    def tell(self, detail_type: str, **detail: Any) -> None:
        event = parse_event(detail_type, detail)
        assert isinstance(event, OrderPaid | OrderCompleted | OrderRefunded)
        self.life.events.append(event)
