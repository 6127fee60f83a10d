"""Hypothesis strategies for random scenario documents.

`documents(plans=..., features=...)` makes documents with those plans on and nothing but those
features in them. Few members, products and stores, amounts with odd cents and ratios that do not
divide, so that places collide and roundings show.
"""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from . import generate_settings as make
from . import generate_steps as steps
from .generate_steps import MEMBERS, Story

BASIC = (
    "stores",  # store and cashier channels
    "per_product",  # a queue per product; shared stores and desks
    "multi_line",
    "levels",
    "scopes",  # ratios of products, stores, store products and desks
    "self_funding",
    "surplus",
    "settle_on",
    "reward_order",
    "completions",
    "refunds",
    "deducted",
    "pause",
)
QUEUE_REBATE = (
    *BASIC,
    "cumulative",
    "windows",
    "limits",
    "bounds",
    "parts",
    "hold",
    "exchange",
    "clearing",
    "catalog",
    "lottery",
    "random_return",
    "cap",  # what may be paid in a day, set at the start or on the way
    "return_window",  # what completion settles waits some days (rule 1.6.5.1)
    "guests",  # orders without a member
    "refunds_as_shops_do",  # amounts without lines, lines of 0, lines named twice
    "currencies",  # of other decimals
)
OTHERS = (
    "exits",  # the order queue's N, changed on the way
    "payout_per_day",  # union
    "revenue_share",  # union: a highest share of revenue
    "max_share",  # referral
    "net_of_commissions",  # union
    "times",  # steps hours or days apart
    "refusals",  # refunds that exceed what was paid, unknown entries
    "duplicates",  # the same order once more
    "conflicts",  # the same id with other content
    "early",  # completions and refunds before their order was paid
    "switches",  # settings changed on the way
    "members",  # MemberSaved on the way: levels
    "frequency",  # alliance
    "alliance_products",
    "dividend",  # referral
)
GROUPS = {"basic": BASIC, "queue_rebate": QUEUE_REBATE, "all": (*QUEUE_REBATE, *OTHERS)}


@st.composite
def documents(
    draw: Any,
    plans: tuple[str, ...] = ("queue_rebate",),
    features: tuple[str, ...] = ("basic",),
    most_steps: int = 40,
) -> dict:
    """A random scenario document with these plans on and these features in use."""
    on = expanded(features)
    if len([plan for plan in plans if plan != "wallet"]) == 1:
        on.add("alone")
    settings: dict = {"currency": "CNY", "timezone": "Asia/Shanghai"}
    if "currencies" in on:
        settings["currency"] = draw(st.sampled_from(("CNY", "CNY", "JPY", "KWD")))
    for plan in plans:
        settings[plan] = make.PLANS[plan](draw, on)
    settings["guards"] = make.guards(draw, on, plans, settings)
    story = Story(draw, settings, on)
    members = make_members(story)
    if "red_packet" in plans or "alliance" in plans or "referral" in plans:
        on.add("stores")
        save_store(story)
    kinds = kinds_of_steps(story)
    count = draw(st.integers(5, most_steps))
    for _ in range(count):
        draw(st.sampled_from(kinds))(story)
    return {
        "title": "random",
        "settings": settings,
        "draw_seed": draw(st.sampled_from(["seed", "another"])),
        "members": members,
        "steps": story.steps,
    }


def expanded(features: tuple[str, ...]) -> set[str]:
    on: set[str] = set()
    for feature in features:
        on.update(GROUPS.get(feature, (feature,)))
    unknown = on - set(GROUPS["all"]) - {"mixed_repurchase", "queues_switched"}
    assert not unknown, f"unknown features: {unknown}"
    return on


def kinds_of_steps(story: Story) -> list[Callable[[Story], None]]:
    """Step makers, the commoner ones repeated."""
    on, plans = story.on, story.plans
    kinds: list[Callable[[Story], None]] = [steps.buy] * 6
    if "completions" in on:
        kinds += [steps.complete] * 3
    if "refunds" in on:
        kinds += [steps.refund] * 2
    if "cap" in on:
        kinds.append(steps.set_cap)
    if "queues_switched" in on:
        kinds += [*[steps.switch_queues] * 3, *[steps.move] * 4]
    optional = {
        "refunds_as_shops_do": steps.refund_as_shops_do,
        "exits": steps.lower_exits,
        "pause": steps.pause,
        "exchange": steps.exchange,
        "clearing": steps.clear,
        "lottery": steps.draw_prize,
        "catalog": steps.save_product,
        "duplicates": steps.repeat,
        "conflicts": steps.contradict,
        "early": steps.early,
        "switches": steps.switch,
        "members": steps.save_member,
    }
    of_queue_rebate = ("pause", "exchange", "clearing", "lottery", "switches")
    for feature, kind in optional.items():
        if feature == "exits" and "order_queue" not in plans:
            continue
        if feature in on and ("queue_rebate" in plans or feature not in of_queue_rebate):
            kinds.append(kind)
    if {"red_packet", "union"} & set(plans) or ("referral" in plans and "dividend" in on):
        kinds += [steps.run] * 2
    if "wallet" in plans:
        kinds += [steps.withdraw, steps.decide, steps.transfer]
        kinds += [steps.adjust, steps.spend, steps.give_back, steps.redeem, steps.thaw]
    return kinds


def make_members(story: Story) -> list[dict]:
    draw = story.draw
    found = []
    for index, member_id in enumerate(MEMBERS):
        member: dict = {"id": member_id}
        if "levels" in story.on and draw(st.booleans()):
            member["level"] = draw(st.sampled_from((*make.LEVELS, "bronze", None)))
        if index and draw(st.booleans()):
            member["referrer"] = draw(st.sampled_from(MEMBERS[:index]))
        if "referral" in story.plans and draw(st.booleans()):
            member["rank"] = draw(st.sampled_from(("captain", "director")))
        found.append(member)
    return found


def save_store(story: Story) -> None:
    if story.draw(st.booleans()):
        detail = {"store_id": "W", "name": "W", "referrer_id": None, "concession_bps": 1500}
        if story.draw(st.booleans()):
            detail["referrer_id"] = "A"
        story.add({"event": {"detail-type": "StoreSaved", "detail": detail}})
