"""Rule 5: K heads are served at once with set shares, until each has its free amount."""

from . import due, entries
from .arithmetic import share, split
from .clock import period
from .order_queue import order_paid
from .world import World, without_nulls

PLAN = "alliance"


def price(world: World, order: dict) -> None:
    order[PLAN] = None
    if not world.is_on(PLAN) or not takes_part(world, order):
        return
    plan = world.plan(PLAN)
    order[PLAN] = {
        "contribution_bps": contribution_bps(world, order),
        "free_bps": plan.get("free_bps", 10_000),
        "direct_bps": plan.get("direct_acceleration_bps", 0),
        "repurchase_bps": plan.get("repurchase_acceleration_bps", 0),
        "settle_after_days": plan.get("settle_after_days", 0),
        "settled": False,
        "retained": 0,
        "entry": None,
    }


def gives(order: dict) -> dict:
    taken = order[PLAN]
    return {} if taken is None else {(PLAN,): share(order_paid(order), taken["contribution_bps"])}


def on_paid(world: World, order: dict) -> None:
    if order[PLAN] is not None and world.plan(PLAN).get("place_by", "completed") == "paid":
        settle(world, order)
        join(world, order)


def on_completed(world: World, order: dict) -> None:
    """Rule 1.6.5.1: the entry joins at completion, what is given may wait for its window."""
    taken = order[PLAN]
    if taken is not None and not taken["settled"]:
        due.after(world, order, taken["settle_after_days"], lambda: settle(world, order))
        join(world, order)


def on_refunded(world: World, order: dict, lost: dict) -> None:
    taken = order[PLAN]
    if taken is None:
        return
    if taken["settled"]:
        entries.take_back(world, taken, lost[PLAN,])
    if taken["entry"] is not None:
        entitlement = share(order_paid(order), taken["free_bps"])
        entries.lower_entitlement(world, taken["entry"], entitlement)


def takes_part(world: World, order: dict) -> bool:
    """Rule 5.5: amounts, channels, products and how often."""
    plan = world.plan(PLAN)
    paid = order_paid(order)
    if paid < plan.get("min_paid", 0) or paid > plan.get("max_paid", paid):
        return False
    if order["channel"] not in plan.get("channels", ["mall", "store", "cashier"]):
        return False
    chosen = plan.get("products")
    if chosen is not None and any(line["product"] not in chosen for line in order["lines"]):
        return False
    frequency = without_nulls(plan.get("frequency"))
    if not frequency:
        return True
    now = period(order["paid_at"], world.timezone, frequency["per"])
    earlier = [
        other
        for other in world.orders.values()
        if other is not order
        and order["member"] is not None
        and other["member"] == order["member"]
        and other.get(PLAN) is not None
        and period(other["paid_at"], world.timezone, frequency["per"]) == now
    ]
    return len(earlier) < frequency["times"]


def contribution_bps(world: World, order: dict) -> int:
    """Rules 5.2 and 5.5: a merchant's own concession (this plan's, else the store's), if any."""
    plan = world.plan(PLAN)
    if order["store"] is not None and order["channel"] != "mall":
        merchant = without_nulls(plan.get("merchants", {}).get(order["store"]))
        if "concession_bps" in merchant:
            return merchant["concession_bps"]
        store = world.stores.get(order["store"], {})
        if store.get("concession_bps") is not None:
            return store["concession_bps"]
    return plan["dividend_bps"]


def join(world: World, order: dict) -> None:
    taken = order[PLAN]
    entitlement = share(order_paid(order), taken["free_bps"])
    if entitlement > 0 and order["member"] is not None:
        taken["entry"] = entries.new_entry(order["id"], order, entitlement)
        entries.join(world, PLAN, taken["entry"])


def settle(world: World, order: dict) -> None:
    """Rules 5.2, 5.3 and 5.6: acceleration first, then one split over all heads."""
    plan = world.plan(PLAN)
    taken = order[PLAN]
    paid = order_paid(order)
    older = world.queue(PLAN)["pool"]
    contribution = order["given"][PLAN,]
    entries.contribute(world, PLAN, taken, contribution)
    left = contribution
    left -= accelerate(world, order, order["referrer"], share(paid, taken["direct_bps"]), left)
    left -= accelerate(world, order, order["member"], share(paid, taken["repurchase_bps"]), left)

    shares_bps = plan.get("heads_bps", [])
    heads = entries.waiting(world, PLAN, passing_over=order["id"])[: len(shares_bps)]
    parts = split(left + older, shares_bps)
    surplus = left + older
    for head, part in zip(heads, parts, strict=False):
        due_now = min(part, entries.outstanding(head))
        entries.pay(world, PLAN, head, due_now)
        surplus -= due_now
    if plan.get("surplus", "carry") == "retain":
        entries.retain(world, PLAN, taken, surplus, contribution)


def accelerate(world: World, order: dict, member: str | None, wanted: int, left: int) -> int:
    """Rule 5.6: to that member's oldest waiting entry only; returns what it took.

    What a cap withholds of it counts as taken: it goes to the pool, not to the heads (rule 8.4).
    """
    line = entries.waiting(world, PLAN, passing_over=order["id"])
    entry = entries.oldest_of(line, member)
    if entry is None:
        return 0
    taken = min(wanted, left, entries.outstanding(entry))
    entries.pay(world, PLAN, entry, taken)
    return taken
