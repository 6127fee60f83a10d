"""Rule 6: a store's concession in three parts: own purchase, queue and average."""

from . import entries
from .arithmetic import share, split
from .order_queue import order_paid
from .world import World, without_nulls

PLAN = "red_packet"


def on_paid(world: World, order: dict) -> None:
    order[PLAN] = None
    plan = world.plan(PLAN)
    if not world.is_on(PLAN) or order["channel"] == "mall":
        return
    if order["store"] not in plan["stores"]:
        return
    shares = plan["shares_bps"]
    order[PLAN] = {
        "queue": f"{PLAN}/{order['store']}",
        "concession_bps": concession_bps(world, order["store"]),
        "shares_bps": [shares.get("own", 0), shares.get("queue", 0), shares.get("average", 0)],
        "entitlement_bps": plan["entitlement_bps"],
        "own_settled": True,
        "settled": False,
        "retained": 0,
        "entry": None,
    }
    queue_id = order[PLAN]["queue"]
    own, _, _ = parts(order[PLAN], order_paid(order))
    world.queue(queue_id)
    world.move(own, ("platform", "contributed"), ("pool", queue_id))
    world.move(own, ("pool", queue_id), ("wallet", order["member"], "cash"))
    world.own_rewards += own
    if plan.get("place_by", "completed") == "paid":
        settle_and_join(world, order)


def on_completed(world: World, order: dict) -> None:
    if order[PLAN] is not None and not order[PLAN]["settled"]:
        settle_and_join(world, order)


def on_refunded(world: World, order: dict, before: dict) -> None:
    """What settled is one contribution in parts; before completion only the own part has."""
    taken = order[PLAN]
    if taken is None:
        return
    given, due = parts(taken, before["paid"]), parts(taken, order_paid(order))
    if taken["settled"]:
        entries.take_back(world, taken, sum(given) - sum(due))
    else:
        difference = given[0] - due[0]
        world.move(difference, ("platform", "borne"), ("platform", "contributed"))
    if taken["entry"] is not None:
        entitlement = share(order_paid(order), taken["entitlement_bps"])
        entries.lower_entitlement(world, taken["entry"], entitlement)


def concession_bps(world: World, store: str) -> int:
    """This plan's setting; where it names none, the store's own."""
    own = without_nulls(world.plan(PLAN)["stores"][store])
    if "concession_bps" in own:
        return own["concession_bps"]
    return world.stores.get(store, {}).get("concession_bps") or 0


def parts(taken: dict, paid: int) -> list[int]:
    """Rule 6.1: own, queue and average part of the concession on an amount paid."""
    return split(share(paid, taken["concession_bps"]), taken["shares_bps"])


def settle_and_join(world: World, order: dict) -> None:
    """Rule 6.2: the queue part to the line, the average part collected; then the entry joins."""
    taken = order[PLAN]
    queue_id = taken["queue"]
    _, for_queue, for_average = parts(taken, order_paid(order))
    entries.contribute(world, queue_id, taken, for_queue)
    receivers = entries.waiting(world, queue_id, passing_over=order["id"])
    surplus = entries.fill_in_turn(world, queue_id, receivers, for_queue, 0)
    entries.retain(world, queue_id, taken, surplus, for_queue)
    world.move(for_average, ("platform", "contributed"), ("pool", queue_id))
    entitlement = share(order_paid(order), taken["entitlement_bps"])
    if entitlement > 0:
        taken["entry"] = entries.new_entry(order["id"], order, entitlement)
        entries.join(world, queue_id, taken["entry"])


def average(world: World) -> None:
    """Rule 6.2: each store's pool, split equally among all entries that wait there; one pass."""
    for queue_id, queue in world.queues.items():
        if not queue_id.startswith(f"{PLAN}/"):
            continue
        receivers = entries.waiting(world, queue_id)
        if not receivers:
            continue
        each = queue["pool"] // len(receivers)
        for entry in receivers:
            entries.pay(world, queue_id, entry, min(each, entries.outstanding(entry)))
