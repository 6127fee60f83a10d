"""Rule 1, the base plan. What a line gives and gets is decided when its order is paid."""

from typing import Any

from . import due, entries, prices
from .arithmetic import share
from .clock import period
from .prices import PLAN, entitlement
from .world import Refused, World, without_nulls


def price(world: World, order: dict) -> None:
    order[PLAN] = []
    if not world.is_on(PLAN):
        return
    for line in order["lines"]:
        taken = price_line(world, order, line)
        if taken is not None:
            order[PLAN].append(taken)


def gives(order: dict) -> dict:
    """What each line contributes; one that only queues makes no contribution, not one of 0."""
    return {
        (PLAN, taken["line"]["id"]): share(taken["line"]["paid"], taken["extraction_bps"])
        for taken in order[PLAN]
        if taken["contributes"]
    }


def on_paid(world: World, order: dict) -> None:
    """Rule 0.12: contributions settle, then entries join; self-funding: join first."""
    if not order[PLAN]:
        return
    for taken in order[PLAN]:
        world.queue(taken["queue"])
    plan = world.plan(PLAN)
    settles_now = plan.get("settle_on", "paid") == "paid"
    if plan.get("self_funding", False):
        join_all(world, order)
        settle_all(world, order, settles_now)
    else:
        settle_all(world, order, settles_now)
        join_all(world, order)


def on_completed(world: World, order: dict) -> None:
    """Rule 0.12: held entries become payable first, then the contributions settle."""
    for taken in order[PLAN]:
        if taken["entry"] is not None and taken["entry"]["status"] == "held":
            taken["entry"]["status"] = "waiting"
    days = max((taken["settle_after_days"] for taken in order[PLAN]), default=0)
    due.after(world, order, days, lambda: settle_all(world, order, settles_now=True))


def on_refunded(world: World, order: dict, lost: dict) -> None:
    """Rule 1.6.5, line by line; `lost` is what each part of the order gives less than before."""
    for taken in order[PLAN]:
        line = taken["line"]
        if taken["settled"]:
            entries.take_back(world, taken, lost[PLAN, line["id"]])
        if taken["entry"] is not None:
            entries.lower_entitlement(world, taken["entry"], entitlement(taken, line["paid"]))
        for left in taken["left_behind"]:
            entries.lower_left_behind(left, entitlement({**taken, **left["priced"]}, line["paid"]))


def price_line(world: World, order: dict, line: dict) -> dict | None:
    """All that the settings and the catalogue say of a line; None where it takes no part."""
    scopes = prices.scopes_of(world, order, line)
    may_give, earns = prices.part_of(world, order, line, scopes)
    if not may_give and not earns:
        return None
    taken: dict[str, Any] = {
        "line": line,
        "queue": prices.queue_of(world, order, line),
        "extraction_bps": prices.most_specific(scopes, "extraction_bps") if may_give else 0,
        "contributes": may_give and not prices.is_stalled(world, order, line),
        "settle_after_days": world.plan(PLAN).get("settle_after_days", 0),
        "settled": False,
        "retained": 0,
        "entry": None,
        "left_behind": [],
        "highest": prices.highest_entitlement(scopes),
    }
    taken["ratio_bps"], taken["decided_by"], taken["lottery"] = prices.ratio(world, order, scopes)
    amount = entitlement(taken, line["paid"])
    if earns and amount > 0 and prices.earns_entry(world, order, line, scopes):
        name = f"{order['id']}/{line['id']}"
        status = "waiting"
        if world.plan(PLAN).get("reward_order", "queue") == "completed_first":
            status = "held"
        taken["entry"] = entries.new_entry(name, order, amount, status)
        taken["entry"]["taken"] = taken
        taken["entry"]["drawn"] = False
        prices.count_for_limits(world, order, scopes)
    return taken


def join_all(world: World, order: dict) -> None:
    for taken in order[PLAN]:
        if taken["entry"] is not None:
            entries.join(world, taken["queue"], taken["entry"])
            return_at_random(world, order, taken)


def return_at_random(world: World, order: dict, taken: dict) -> None:
    """Rule 1.6.2: an entry on a points place of its group is turned into points at once."""
    makeup = random_return_of(world, order)
    if makeup is None:
        return
    entry = taken["entry"]
    group = world.groups.get(taken["queue"])
    if group is None or group["cash"] + group["points"] == 0:
        number = 0 if group is None else group["number"] + 1
        group = {"number": number, "index": 0, "cash": makeup["cash"], "points": makeup["points"]}
        world.groups[taken["queue"]] = group
    day = period(order["paid_at"], world.timezone, "day")
    for_points = world.draws.is_points(day, taken["queue"], entry["entry"], dict(group))
    group["index"] += 1
    group["points" if for_points else "cash"] -= 1
    if for_points:
        entry["status"] = "converted"
        bps = world.plan(PLAN)["exchange"]["points_bps"]
        entries.credit_exchange(world, entry, "points", bps)


