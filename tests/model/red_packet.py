"""Rule 6: a store's concession in three parts: own purchase, queue and average."""

from . import due, entries
from .arithmetic import share, split
from .order_queue import order_paid
from .world import World, without_nulls

PLAN = "red_packet"


def price(world: World, order: dict) -> None:
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
        "settle_after_days": plan.get("settle_after_days", 0),
        "own_paid": 0,
        "settled": False,
        "retained": 0,
        "entry": None,
    }


def gives(order: dict) -> dict:
    taken = order[PLAN]
    if taken is None:
        return {}
    own, queue, average = parts(taken, order_paid(order))
    return {(PLAN, "own"): own, (PLAN, "queue"): queue, (PLAN, "average"): average}


def on_paid(world: World, order: dict) -> None:
    """Rule 6.2: the own-purchase reward at once; a guest's is retained (rule 0.14)."""
    taken = order[PLAN]
    if taken is None:
        return
    own = order["given"][PLAN, "own"]
    pool = ("pool", taken["queue"])
    world.queue(taken["queue"])
    world.move(own, ("platform", "contributed"), pool)
    if order["member"] is None:
        world.move(own, pool, ("platform", "retained"))
        taken["retained"] += own
    else:
        taken["own_paid"] = entries.take_room(world, own)
        world.move(taken["own_paid"], pool, ("wallet", order["member"], "cash"))
        world.own_rewards += taken["own_paid"]
    if world.plan(PLAN).get("place_by", "completed") == "paid":
        settle(world, order)
        join(world, order)


def on_completed(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is not None and not taken["settled"]:
        due.after(world, order, taken["settle_after_days"], lambda: settle(world, order))
        join(world, order)


def on_refunded(world: World, order: dict, lost: dict) -> None:
    """Rules 1.6.5.1 and 7a: the own part is borne and clawed back, the others as ever."""
    taken = order[PLAN]
    if taken is None:
        return
    take_back_own(world, order, taken, lost[PLAN, "own"])
    if taken["settled"]:
        entries.take_back(world, taken, lost[PLAN, "queue"] + lost[PLAN, "average"])
    if taken["entry"] is not None:
        entitlement = share(order_paid(order), taken["entitlement_bps"])
        entries.lower_entitlement(world, taken["entry"], entitlement)


def take_back_own(world: World, order: dict, taken: dict, lost: int) -> None:
    if order["member"] is None:
        entries.give_up(world, taken, lost)
        return
    entries.bear(world, lost)
    excess = max(0, taken["own_paid"] - order["given"][PLAN, "own"])
    taken["own_paid"] -= excess
    entries.claw_back(world, order["member"], order["id"], excess)
    world.own_rewards -= excess


def concession_bps(world: World, store: str) -> int:
    """This plan's setting; where it names none, the store's own."""
    own = without_nulls(world.plan(PLAN)["stores"][store])
    if "concession_bps" in own:
        return own["concession_bps"]
    return world.stores.get(store, {}).get("concession_bps") or 0


def parts(taken: dict, paid: int) -> list[int]:
    """Rule 6.1: own, queue and average part of the concession on an amount paid."""
    return split(share(paid, taken["concession_bps"]), taken["shares_bps"])


def settle(world: World, order: dict) -> None:
    """Rule 6.2: the queue part to the line in turn, the average part collected."""
    taken = order[PLAN]
    queue_id = taken["queue"]
    for_queue, for_average = order["given"][PLAN, "queue"], order["given"][PLAN, "average"]
    entries.contribute(world, queue_id, taken, for_queue)
    receivers = entries.waiting(world, queue_id, passing_over=order["id"])
    surplus = entries.fill_in_turn(world, queue_id, receivers, for_queue, 0)
    entries.retain(world, queue_id, taken, surplus, for_queue)
    world.move(for_average, ("platform", "contributed"), ("pool", queue_id))


def join(world: World, order: dict) -> None:
    taken = order[PLAN]
    queue_id = taken["queue"]
    entitlement = share(order_paid(order), taken["entitlement_bps"])
    if entitlement > 0 and order["member"] is not None:
        taken["entry"] = entries.new_entry(order["id"], order, entitlement)
        entries.join(world, queue_id, taken["entry"])


def average(world: World) -> None:
    """Rule 6.2: each store's pool, split equally among all entries that wait there; one pass.

    Where a cap a day holds for all of them together, stores come in order of their names.
    """
    for queue_id, queue in sorted(world.queues.items()):
        if not queue_id.startswith(f"{PLAN}/"):
            continue
        receivers = entries.waiting(world, queue_id)
        if not receivers:
            continue
        each = queue["pool"] // len(receivers)
        for entry in receivers:
            entries.pay(world, queue_id, entry, min(each, entries.outstanding(entry)))
