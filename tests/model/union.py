"""Rule 7: a share of the profit fills a pool, which pays quotas in order of purchase."""

from . import entries
from .arithmetic import share
from .order_queue import order_paid
from .world import World

PLAN = "union"


def on_paid(world: World, order: dict) -> None:
    order[PLAN] = None
    if not world.is_on(PLAN):
        return
    plan = world.plan(PLAN)
    order[PLAN] = {
        "profit_share_bps": plan["profit_share_bps"],
        "acceleration_bps": plan.get("referral_acceleration_bps", 0),
        "quota_bps": plan["quota_bps"],
        "margins_bps": {line["id"]: margin_bps(world, line) for line in order["lines"]},
        "settled": False,
        "retained": 0,
        "entry": None,
    }
    order[PLAN]["profit"] = profit(order)
    if plan.get("settle_on", "completed") == "paid":
        settle(world, order)
    quota = share(order_paid(order), plan["quota_bps"])
    if quota > 0:
        order[PLAN]["entry"] = entries.new_entry(order["id"], order, quota)
        entries.join(world, PLAN, order[PLAN]["entry"])


def on_completed(world: World, order: dict) -> None:
    if order[PLAN] is not None and not order[PLAN]["settled"]:
        settle(world, order)


def on_refunded(world: World, order: dict) -> None:
    """Rule 7a: a refund lowers the profit, and never raises it where a line made a loss."""
    taken = order[PLAN]
    if taken is None:
        return
    given = share(taken["profit"], taken["profit_share_bps"])
    taken["profit"] = min(taken["profit"], profit(order))
    if taken["settled"]:
        due = share(taken["profit"], taken["profit_share_bps"])
        entries.take_back(world, taken, given - due)
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
    contribution = share(taken["profit"], taken["profit_share_bps"])
    entries.contribute(world, PLAN, taken, contribution)
    referrer = world.member(order["member"])["referrer"]
    entry = entries.oldest_of(entries.waiting(world, PLAN), referrer)
    if entry is not None:
        wanted = share(taken["profit"], taken["acceleration_bps"])
        entries.pay(world, PLAN, entry, min(wanted, contribution, entries.outstanding(entry)))


def run(world: World) -> None:
    """Rule 7.3: the pool to entries in order of purchase, each up to its quota."""
    receivers = entries.waiting(world, PLAN)
    entries.fill_in_turn(world, PLAN, receivers, world.queue(PLAN)["pool"], 0)
