"""Rule 7: a share of the profit fills a pool, which pays quotas in order of purchase."""

from . import due, entries, referral
from .arithmetic import share
from .clock import period
from .order_queue import order_paid
from .world import World

PLAN = "union"


def price(world: World, order: dict) -> None:
    order[PLAN] = None
    if not world.is_on(PLAN):
        return
    plan = world.plan(PLAN)
    order[PLAN] = {
        "profit_share_bps": plan["profit_share_bps"],
        "acceleration_bps": plan.get("referral_acceleration_bps", 0),
        "quota_bps": plan["quota_bps"],
        "net_of_commissions": plan.get("net_of_commissions", False),
        "margins_bps": {line["id"]: margin_bps(world, line) for line in order["lines"]},
        "settle_after_days": plan.get("settle_after_days", 0),
        "settled": False,
        "retained": 0,
        "entry": None,
    }
    order[PLAN]["profit"] = None


def gives(order: dict) -> dict:
    """Rules 7.1 and 7a: a share of the profit, which a refund never raises."""
    taken = order[PLAN]
    if taken is None:
        return {}
    now = profit(order)
    if taken["net_of_commissions"]:
        now = max(0, now - sum(referral.gives(order).values()))
    taken["profit"] = now if taken["profit"] is None else min(taken["profit"], now)
    return {(PLAN,): share(taken["profit"], taken["profit_share_bps"])}


def on_paid(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is None:
        return
    if world.plan(PLAN).get("settle_on", "completed") == "paid":
        settle(world, order)
    quota = share(order_paid(order), taken["quota_bps"])
    if quota > 0 and order["member"] is not None:
        taken["entry"] = entries.new_entry(order["id"], order, quota)
        entries.join(world, PLAN, taken["entry"])


def on_completed(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is not None and not taken["settled"]:
        due.after(world, order, taken["settle_after_days"], lambda: settle(world, order))


def on_refunded(world: World, order: dict, lost: dict) -> None:
    taken = order[PLAN]
    if taken is None:
        return
    if taken["settled"]:
        entries.take_back(world, taken, lost[PLAN,])
    if taken["entry"] is not None:
        quota = share(order_paid(order), taken["quota_bps"])
        entries.lower_entitlement(world, taken["entry"], quota)


def margin_bps(world: World, line: dict) -> int:
    """Rule 7.1: the product's margin, else the default."""
    product = world.products.get(line["product"], {})
    if product.get("margin_bps") is not None:
        return product["margin_bps"]
    return world.plan(PLAN).get("default_margin_bps", 0)


def profit(order: dict) -> int:
    """Rule 7.1: per line, summed, never below zero; a given profit shrinks with the line's paid."""
    total = 0
    for line in order["lines"]:
        if line["profit"] is None:
            total += share(line["paid"], order[PLAN]["margins_bps"][line["id"]])
        elif line["originally_paid"] == 0:
            total += line["profit"]
        else:
            total += line["profit"] * line["paid"] // line["originally_paid"]
    return max(0, total)


def settle(world: World, order: dict) -> None:
    """Rules 7.1 and 7.4: the referrer's oldest entry first, the rest to the pool."""
    taken = order[PLAN]
    contribution = order["given"][PLAN,]
    entries.contribute(world, PLAN, taken, contribution)
    entry = entries.oldest_of(entries.waiting(world, PLAN), order["referrer"])
    if entry is not None:
        wanted = share(taken["profit"], taken["acceleration_bps"])
        entries.pay(world, PLAN, entry, min(wanted, contribution, entries.outstanding(entry)))


def run(world: World) -> None:
    """Rules 7.3 and 7.5: the pool to entries in order of purchase, up to the highest of a day."""
    receivers = entries.waiting(world, PLAN)
    today = period(world.now, world.timezone, "day")
    before = pool = world.queue(PLAN)["pool"]
    most = world.plan(PLAN).get("payout_per_day")
    if most is not None:
        pool = min(pool, max(0, most - world.pool_paid_on.get(today, 0)))
    entries.fill_in_turn(world, PLAN, receivers, pool, 0)
    paid = before - world.queue(PLAN)["pool"]
    world.pool_paid_on[today] = world.pool_paid_on.get(today, 0) + paid
