"""Rule 2: rewards for those who referred the buyer or the store, and the dividend."""

from .arithmetic import share, split_equally
from .order_queue import order_paid
from .world import World, without_nulls

PLAN = "referral"


def on_paid(world: World, order: dict) -> None:
    order[PLAN] = None
    if not world.is_on(PLAN):
        return
    order[PLAN] = {"settled": False, "rewards": []}
    if world.plan(PLAN).get("settle_on", "completed") == "paid":
        settle(world, order)


def on_completed(world: World, order: dict) -> None:
    if order[PLAN] is not None and not order[PLAN]["settled"]:
        settle(world, order)


def on_refunded(world: World, order: dict) -> None:
    """Rule 2.6: each reward falls to what the new paid amount would have earned."""
    if order[PLAN] is None or not order[PLAN]["settled"]:
        return
    for reward in order[PLAN]["rewards"]:
        now = amount_of(order, reward)
        wallet = ("wallet", reward["member"], "cash")
        world.move(reward["amount"] - now, wallet, ("platform", "commissions"))
        reward["amount"] = now


def settle(world: World, order: dict) -> None:
    order[PLAN]["settled"] = True
    world.undivided.append(order["id"])
    for reward in rewards(world, order):
        reward["amount"] = amount_of(order, reward)
        wallet = ("wallet", reward["member"], "cash")
        world.move(reward["amount"], ("platform", "commissions"), wallet)
        order[PLAN]["rewards"].append(reward)


def amount_of(order: dict, reward: dict) -> int:
    base = order_paid(order)
    if reward["concession_bps"] is not None:
        base = share(base, reward["concession_bps"])
    return share(base, reward["bps"])


def rewards(world: World, order: dict) -> list[dict]:
    """Who gets which ratio of the order: {"member", "bps", "concession_bps"}."""
    plan = world.plan(PLAN)
    line = upline(world, order["member"])[: plan.get("max_depth", 2)]
    found = []
    for member, key in zip(line, ("direct_bps", "indirect_bps"), strict=False):
        found.append({"member": member, "bps": plan.get(key, 0), "concession_bps": None})
    found += level_differences(world, line)
    return found + merchant_reward(world, order)


def upline(world: World, member_id: str) -> list[str]:
    """The referrer, the referrer's referrer and so on."""
    found: list[str] = []
    above = world.member(member_id)["referrer"]
    while above is not None:
        found.append(above)
        above = world.member(above)["referrer"]
    return found


def level_differences(world: World, line: list[str]) -> list[dict]:
    """Rule 2.2: own rank's ratio less the highest ratio already paid on this order."""
    ranks = {each["rank"]: each["bps"] for each in world.plan(PLAN).get("ranks", [])}
    highest = 0
    found = []
    for member in line:
        own = ranks.get(world.member(member)["rank"], 0)
        if own > highest:
            found.append({"member": member, "bps": own - highest, "concession_bps": None})
            highest = own
    return found


def merchant_reward(world: World, order: dict) -> list[dict]:
    """Rule 2.4: a ratio of what the store concedes, or of its turnover."""
    plan = world.plan(PLAN)
    store = world.stores.get(order["store"])
    if order["channel"] == "mall" or store is None or store["referrer"] is None:
        return []
    concession_bps = None
    if plan.get("merchant_base", "concession") == "concession":
        concession_bps = store["concession_bps"] or 0
    reward = {"member": store["referrer"], "bps": plan.get("merchant_bps", 0)}
    return [{**reward, "concession_bps": concession_bps}]


def dividend(world: World) -> None:
    """Rule 2.3: a ratio of the turnover since the last dividend, in equal parts."""
    setting = without_nulls(world.plan(PLAN).get("dividend"))
    turnover = sum(order_paid(world.orders[order_id]) for order_id in world.undivided)
    holders = []
    for member_id, member in world.members.items():
        if setting and member["rank"] == setting["rank"]:
            holders.append(member_id)
    if not holders:
        return
    world.undivided = []
    parts = split_equally(share(turnover, setting["bps"]), len(holders))
    for member_id, part in zip(holders, parts, strict=True):
        world.move(part, ("platform", "commissions"), ("wallet", member_id, "cash"))
        world.dividends += part
