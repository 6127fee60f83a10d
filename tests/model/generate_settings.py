"""Hypothesis strategies for settings: few values each, chosen to collide and to round."""

from typing import Any

from hypothesis import strategies as st

PRODUCTS = ("p1", "p2", "p3")
STORES = ("W", "V")
LEVELS = ("gold", "silver")
RATIOS = (0, 1, 333, 1000, 2500, 3333, 5000, 6500, 9999, 10_000, 13_000)
POSITIVE = RATIOS[2:]
ratios = st.sampled_from(RATIOS)
positive_ratios = st.sampled_from(POSITIVE)

FRIDAY_NIGHT = {"weekdays": [5], "start": "22:00", "end": "02:00"}
EVERY_NOON = {"start": "10:05", "end": "12:00"}
MARCH = {"from": "2026-03-01T10:10:00+08:00", "to": "2026-03-20T00:00:00+08:00"}
TIERS = (
    {"days": 1, "at_least": 500, "bps": 2000},
    {"days": 2, "at_least": 1000, "bps": 12_000},
    {"days": 10, "at_least": 2000, "bps": 4000},
)


def pick(draw: Any, section: dict, key: str, values: tuple) -> None:
    """Set a key to one of `values`, or leave it out."""
    if draw(st.booleans()):
        section[key] = draw(st.sampled_from(values))


def entitlement(draw: Any, on: set[str], *, of_plan: bool) -> dict:
    found: dict = {"fixed_bps": draw(positive_ratios)} if of_plan else {}
    if not of_plan and draw(st.booleans()):
        found["fixed_bps"] = draw(ratios)
    if "levels" in on and draw(st.booleans()):
        found["by_level"] = {draw(st.sampled_from(LEVELS)): draw(positive_ratios)}
    if "cumulative" in on and not of_plan and draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(TIERS), min_size=1, max_size=3, unique_by=id))
        found["cumulative"] = chosen
    if "lottery" in on and draw(st.booleans()):
        found["lottery"] = draw(st.sampled_from(LOTTERIES))
    return found


LOTTERIES = (
    {"kind": "fixed", "prizes": [{"bps": 1000, "weight": 1}, {"bps": 15_000, "weight": 2}]},
    {"kind": "fixed", "prizes": [{"bps": 2000, "weight": 1}], "miss_weight": 1},
    {"kind": "range", "low_bps": 1000, "high_bps": 9000},
)


def restrictions(draw: Any, on: set[str], section: dict, *, of_plan: bool) -> None:
    """Windows, limits, bounds and parts of one scope."""
    if "windows" in on and draw(st.booleans()):
        windows = st.sampled_from([FRIDAY_NIGHT, EVERY_NOON, MARCH])
        section["windows"] = draw(st.lists(windows, max_size=2, unique_by=id))
    if "limits" in on and draw(st.booleans()):
        limits: dict = {}
        pick(draw, limits, "per_day", (0, 1, 2))
        pick(draw, limits, "total", (1, 2, 4))
        section["limits"] = limits
    if "bounds" in on and of_plan and draw(st.booleans()):
        bounds: dict = {}
        pick(draw, bounds, "min_paid", (1, 50, 400))
        pick(draw, bounds, "max_entitlement", (1, 99, 700))
        section["bounds"] = bounds
    if "parts" in on and not of_plan:
        pick(draw, section, "part", ("off", "both", "funds_only", "queues_only"))


def scope(draw: Any, on: set[str]) -> dict:
    """A product's, store's or cashier's own settings."""
    section: dict = {}
    pick(draw, section, "extraction_bps", RATIOS)
    if draw(st.booleans()):
        section["entitlement"] = entitlement(draw, on, of_plan=False)
    restrictions(draw, on, section, of_plan=False)
    return section


