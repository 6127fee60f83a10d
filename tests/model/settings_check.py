"""The few checks of settings that change what a scenario does: shape, and the rules' own limits."""

from typing import Any

ENTITLEMENT = ("fixed_bps", "by_level", "lottery", "cumulative")
SCOPE = ("part", "extraction_bps", "entitlement", "windows", "limits", "bounds")
KNOWN = {
    "": (
        "currency",
        "timezone",
        "queue_rebate",
        "order_queue",
        "alliance",
        "red_packet",
        "union",
        "referral",
        "wallet",
        "guards",
        "connectors",
        "early_days",
        "archive_days",
    ),
    "queue_rebate": (
        "enabled",
        "title",
        "exchange_title",
        "new_products",
        "deducted_orders",
        "settle_on",
        "reward_order",
        "self_funding",
        "surplus",
        "mall",
        "stores",
        "cashiers",
        "extraction_bps",
        "entitlement",
        "exchange",
        "random_return",
        "clearing",
        "paused",
        "bounds",
        "windows",
        "limits",
        "hold_days",
        "settle_after_days",
        "display",
        "products",
        "store_settings",
        "cashier_settings",
    ),
    "order_queue": (
        "enabled",
        "settle_on",
        "settle_after_days",
        "reward_bps",
        "rewards_to_exit",
        "referrer_first",
        "repurchase",
    ),
    "alliance": (
        "enabled",
        "place_by",
        "settle_after_days",
        "dividend_bps",
        "merchants",
        "heads_bps",
        "free_bps",
        "surplus",
        "min_paid",
        "max_paid",
        "channels",
        "products",
        "frequency",
        "direct_acceleration_bps",
        "repurchase_acceleration_bps",
    ),
    "red_packet": (
        "enabled",
        "stores",
        "shares_bps",
        "entitlement_bps",
        "place_by",
        "average_every",
        "settle_after_days",
    ),
    "union": (
        "enabled",
        "settle_on",
        "profit_share_bps",
        "quota_bps",
        "default_margin_bps",
        "referral_acceleration_bps",
        "run_at",
        "payout_per_day",
        "net_of_commissions",
        "settle_after_days",
    ),
    "referral": (
        "enabled",
        "settle_on",
        "direct_bps",
        "indirect_bps",
        "ranks",
        "max_depth",
        "dividend",
        "merchant_bps",
        "merchant_base",
        "max_share_bps",
        "settle_after_days",
    ),
    "wallet": (
        "withdraw_min",
        "withdraw_fee_bps",
        "withdraw_per_day",
        "two_approvals_above",
        "transfer",
        "transfer_per_day",
        "love_thaw_days",
        "adjust_two_above",
    ),
    "guards": (
        "rebates_per_day",
        "borne_per_day",
        "max_share_of_revenue_bps",
        "lottery_prize_max",
        "acknowledged",
    ),
}
REQUIRED = {
    "order_queue": ("reward_bps",),
    "alliance": ("dividend_bps", "heads_bps"),
    "red_packet": ("stores", "shares_bps", "entitlement_bps"),
    "union": ("profit_share_bps", "quota_bps"),
}
CHOICES = {
    "deducted_orders": ("join", "contribute_only"),
    "settle_on": ("paid", "completed"),
    "reward_order": ("queue", "completed_first"),
    "surplus": ("retain", "carry"),
    "mall": ("shared", "per_product"),
    "stores": ("per_store", "shared"),
    "cashiers": ("per_cashier", "shared"),
    "place_by": ("completed", "paid"),
    "part": ("off", "both", "funds_only", "queues_only"),
}


def fault(settings: dict) -> dict | None:
    """The first thing wrong with settings: {"code", "why"}; None where nothing is."""
    why = shape_fault(settings) or rule_fault(settings)
    if why is not None:
        return {"code": "invalid_settings", "why": why}
    deep = (settings.get("referral") or {}).get("max_depth", 2) > 2
    if deep and not (settings.get("guards") or {}).get("acknowledged"):
        return {"code": "needs_acknowledgement", "why": "more than two referral levels"}
    return None


def shape_fault(settings: dict) -> str | None:
    for required in ("currency", "timezone"):
        if required not in settings:
            return f"{required} is missing"
    for section, known in KNOWN.items():
        part = settings if section == "" else settings.get(section) or {}
        for key, value in part.items():
            if key not in known:
                return f"{section}.{key} is not known"
            wrong = value_fault(key, value)
            if section != "" and wrong is not None:
                return f"{section}.{wrong}"
    plan = settings.get("queue_rebate") or {}
    for key in ("products", "store_settings", "cashier_settings"):
        for name, scope in (plan.get(key) or {}).items():
            wrong = scope_fault(scope or {}, key)
            if wrong is not None:
                return f"queue_rebate.{key}.{name}: {wrong}"
    return None


