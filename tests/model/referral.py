"""Rule 2: rewards for those who referred the buyer or the store, and the dividend."""

from . import due, entries
from .arithmetic import share, split_equally
from .order_queue import order_paid
from .world import World, without_nulls

PLAN = "referral"


def price(world: World, order: dict) -> None:
    """Rules 0.15 and 2.6.2: who counts, and which ratios hold, is fixed at payment."""
    order[PLAN] = None
    if not world.is_on(PLAN):
        return
    plan = world.plan(PLAN)
    order[PLAN] = {
        "rewards": rewards(world, order),
        "max_share_bps": plan.get("max_share_bps"),
        "settle_after_days": plan.get("settle_after_days", 0),
        "settled": False,
        "period": None,
    }


def gives(order: dict) -> dict:
    """Rule 2.6.1: granted in turn until p', or a share of it, is used up."""
    taken = order[PLAN]
    if taken is None:
        return {}
    left = order_paid(order)
    if taken["max_share_bps"] is not None:
        left = share(left, taken["max_share_bps"])
    found = {}
    for index, reward in enumerate(taken["rewards"]):
        amount = min(left, amount_of(order, reward))
        found[PLAN, index] = amount
        left -= amount
    return found


def on_paid(world: World, order: dict) -> None:
    if order[PLAN] is not None and world.plan(PLAN).get("settle_on", "completed") == "paid":
        settle(world, order)


def on_completed(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is not None and not taken["settled"]:
        due.after(world, order, taken["settle_after_days"], lambda: settle(world, order))


def on_refunded(world: World, order: dict, lost_amount: int) -> None:
    """Rules 2.6 and 2.3.1: what the new paid amount would not have earned is taken back."""
    taken = order[PLAN]
    if taken is None or not taken["settled"]:
        return
    for index, reward in enumerate(taken["rewards"]):
        excess = max(0, reward["paid"] - order["given"][PLAN, index])
        reward["paid"] -= excess
        wallet = ("wallet", reward["member"], "cash")
        world.move(excess, wallet, ("platform", "commissions"))
    if taken["period"] is not None and taken["period"] not in world.dividend["lapsed"]:
        world.dividend["turnover"] -= lost_amount


def settle(world: World, order: dict) -> None:
    taken = order[PLAN]
    taken["settled"] = True
    if world.plan(PLAN).get("dividend"):
        taken["period"] = world.dividend["number"]
        world.dividend["turnover"] += order_paid(order)
    for index, reward in enumerate(taken["rewards"]):
        reward["paid"] = entries.take_room(world, order["given"][PLAN, index])
        wallet = ("wallet", reward["member"], "cash")
        world.move(reward["paid"], ("platform", "commissions"), wallet)


def amount_of(order: dict, reward: dict) -> int:
    base = order_paid(order)
    if reward["concession_bps"] is not None:
        base = share(base, reward["concession_bps"])
    return share(base, reward["bps"])


def rewards(world: World, order: dict) -> list[dict]:
    """Who gets which ratio of the order: {"member", "bps", "concession_bps", "paid"}."""
    plan = world.plan(PLAN)
    line = upline(world, order["member"])[: plan.get("max_depth", 2)]
    found = []
    for member, key in zip(line, ("direct_bps", "indirect_bps"), strict=False):
        found.append({"member": member, "bps": plan.get(key, 0), "concession_bps": None})
    found += level_differences(world, line)
    found += merchant_reward(world, order)
    return [{**each, "paid": 0} for each in found]


def upline(world: World, member_id: str | None) -> list[str]:
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
    bps = None
    if plan.get("merchant_base", "concession") == "concession":
        bps = concession_bps(world, order["store"], store)
    reward = {"member": store["referrer"], "bps": plan.get("merchant_bps", 0)}
    return [{**reward, "concession_bps": bps}]


def concession_bps(world: World, store_id: str, store: dict) -> int:
    """Rule 2.4: as red packets have it, else the alliance (if they are on), else the store."""
    for plan, key in (("red_packet", "stores"), ("alliance", "merchants")):
        own = without_nulls(world.plan(plan).get(key, {}).get(store_id))
        if world.is_on(plan) and "concession_bps" in own:
            return own["concession_bps"]
    return store["concession_bps"] or 0


def dividend(world: World) -> None:
    """Rule 2.3.1: closes a period; a minus goes on, a plus without a holder lapses."""
    setting = without_nulls(world.plan(PLAN).get("dividend"))
    if not setting:
        return
    period = world.dividend
    holders = sorted(
        member_id
        for member_id, member in world.members.items()
        if member["rank"] == setting["rank"]
    )
    closed, turnover = period["number"], period["turnover"]
    period["number"] += 1
    if turnover < 0:
        return
    period["turnover"] = 0
    if not holders:
        if turnover > 0:
            period["lapsed"].add(closed)
        return
    parts = split_equally(share(turnover, setting["bps"]), len(holders))
    for member_id, part in zip(holders, parts, strict=True):
        paid = entries.take_room(world, part)
        world.move(paid, ("platform", "commissions"), ("wallet", member_id, "cash"))
        world.dividends += paid