def queue_rebate(draw: Any, on: set[str]) -> dict:
    plan: dict = {"enabled": True, "extraction_bps": draw(positive_ratios)}
    plan["entitlement"] = entitlement(draw, on, of_plan=True)
    choices = {
        "settle_on": ("settle_on", ("paid", "completed")),
        "reward_order": ("reward_order", ("queue", "completed_first")),
        "self_funding": ("self_funding", (True, False)),
        "surplus": ("surplus", ("retain", "carry")),
        "deducted": ("deducted_orders", ("join", "contribute_only")),
        "hold": ("hold_days", (0, 1, 3)),
        "catalog": ("new_products", (True, False)),
    }
    for feature, (key, values) in choices.items():
        if feature in on:
            pick(draw, plan, key, values)
    if "queues_switched" in on:
        plan["settle_on"] = "completed"
    return_window(draw, on, plan, "settle_on", "paid")
    if "per_product" in on:
        pick(draw, plan, "mall", ("shared", "per_product"))
        pick(draw, plan, "stores", ("per_store", "shared"))
        pick(draw, plan, "cashiers", ("per_cashier", "shared"))
    restrictions(draw, on, plan, of_plan=True)
    if "scopes" in on:
        plan["products"] = {name: scope(draw, on) for name in subset(draw, PRODUCTS)}
        plan["store_settings"] = {name: of_store(draw, on) for name in subset(draw, STORES)}
        plan["cashier_settings"] = {name: at_desk(draw, on) for name in subset(draw, STORES)}
    if "exchange" in on or "random_return" in on:
        plan["exchange"] = exchange(draw, needs_points="random_return" in on)
    if "random_return" in on and draw(st.booleans()):
        plan["random_return"] = draw(groups)
    if "clearing" in on and draw(st.booleans()):
        queues = draw(st.sampled_from(CHOICES_OF_QUEUES))
        plan["clearing"] = {"every": "day", "at": "00:00", "queues": queues}
    return plan


CHOICES_OF_QUEUES = ("all", ["mall"], ["store", "cashier/W"], ["product/p1", "stores"])
groups = st.sampled_from(
    [{"cash": 1, "points": 2}, {"cash": 2, "points": 1}, {"cash": 0, "points": 1}]
)


def subset(draw: Any, names: tuple[str, ...]) -> list[str]:
    return draw(st.lists(st.sampled_from(names), max_size=2, unique=True))


def of_store(draw: Any, on: set[str]) -> dict:
    section = at_desk(draw, on)
    section["products"] = {name: scope(draw, on) for name in subset(draw, PRODUCTS)}
    return section


def at_desk(draw: Any, on: set[str]) -> dict:
    section = scope(draw, on)
    if "random_return" in on and draw(st.booleans()):
        section["random_return"] = draw(st.one_of(groups, st.just(False)))
    return section


def exchange(draw: Any, *, needs_points: bool) -> dict:
    section: dict = {}
    if needs_points:
        section["points_bps"] = draw(positive_ratios)
    pick(draw, section, "points_bps", POSITIVE)
    pick(draw, section, "love_bps", POSITIVE)
    pick(draw, section, "love_as", ("available", "frozen"))
    pick(draw, section, "voucher_bps", POSITIVE)
    return section


def order_queue(draw: Any, on: set[str]) -> dict:
    plan: dict = {"enabled": True, "reward_bps": draw(st.sampled_from((333, 3000, 5000, 9000)))}
    pick(draw, plan, "settle_on", ("paid", "completed"))
    return_window(draw, on, plan, "settle_on", "paid")
    pick(draw, plan, "rewards_to_exit", (1, 2, 3))
    pick(draw, plan, "referrer_first", (True, False))
    pick(draw, plan, "repurchase", (True, False))
    if "alone" not in on and "mixed_repurchase" not in on:
        plan["repurchase"] = False
    return plan


def alliance(draw: Any, on: set[str]) -> dict:
    heads = ([10_000], [5000, 3000, 2000], [3333, 3333, 3334], [5000, 2501], [1, 9999])
    plan: dict = {"enabled": True, "dividend_bps": draw(positive_ratios)}
    plan["heads_bps"] = draw(st.sampled_from(heads))
    pick(draw, plan, "place_by", ("paid", "completed"))
    return_window(draw, on, plan, "place_by", "completed")
    pick(draw, plan, "free_bps", (1000, 10_000, 12_345))
    pick(draw, plan, "surplus", ("retain", "carry"))
    if draw(st.booleans()):
        plan["merchants"] = {"W": {"concession_bps": draw(ratios)}}
    pick(draw, plan, "min_paid", (0, 50, 300))
    pick(draw, plan, "max_paid", (1000, 2000))
    pick(draw, plan, "channels", (["mall"], ["store", "cashier"], ["mall", "store", "cashier"]))
    if "alliance_products" in on:
        pick(draw, plan, "products", (["p1"], ["p1", "p2"]))
    if "frequency" in on and draw(st.booleans()):
        per = draw(st.sampled_from(["day", "week", "month"]))
        plan["frequency"] = {"per": per, "times": draw(st.integers(1, 2))}
    pick(draw, plan, "direct_acceleration_bps", (0, 500, 2000))
    pick(draw, plan, "repurchase_acceleration_bps", (0, 500, 2000))
    return plan