def scope_fault(scope: dict, kind: str) -> str | None:
    known = list(SCOPE)
    if kind != "products":
        known.append("random_return")
    if kind == "store_settings":
        known.append("products")
    for key, value in scope.items():
        if key not in known:
            return f"{key} is not known"
        wrong = value_fault(key, value)
        if wrong is not None:
            return wrong
    for key in scope.get("entitlement") or {}:
        if key not in ENTITLEMENT:
            return f"entitlement.{key} is not known"
    for name, product in (scope.get("products") or {}).items():
        wrong = scope_fault(product or {}, "products")
        if wrong is not None:
            return f"products.{name}: {wrong}"
    return None


def value_fault(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if key in CHOICES and isinstance(value, str) and value not in CHOICES[key]:
        return f"{key} is none of {', '.join(CHOICES[key])}"
    if key.endswith("_bps") and isinstance(value, int) and value < 0:
        return f"{key} is below zero"
    return None


def rule_fault(settings: dict) -> str | None:
    """What the rules and contracts demand of settings beyond their shape."""
    for name, required in REQUIRED.items():
        plan = settings.get(name) or {}
        for key in required:
            if is_on(settings, name) and plan.get(key) is None:
                return f"{name}.{key} is missing"
    plan = settings.get("queue_rebate") or {}
    if is_on(settings, "queue_rebate"):
        if plan.get("extraction_bps") is None:
            return "queue_rebate.extraction_bps is missing"
        if (plan.get("entitlement") or {}).get("fixed_bps") is None:
            return "queue_rebate.entitlement.fixed_bps is missing"
    if returns_at_random(plan) and not (plan.get("exchange") or {}).get("points_bps"):
        return "queue_rebate.random_return needs exchange.points_bps"
    return (
        shares_fault(settings)
        or endless_fault(settings)
        or window_fault(settings)
        or revenue_fault(settings)
    )


def is_on(settings: dict, plan: str) -> bool:
    return settings.get(plan) is not None and settings[plan].get("enabled", True)


SETTLES_ON_COMPLETION = {
    "queue_rebate": ("settle_on", "paid"),
    "order_queue": ("settle_on", "paid"),
    "alliance": ("place_by", "completed"),
    "red_packet": ("place_by", "completed"),
    "union": ("settle_on", "completed"),
    "referral": ("settle_on", "completed"),
}


def window_fault(settings: dict) -> str | None:
    """Rule 1.6.5.1: a return window needs a plan that settles on completion."""
    for plan, (key, default) in SETTLES_ON_COMPLETION.items():
        section = settings.get(plan) or {}
        if section.get("settle_after_days") and section.get(key, default) != "completed":
            return f"{plan}.settle_after_days needs {key} completed"
    return None


def revenue_fault(settings: dict) -> str | None:
    """Rule 8.4: ratios that together exceed the share of revenue are refused."""
    most = (settings.get("guards") or {}).get("max_share_of_revenue_bps")
    if most is None:
        return None
    total = 0
    if is_on(settings, "union"):
        plan = settings["union"]
        margin_bps = plan.get("default_margin_bps")
        share_bps = plan["profit_share_bps"]
        total += share_bps if margin_bps is None else margin_bps * share_bps // 10_000
    assert not any(is_on(settings, plan) for plan in SETTLES_ON_COMPLETION if plan != "union"), (
        "a share of revenue is modelled for the union plan alone"
    )
    return "guards.max_share_of_revenue_bps is exceeded" if total > most else None


def returns_at_random(plan: dict) -> bool:
    scopes = [plan]
    for key in ("store_settings", "cashier_settings"):
        scopes += [scope or {} for scope in (plan.get(key) or {}).values()]
    return any(scope.get("random_return") for scope in scopes)


def shares_fault(settings: dict) -> str | None:
    heads_bps = (settings.get("alliance") or {}).get("heads_bps")
    if heads_bps is not None and sum(heads_bps) > 10_000:
        return "alliance.heads_bps come to more than 10000"
    shares_bps = (settings.get("red_packet") or {}).get("shares_bps")
    if shares_bps is not None and sum(shares_bps.values()) != 10_000:
        return "red_packet.shares_bps do not come to 10000"
    return None


def endless_fault(settings: dict) -> str | None:
    """Rule 4.6: one reward to exit at 100 % or more would repurchase for ever."""
    plan = settings.get("order_queue") or {}
    once = plan.get("rewards_to_exit", 5) == 1
    if once and plan.get("reward_bps", 0) >= 10_000 and plan.get("repurchase", True):
        return "order_queue would repurchase for ever"
    return None
