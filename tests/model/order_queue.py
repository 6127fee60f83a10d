"""Rule 4: one line, one receiver a reward, N rewards, then out and a forced repurchase."""

from . import entries
from .arithmetic import share
from .world import World

PLAN = "order_queue"


def on_paid(world: World, order: dict) -> None:
    order[PLAN] = None
    if not world.is_on(PLAN):
        return
    plan = world.plan(PLAN)
    entry = entries.new_entry(order["id"], order, None)
    order[PLAN] = {
        "reward_bps": plan["reward_bps"],
        "settled": False,
        "retained": 0,
        "entry": entry,
    }
    repurchases = []
    if plan.get("settle_on", "paid") == "paid":
        repurchases = settle(world, order)
    entries.join(world, PLAN, entry)
    chain(world, repurchases)


def on_completed(world: World, order: dict) -> None:
    if order[PLAN] is not None and not order[PLAN]["settled"]:
        chain(world, settle(world, order))


def on_refunded(world: World, order: dict, before: dict) -> None:
    """Rule 7a: only a full refund changes the entry: it ends and gives back all it was paid."""
    taken = order[PLAN]
    if taken is None:
        return
    paid = order_paid(order)
    if taken["settled"]:
        given = share(before["paid"], taken["reward_bps"])
        entries.take_back(world, taken, given - share(paid, taken["reward_bps"]))
    entry = taken["entry"]
    if paid == 0 and entry["status"] != "refunded":
        entries.claw_back(world, entry["member"], order["id"], entry["paid"])
        entry["paid"] = 0
        entry["status"] = "refunded"


def order_paid(order: dict) -> int:
    return sum(line["paid"] for line in order["lines"])


def settle(world: World, order: dict) -> list[dict]:
    """Rule 4.2: the whole reward to one receiver; returns the orders to be repurchased."""
    taken = order[PLAN]
    reward = share(order_paid(order), taken["reward_bps"])
    entries.contribute(world, PLAN, taken, reward)
    if reward == 0:
        return []
    receiver = receiver_of(world, order)
    if receiver is None:
        entries.retain(world, PLAN, taken, reward, reward)
        return []
    entries.pay(world, PLAN, receiver, reward)
    receiver["rewards"] += 1
    if receiver["rewards"] < world.plan(PLAN).get("rewards_to_exit", 5):
        return []
    receiver["status"] = "completed"
    return [world.orders[receiver["order"]]]


def receiver_of(world: World, order: dict) -> dict | None:
    """The oldest waiting entry of the buyer's referrer, else the head; never the order's own."""
    line = entries.waiting(world, PLAN, passing_over=order["id"])
    if world.plan(PLAN).get("referrer_first", True):
        referrer = world.member(order["member"])["referrer"]
        theirs = entries.oldest_of(line, referrer)
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
        "lines": [dict(line) for line in left["lines"]],
        "paid_at": world.now,
        "completed_at": world.now,
    }
    for plan in ("queue_rebate", "alliance", "red_packet", "union", "referral"):
        order[plan] = None if plan != "queue_rebate" else []
    order[PLAN] = {
        "reward_bps": world.plan(PLAN)["reward_bps"],
        "settled": False,
        "retained": 0,
        "entry": entries.new_entry(order["id"], order, None),
    }
    world.orders[order["id"]] = order
    next_ones = settle(world, order)
    entries.join(world, PLAN, order[PLAN]["entry"])
    return next_ones