def red_packet(draw: Any, on: set[str]) -> dict:
    shares = ((3000, 5000, 2000), (0, 5000, 5000), (3333, 3333, 3334), (10_000, 0, 0), (1, 2, 9997))
    own, queue, average = draw(st.sampled_from(shares))
    plan: dict = {"enabled": True, "entitlement_bps": draw(positive_ratios)}
    plan["stores"] = {name: {"concession_bps": draw(positive_ratios)} for name in STORES}
    if draw(st.booleans()):
        del plan["stores"]["V"]
    plan["shares_bps"] = {"own": own, "queue": queue, "average": average}
    pick(draw, plan, "place_by", ("paid", "completed"))
    return_window(draw, on, plan, "place_by", "completed")
    return plan


def union(draw: Any, on: set[str]) -> dict:
    plan: dict = {"enabled": True, "profit_share_bps": draw(positive_ratios)}
    plan["quota_bps"] = draw(st.sampled_from((5000, 10_000, 11_000)))
    pick(draw, plan, "settle_on", ("paid", "completed"))
    pick(draw, plan, "default_margin_bps", (0, 2000, 5000))
    pick(draw, plan, "referral_acceleration_bps", (0, 500, 6000))
    return_window(draw, on, plan, "settle_on", "completed")
    if "payout_per_day" in on:
        pick(draw, plan, "payout_per_day", (0, 300, 2000))
    if "net_of_commissions" in on:
        pick(draw, plan, "net_of_commissions", (True, False))
    return plan


def referral(draw: Any, on: set[str]) -> dict:
    plan: dict = {"enabled": True}
    pick(draw, plan, "settle_on", ("paid", "completed"))
    pick(draw, plan, "direct_bps", (500, 333))
    pick(draw, plan, "indirect_bps", (200, 101))
    if draw(st.booleans()):
        plan["ranks"] = [{"rank": "captain", "bps": 300}, {"rank": "director", "bps": 555}]
    pick(draw, plan, "max_depth", (1, 2))
    return_window(draw, on, plan, "settle_on", "completed")
    if "max_share" in on:
        pick(draw, plan, "max_share_bps", (0, 450, 10_000))
    if "dividend" in on:
        plan["dividend"] = {"bps": 777, "rank": "director", "every": "month", "split": "equal"}
    pick(draw, plan, "merchant_bps", (100, 999))
    pick(draw, plan, "merchant_base", ("concession", "turnover"))
    return plan


def guards(draw: Any, on: set[str], plans: tuple[str, ...], settings: dict) -> dict:
    section: dict = {}
    if "cap" in on:
        pick(draw, section, "rebates_per_day", (0, 50, 700, 3000))
    if "revenue_share" in on and plans == ("union",):
        plan = settings["union"]
        margin_bps = plan.get("default_margin_bps", 10_000)
        least = plan["profit_share_bps"] * margin_bps // 10_000
        pick(draw, section, "max_share_of_revenue_bps", (least, least + 777))
    return section


def return_window(draw: Any, on: set[str], plan: dict, key: str, default: str) -> None:
    """Rule 1.6.5.1: days that what completion settles waits."""
    if "return_window" in on and plan.get(key, default) == "completed":
        pick(draw, plan, "settle_after_days", (0, 1, 3))


def wallet(draw: Any, on: set[str]) -> dict:
    section: dict = {}
    pick(draw, section, "withdraw_min", (0, 10, 100))
    pick(draw, section, "withdraw_fee_bps", (0, 100))
    pick(draw, section, "withdraw_per_day", (1, 2))
    pick(draw, section, "transfer", ([], ["points"], ["points", "love"]))
    pick(draw, section, "two_approvals_above", (10, 200))
    pick(draw, section, "transfer_per_day", (1, 2))
    pick(draw, section, "love_thaw_days", (0, 1))
    pick(draw, section, "adjust_two_above", (10, 200))
    return section


PLANS = {
    "queue_rebate": queue_rebate,
    "order_queue": order_queue,
    "alliance": alliance,
    "red_packet": red_packet,
    "union": union,
    "referral": referral,
    "wallet": wallet,
}
