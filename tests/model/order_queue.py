"""Rule 4: one line, one receiver a reward, N rewards, then out and a forced repurchase."""

from . import due, entries
from .arithmetic import share
from .world import World

PLAN = "order_queue"


def price(world: World, order: dict) -> None:
    order[PLAN] = None
    if world.is_on(PLAN):
        order[PLAN] = taken_of(world, order)


def taken_of(world: World, order: dict) -> dict:
    """Guests and orders of 0 earn no entry (rules 0.14 and 4.2)."""
    plan = world.plan(PLAN)
    earns = order["member"] is not None and order_paid(order) > 0
    return {
        "reward_bps": plan["reward_bps"],
        "settle_after_days": plan.get("settle_after_days", 0),
        "settled": False,
        "retained": 0,
        "entry": new_entry(order) if earns else None,
    }


def new_entry(order: dict) -> dict:
    """`received`: each reward with what it was before any cut, and what was paid of it."""
    return {**entries.new_entry(order["id"], order, None), "received": []}


def gives(order: dict) -> dict:
    taken = order[PLAN]
    return {} if taken is None else {(PLAN,): share(order_paid(order), taken["reward_bps"])}


def on_paid(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is None:
        return
    repurchases = []
    if world.plan(PLAN).get("settle_on", "paid") == "paid":
        repurchases = settle(world, order)
    if taken["entry"] is not None:
        entries.join(world, PLAN, taken["entry"])
    chain(world, repurchases)


def on_completed(world: World, order: dict) -> None:
    taken = order[PLAN]
    if taken is not None and not taken["settled"]:
        days = taken["settle_after_days"]
        due.after(world, order, days, lambda: chain(world, settle(world, order)))


def on_refunded(world: World, order: dict, lost: dict) -> None:
    """Rule 7a: rewards are cut in proportion; a full refund ends the entry and takes all back."""
    taken = order[PLAN]
    if taken is None:
        return
    if taken["settled"]:
        entries.take_back(world, taken, lost[PLAN,])
    entry = taken["entry"]
    if entry is None or entry["status"] == "refunded":
        return
    excess = 0
    for reward in entry["received"]:
        allowed = cut(order, reward["reward"])
        excess += max(0, reward["paid"] - allowed)
        reward["paid"] = min(reward["paid"], allowed)
    entries.claw_back(world, entry["member"], order["id"], excess)
    entry["paid"] -= excess
    if order_paid(order) == 0:
        entry["status"] = "refunded"


def cut(order: dict, reward: int) -> int:
    """Rule 7a: what an order of which p' of p is left gets of a reward."""
    return reward * order_paid(order) // originally_paid(order)


def order_paid(order: dict) -> int:
    return sum(line["paid"] for line in order["lines"])


def originally_paid(order: dict) -> int:
    return sum(line["originally_paid"] for line in order["lines"])


def settle(world: World, order: dict) -> list[dict]:
    """Rule 4.2: the whole reward to one receiver; returns the orders to be repurchased."""
    taken = order[PLAN]
    reward = order["given"][PLAN,]
    if reward > 0:
        leave_early(world)
    entries.contribute(world, PLAN, taken, reward)
    if reward == 0:
        return []
    receiver = receiver_of(world, order)
    older = world.queue(PLAN)["pool"] - reward
    if receiver is None:
        entries.retain(world, PLAN, taken, reward, reward)
        return []
    return give(world, taken, receiver, reward + older, reward)


def give(world: World, taken: dict, receiver: dict, reward: int, own: int) -> list[dict]:
    """Rules 4.3, 7a and 8.4: cut by a refund, the rest is retained; by a cap, it stays pooled."""
    allowed = cut(world.orders[receiver["order"]], reward)
    entries.retain(world, PLAN, taken, reward - allowed, own)
    paid = entries.pay(world, PLAN, receiver, allowed)
    if paid == 0 and allowed > 0:
        return []
    receiver["received"].append({"reward": reward, "paid": paid})
    receiver["rewards"] += 1
    if receiver["rewards"] < rewards_to_exit(world):
        return []
    receiver["status"] = "completed"
    return [world.orders[receiver["order"]]]


def rewards_to_exit(world: World) -> int:
    return world.plan(PLAN).get("rewards_to_exit", 5)


def leave_early(world: World) -> None:
    """Rule 4.3: where N was lowered, those who have as many leave first, all before they rebuy."""
    leaving = [
        entry
        for entry in entries.waiting(world, PLAN)
        if entry["rewards"] >= rewards_to_exit(world)
    ]
    for entry in leaving:
        entry["status"] = "completed"
    chain(world, [world.orders[entry["order"]] for entry in leaving])


def receiver_of(world: World, order: dict) -> dict | None:
    """The oldest waiting entry of the buyer's referrer, else the head; never the order's own."""
    line = entries.waiting(world, PLAN, passing_over=order["id"])
    if world.plan(PLAN).get("referrer_first", True):
        theirs = entries.oldest_of(line, order["referrer"])
        if theirs is not None:
            return theirs
    return line[0] if line else None


def chain(world: World, to_repurchase: list[dict]) -> None:
    """Rules 4.4 to 4.6: each repurchase may make another entry leave, which repurchases in turn."""
    while to_repurchase:
        left = to_repurchase.pop(0)
        to_repurchase += repurchase(world, left)


def repurchase(world: World, left: dict) -> list[dict]:
    """Rules 4.4 and 4.5: the same lines again, paid from the member's cash, if that covers it."""
    amount = order_paid(left)
    member = left["member"]
    wanted = world.is_on(PLAN) and world.plan(PLAN).get("repurchase", True)
    if not wanted or world.balance(member, "cash") < amount:
        return []
    root = left["root"]
    number = sum(1 for other in world.orders.values() if other["root"] == root)
    world.move(amount, ("wallet", member, "cash"), ("platform", "repurchased"))
    order = {
        **left,
        "id": f"{root}-r{number}",
        "root": root,
        "repurchase": True,
        "lines": [{**line, "originally_paid": line["paid"]} for line in left["lines"]],
        "referrer": world.member(member)["referrer"],
        "paid_at": world.settling,
        "completed_at": world.settling,
    }
    for plan in ("queue_rebate", "alliance", "red_packet", "union", "referral"):
        order[plan] = None if plan != "queue_rebate" else []
    order[PLAN] = taken_of(world, order)
    order["given"] = gives(order)
    revenue_bps = world.plan("guards").get("max_share_of_revenue_bps")
    order["revenue_bps"] = revenue_bps
    if revenue_bps is not None:
        order["given"][PLAN,] = min(order["given"][PLAN,], share(amount, revenue_bps))
    world.orders[order["id"]] = order
    next_ones = settle(world, order)
    entries.join(world, PLAN, order[PLAN]["entry"])
    return next_ones