def random_return_of(world: World, order: dict) -> dict | None:
    """Rule 1.5.2: store and cashier may have their own; absent: the plan's; false: off."""
    plan = world.plan(PLAN)
    own = {}
    if order["channel"] == "store":
        own = without_nulls(plan.get("store_settings", {}).get(order["store"]))
    if order["channel"] == "cashier":
        own = without_nulls(plan.get("cashier_settings", {}).get(order["store"]))
    return own.get("random_return", plan.get("random_return")) or None


def settle_all(world: World, order: dict, settles_now: bool) -> None:
    """In line order; each line's contribution settles once."""
    for taken in order[PLAN]:
        if settles_now and not taken["settled"]:
            settle(world, order, taken)


def settle(world: World, order: dict, taken: dict) -> None:
    """Rules 1.2.3, 0.7, 0.8 and 1.6.4: a contribution, and what the pool holds, is paid out.

    It settles in the queue to which its line belongs by now (Rule 1.4.1).
    """
    if not taken["contributes"]:
        return
    plan = world.plan(PLAN)
    paused = plan.get("paused", False)
    queue_id = taken["queue"] if paused else prices.queue_of(world, order, taken["line"])
    contribution = order["given"][PLAN, taken["line"]["id"]]
    older = world.queue(queue_id)["pool"]
    entries.contribute(world, queue_id, taken, contribution)
    if paused:
        entries.retain(world, queue_id, taken, contribution, contribution)
        return
    passing_over = None if plan.get("self_funding", False) else order["id"]
    receivers = entries.waiting(world, queue_id, passing_over)
    hold_days = plan.get("hold_days", 0)
    amount = older + contribution
    surplus = entries.fill_in_turn(world, queue_id, receivers, amount, hold_days)
    if plan.get("surplus", "retain") == "retain":
        entries.retain(world, queue_id, taken, surplus, contribution)


def move(world: World, wish: dict) -> None:
    """Rules 1.4.1 and 1.5.5: what waits in a stalled queue goes on where its line belongs.

    Of a product that is off sale that is the shared queue. Nobody moves in a queue that is in use,
    but those in the mall's that belong to products' own queues by now.
    """
    queue_id = wish["queue"]
    if queue_id not in world.queues or kind_of(queue_id) is None:
        raise Refused("unknown_entry")
    kind, _, owner = queue_id.partition("/")
    plan = world.plan(PLAN)
    names = {"product": "mall", "store": "stores", "cashier": "cashiers"}
    shared = names.get(kind)
    is_shared = plan.get(shared or queue_id, "shared" if (shared or queue_id) == "mall" else "per")
    in_use = (is_shared == "shared") == (shared is None)
    off_sale = kind == "product" and not world.products.get(owner, {"on_sale": True})["on_sale"]
    if in_use and not off_sale:
        raise Refused("invalid_request")
    waiting = [each for each in world.queues[queue_id]["entries"] if each["status"] in entries.OPEN]
    for number, entry in enumerate(waiting):
        taken, order = entry["taken"], world.orders[entry["order"]]
        belongs = prices.queue_of(world, order, taken["line"])
        into = shared or (queue_id if entry.get("stays") else belongs)
        if number == 0 and into != queue_id:
            carry_along(world, queue_id, into)
        if into != queue_id:
            go_on(world, entry, into, stays=into != belongs)
    if shared and not waiting:
        carry_along(world, queue_id, shared)


def carry_along(world: World, queue_id: str, into: str) -> None:
    """The pool goes with the first in line."""
    world.move(world.queues[queue_id]["pool"], ("pool", queue_id), ("pool", into))


def go_on(world: World, entry: dict, into: str, *, stays: bool) -> None:
    """An entry ends as merged and joins the end of another queue, with entitlement and paid."""
    taken = entry["taken"]
    entries.join(world, into, {**entry, "stays": stays})
    taken["entry"] = world.queue(into)["entries"][-1]
    entry["status"] = "merged"
    entry["priced"] = {name: taken[name] for name in ("ratio_bps", "highest")}
    taken["left_behind"].append(entry)


def clear(world: World) -> None:
    """Rule 1.6.3: all held and waiting entries of the chosen queues."""
    chosen = without_nulls(world.plan(PLAN).get("clearing")).get("queues", "all")
    for queue_id, queue in world.queues.items():
        kind = kind_of(queue_id)
        if kind is None or not (chosen == "all" or queue_id in chosen or kind in chosen):
            continue
        for entry in queue["entries"]:
            if entry["status"] in entries.OPEN:
                entry["status"] = "cleared"


def reconsider_held(world: World) -> None:
    """Rule 1.4 (6): who is payable follows the reward order that is set now."""
    completed_first = world.plan(PLAN).get("reward_order", "queue") == "completed_first"
    for queue_id, queue in world.queues.items():
        for entry in queue["entries"] if kind_of(queue_id) else []:
            if entry["status"] in entries.OPEN:
                completed = world.orders[entry["order"]]["completed_at"] is not None
                entry["status"] = "held" if completed_first and not completed else "waiting"


def kind_of(queue_id: str) -> str | None:
    """The kind of one of this plan's queues; None for those of other plans."""
    first = queue_id.partition("/")[0]
    kinds = {"stores": "store", "cashiers": "cashier"}
    kind = kinds.get(first, first)
    return kind if kind in ("mall", "product", "store", "cashier") else None
