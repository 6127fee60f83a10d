"""Settings documents to start from, and how to change one place in them."""

import copy
from typing import Any

BARE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}

FULL: dict[str, Any] = {
    **BARE,
    "queue_rebate": {
        "enabled": True,
        "title": "排队返利",
        "exchange_title": "兑换",
        "new_products": True,
        "deducted_orders": "join",
        "settle_on": "paid",
        "reward_order": "queue",
        "self_funding": False,
        "surplus": "retain",
        "mall": "shared",
        "stores": "per_store",
        "cashiers": "per_cashier",
        "extraction_bps": 1000,
        "entitlement": {
            "fixed_bps": 10000,
            "by_level": {"gold": 12000},
            "lottery": {
                "kind": "fixed",
                "prizes": [{"bps": 1000, "weight": 1}, {"bps": 5000, "weight": 1}],
                "miss_weight": 0,
            },
        },
        "exchange": {
            "points_bps": 10000,
            "love_bps": 8000,
            "love_as": "available",
            "voucher_bps": 12000,
        },
        "random_return": {"cash": 1, "points": 2},
        "clearing": {"every": "day", "at": "00:00", "queues": "all"},
        "paused": False,
        "bounds": {"min_paid": 0, "max_entitlement": None},
        "windows": [],
        "limits": {"per_day": None, "total": None},
        "hold_days": 0,
        "display": {
            "progress": True,
            "earned": True,
            "waiting": True,
            "member": True,
            "waiting_amount": True,
        },
        "products": {
            "p-9": {
                "part": "both",
                "extraction_bps": 6500,
                "entitlement": {
                    "fixed_bps": 13000,
                    "by_level": {},
                    "lottery": None,
                    "cumulative": [{"days": 30, "at_least": 200000, "bps": 5000}],
                },
                "windows": [
                    {"from": "2026-03-01T00:00:00+08:00", "to": "2026-04-01T00:00:00+08:00"},
                    {"weekdays": [6, 7], "start": "20:00", "end": "02:00"},
                ],
                "limits": {"per_day": 1, "total": 3},
            }
        },
        "store_settings": {
            "W": {
                "part": "both",
                "extraction_bps": 2000,
                "entitlement": {},
                "windows": [],
                "limits": {},
                "random_return": None,
                "products": {"p-2": {}},
            }
        },
        "cashier_settings": {
            "W": {
                "part": "both",
                "extraction_bps": 2000,
                "entitlement": {},
                "windows": [],
                "limits": {},
                "random_return": None,
            }
        },
    },
    "order_queue": {
        "enabled": True,
        "settle_on": "paid",
        "reward_bps": 3000,
        "rewards_to_exit": 5,
        "referrer_first": True,
        "repurchase": True,
    },
    "alliance": {
        "enabled": True,
        "place_by": "completed",
        "dividend_bps": 4000,
        "merchants": {"W": {"concession_bps": 2000}},
        "heads_bps": [5000, 3000, 2000],
        "free_bps": 10000,
        "surplus": "carry",
        "min_paid": 0,
        "max_paid": None,
        "channels": ["mall", "store", "cashier"],
        "products": None,
        "frequency": {"per": "day", "times": 3},
        "direct_acceleration_bps": 0,
        "repurchase_acceleration_bps": 0,
    },
    "red_packet": {
        "enabled": True,
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
        "entitlement_bps": 10000,
        "place_by": "completed",
        "average_every": "day",
    },
    "union": {
        "enabled": True,
        "settle_on": "completed",
        "profit_share_bps": 6000,
        "quota_bps": 11000,
        "default_margin_bps": 2000,
        "referral_acceleration_bps": 0,
        "run_at": "00:30",
    },
    "referral": {
        "enabled": True,
        "settle_on": "completed",
        "direct_bps": 500,
        "indirect_bps": 200,
        "ranks": [{"rank": "captain", "bps": 300}, {"rank": "director", "bps": 500}],
        "max_depth": 2,
        "dividend": {"bps": 100, "rank": "shareholder", "every": "month", "split": "equal"},
        "merchant_bps": 100,
        "merchant_base": "concession",
    },
    "wallet": {
        "withdraw_min": 1000,
        "withdraw_fee_bps": 0,
        "withdraw_per_day": 3,
        "transfer": ["points", "love"],
    },
    "guards": {
        "rebates_per_day": None,
        "max_share_of_revenue_bps": None,
        "lottery_prize_max": 5000000,
        "acknowledged": [],
    },
}
"""The whole document with the example values of the contract."""

MINIMAL: dict[str, Any] = {
    **BARE,
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
    "order_queue": {"reward_bps": 3000},
    "alliance": {"dividend_bps": 4000, "heads_bps": [10000]},
    "red_packet": {
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 10000},
        "entitlement_bps": 10000,
    },
    "union": {"profit_share_bps": 6000, "quota_bps": 11000},
    "referral": {},
}
"""Every plan on, with no more than it needs."""


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy with `value` at the dotted `path`; objects on the way are made."""
    copied = copy.deepcopy(document)
    *parents, last = path.split(".")
    inside = copied
    for key in parents:
        inside = inside.setdefault(key, {})
    inside[last] = value
    return copied


def without(document: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a copy in which the field at the dotted `path` is missing."""
    copied = copy.deepcopy(document)
    *parents, last = path.split(".")
    inside = copied
    for key in parents:
        inside = inside[key]
    del inside[last]
    return copied
