"""Order queue in the kernel: one receiver a reward, N rewards, then out and in again (Rule 4)."""

from rebate.domain.money import NOTHING, ZERO_BPS, Amount, in_proportion
from rebate.simulation.gives import gives
from rebate.simulation.state import (
    COMPLETED,
    REFUNDED,
    WAITING,
    SimulatedEntry,
    SimulatedLine,
    SimulatedOrder,
    SimulatedPart,
    SimulatedQueue,
)
from rebate.simulation.world import World

PLAN = "order_queue"


def on_paid(world: World, order: SimulatedOrder) -> None:
    """The reward is settled, the entry joins, then those who left buy again."""
    if PLAN not in world.rules.on:
        return
    part = _enter(world, order)
    left = _settle(world, order, part) if world.rules.on_payment(PLAN) else []
    if part.entry is not None:
        world.join(part.queue, part.entry)
    _buy_again(world, left)


def on_completed(world: World, order: SimulatedOrder) -> None:
    """What was not settled at payment is."""
    part: SimulatedPart | None = order.plans.get(PLAN)
    if part is not None and not part.settled:
        world.settle_after(order, PLAN, lambda: _buy_again(world, _settle(world, order, part)))


def on_refunded(world: World, order: SimulatedOrder) -> None:
    """Rule 7a: each reward falls with the order; a full refund ends the entry."""
    part: SimulatedPart | None = order.plans.get(PLAN)
    if part is None:
        return
    due = min(part.given, gives(order, PLAN))
    if due < part.given:
        part.retained -= world.take_back(PLAN, part.retained, part.given - due)
        part.given = due
    entry = part.entry
    if entry is None or entry.status == REFUNDED:
        return
    excess = NOTHING
    for reward in entry.rewarded or ():
        worth = in_proportion(reward[0], order.paid, order.first)
        excess += max(NOTHING, reward[1] - worth)
        reward[1] = min(reward[1], worth)
    entry.paid -= excess
    assert entry.member is not None, "a guest has no entry"
    world.claw_back(PLAN, entry.member, order, excess)
    if not order.paid:
        entry.status = REFUNDED


def _enter(world: World, order: SimulatedOrder) -> SimulatedPart:
    queue = world.queue(PLAN, PLAN)
    part = SimulatedPart(queue, world.rules.plans[PLAN].get("reward_bps", ZERO_BPS))
    if order.member is not None and order.paid:
        part.entry = SimulatedEntry(order.id, order, None, WAITING)
        part.entry.rewarded = []
    order.plans[PLAN] = part
    return part


def _settle(world: World, order: SimulatedOrder, part: SimulatedPart) -> list[SimulatedEntry]:
    """Give the whole reward to one receiver; return the entry that leaves with it, if one does."""
    amount = gives(order, PLAN)
    part.settled, part.given = True, amount
    world.contribute(PLAN, amount)
    if not amount:
        return []
    _buy_again(world, _overdue(world, part.queue))
    receiver = _receiver(world, order, part.queue)
    if receiver is None:
        part.retained = amount
        world.platform["retained"] += amount
        return []
    return _reward(world, part, receiver, amount)


def _overdue(world: World, queue: SimulatedQueue) -> list[SimulatedEntry]:
    """Rule 4.3: where N was lowered, those who have that many leave before the next reward."""
    if world.exits_checked is world.rules:
        return []
    world.exits_checked = world.rules
    most = _rewards_to_exit(world)
    left = [e for e in queue.entries if e.status == WAITING and e.rewards >= most]
    for entry in left:
        _leave(world, entry)
    return left


def _rewards_to_exit(world: World) -> int:
    return int(world.rules.plans[PLAN].get("rewards_to_exit", 5))


def _leave(world: World, entry: SimulatedEntry) -> None:
    entry.status = COMPLETED
    for figures in (world.all, world.figures[PLAN]):
        figures.waits.append(world.now - entry.joined_at)


def _receiver(world: World, order: SimulatedOrder, queue: SimulatedQueue) -> SimulatedEntry | None:
    """Rule 4.2: the oldest waiting entry of the buyer's referrer, else the head of the line."""
    theirs = None
    if world.rules.plans[PLAN].get("referrer_first", True):
        theirs = queue.oldest_of(order.referrer, order)
    return theirs or queue.first(order)


def _reward(
    world: World, part: SimulatedPart, receiver: SimulatedEntry, amount: Amount
) -> list[SimulatedEntry]:
    """Pay a reward, and what a cap withheld before; the receiver's own refund cuts it (7a)."""
    queue, theirs = part.queue, receiver.order
    total, queue.pool = amount + queue.pool, NOTHING
    due = in_proportion(total, theirs.paid, theirs.first)
    paid = world.pay(queue, receiver, due)
    queue.pool = due - paid
    part.retained = min(total - due, amount)
    world.platform["retained"] += total - due
    if due and not paid:
        return []
    receiver.rewards += 1
    assert receiver.rewarded is not None, "rewards are counted"
    receiver.rewarded.append([total, paid])
    if receiver.rewards < _rewards_to_exit(world):
        return []
    _leave(world, receiver)
    return [receiver]


def _buy_again(world: World, left: list[SimulatedEntry]) -> None:
    """Rules 4.4 to 4.6: each repurchase may let another leave, which buys again in turn."""
    waiting = list(left)
    while waiting:
        waiting += _repurchase(world, waiting.pop(0))


def _repurchase(world: World, left: SimulatedEntry) -> list[SimulatedEntry]:
    """Make the same order again from the member's cash, if that covers it (Rules 4.4, 4.5)."""
    amount, member = left.order.paid, left.member
    plan = world.rules.plans[PLAN]
    wanted = PLAN in world.rules.on and plan.get("repurchase", True)
    assert member is not None, "a guest has no entry"
    if not wanted or not amount or world.wallets.cash[member] < amount:
        return []
    world.wallets.cash[member] -= amount
    world.platform["repurchased"] += amount
    order = _again(world, left.order)
    part = _enter(world, order)
    following = _settle(world, order, part)
    if part.entry is not None:
        part.entry.joined_at = world.now
        world.join(part.queue, part.entry)
    return following


def _again(world: World, bought: SimulatedOrder) -> SimulatedOrder:
    """Return the order that a repurchase is: paid and completed at once."""
    root = world.orders[bought.root]
    root.repurchases += 1
    lines = [
        SimulatedLine(each.id, each.product, each.supply, each.paid, each.deducted, each.profit)
        for each in bought.lines
    ]
    order = SimulatedOrder(
        f"{root.id}-r{root.repurchases}",
        bought.member,
        bought.level,
        bought.channel,
        bought.store,
        world.now,
        lines,
    )
    order.root, order.completed_at = root.id, world.now
    order.referrer = world.member(bought.member or "").referrer
    order.max_share_bps = world.rules.max_share_bps
    world.orders[order.id] = order
    return order
