"""What an order gives in all: its contributions and commissions, in the order of rule 8.4.

A part is named by a tuple whose first is the plan. Amounts are what the order gives at what is paid
for it now; a refund never raises one.
"""

from . import alliance, order_queue, queue_rebate, red_packet, referral, union
from .arithmetic import share
from .order_queue import order_paid
from .world import World

AVERAGE = ("red_packet", "average")


def price(world: World, order: dict) -> None:
    """Fix what each plan takes of an order, and from that what the order gives."""
    for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
        plan.price(world, order)
    order["revenue_bps"] = world.plan("guards").get("max_share_of_revenue_bps")
    order["given"] = amounts(order)


def reprice(order: dict) -> dict:
    """After a refund: what each part gave before, less what it gives now."""
    before = order["given"]
    now = amounts(order)
    order["given"] = {part: min(before[part], now[part]) for part in before}
    return {part: before[part] - order["given"][part] for part in before}


def amounts(order: dict) -> dict:
    """Rule 8.4: never more in all than a share of the revenue; the excess is cut from behind."""
    parts: dict = {}
    for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
        parts.update(plan.gives(order))
    if AVERAGE in parts:
        parts[AVERAGE] = parts.pop(AVERAGE)
    if order["revenue_bps"] is None:
        return parts
    left = share(order_paid(order), order["revenue_bps"])
    for part, amount in parts.items():
        parts[part] = min(amount, left)
        left -= parts[part]
    return parts
