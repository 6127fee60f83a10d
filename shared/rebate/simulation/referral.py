"""Referral and team rewards in the kernel, and the dividend (Rule 2)."""

from collections.abc import Iterator

from rebate.domain.money import NOTHING, WHOLE, Amount, Bps, share, split_in_proportion
from rebate.simulation.gives import Rewards, SimulatedReward, commissions, gives
from rebate.simulation.rules import concession_of
from rebate.simulation.state import SimulatedOrder
from rebate.simulation.world import World

PLAN = "referral"


def prepare(world: World, order: SimulatedOrder) -> None:
    """Fix who gets which share of an order, when it is accepted (Rule 2.6.2)."""
    if PLAN not in world.rules.on:
        return
    own = world.rules.plans[PLAN]
    rewards = [*_of_upline(world, order), *_of_merchant(world, order)]
    owed = Rewards([each for each in rewards if each.bps], own.get("max_share_bps", WHOLE))
    order.plans[PLAN] = owed


def on_paid(world: World, order: SimulatedOrder) -> None:
    """Settle at payment, where the plan does."""
    owed: Rewards | None = order.plans.get(PLAN)
    if owed is not None and world.rules.on_payment(PLAN):
        _settle(world, order, owed)


def on_completed(world: World, order: SimulatedOrder) -> None:
    """Settle at completion, or after the return window."""
    owed: Rewards | None = order.plans.get(PLAN)
    if owed is not None and not owed.settled:
        world.settle_after(order, PLAN, lambda: _settle(world, order, owed))


def on_refunded(world: World, order: SimulatedOrder) -> None:
    """Rules 2.6 and 2.3.1: rewards fall in proportion, and the turnover with them."""
    owed: Rewards | None = order.plans.get(PLAN)
    if owed is None or not owed.settled:
        return
    for number, reward in enumerate(owed.rewards):
        due = min(reward.paid, _amount(order, number))
        if due < reward.paid:
            world.commission(reward.member, due - reward.paid)
            reward.paid = due
    turnover = world.turnover
    if owed.period == turnover.period or owed.period in turnover.counts:
        turnover.amount += order.paid - owed.turnover
        owed.turnover = order.paid


def dividend(world: World) -> None:
    """Close the period: share a part of its turnover among those of the rank (Rule 2.3.1)."""
    rules = world.rules.plans[PLAN].get("dividend") if PLAN in world.rules.on else None
    if not rules:
        return
    turnover = world.turnover
    holders = sorted(name for name, each in world.members.items() if each.rank == rules["rank"])
    if turnover.amount >= 0 and holders:
        _share_out(world, rules, holders)
    if turnover.amount < 0 or holders:
        turnover.counts.add(turnover.period)
    turnover.amount = min(NOTHING, turnover.amount)
    turnover.period += 1


def _share_out(world: World, rules: dict[str, object], holders: list[str]) -> None:
    weights = rules.get("weights", {}) if rules.get("split") == "weight" else {}
    assert isinstance(weights, dict), "valid settings have a table of weights"
    bps = rules["bps"]
    assert isinstance(bps, int), "valid settings have a whole ratio"
    shares = [int(weights.get(name, 1)) for name in holders]
    due = share(world.turnover.amount, Bps(bps))
    parts = split_in_proportion(due, shares) if sum(shares) else ()
    for name, part in zip(holders, parts, strict=False):
        world.commission(name, world.room(part))


def _settle(world: World, order: SimulatedOrder, owed: Rewards) -> None:
    owed.settled = True
    for number, reward in enumerate(owed.rewards):
        reward.paid = world.room(_amount(order, number))
        world.commission(reward.member, reward.paid)
    if world.rules.plans[PLAN].get("dividend"):
        owed.period, owed.turnover = world.turnover.period, order.paid
        world.turnover.amount += order.paid


def _amount(order: SimulatedOrder, number: int) -> Amount:
    if order.max_share_bps is None:
        return commissions(order)[number]
    return gives(order, ("reward", number))


def _of_upline(world: World, order: SimulatedOrder) -> Iterator[SimulatedReward]:
    """Yield direct and indirect, then level differences upward (Rules 2.1 and 2.2)."""
    own = world.rules.plans[PLAN]
    upline: list[str] = []
    above = order.referrer
    while above is not None and len(upline) < own.get("max_depth", 2):
        upline.append(above)
        above = world.member(above).referrer
    for member, name in zip(upline, ("direct_bps", "indirect_bps"), strict=False):
        yield SimulatedReward(member, own.get(name, 0))
    ranks = {each["rank"]: each["bps"] for each in own.get("ranks", ())}
    highest = 0
    for member in upline:
        bps = ranks.get(world.member(member).rank, 0)
        if bps > highest:
            yield SimulatedReward(member, bps - highest)
            highest = bps


def _of_merchant(world: World, order: SimulatedOrder) -> Iterator[SimulatedReward]:
    """Yield the reward of who brought the order's store in (Rule 2.4)."""
    own = world.rules.plans[PLAN]
    store = world.stores.get(order.store) if order.store is not None else None
    if order.channel == "mall" or store is None or store.referrer is None:
        return
    conceded = None
    if own.get("merchant_base", "concession") == "concession":
        conceded = concession_of(world.rules, order.store, store.concession_bps)
    agreed = store.merchant_bps
    ratio = own.get("merchant_bps", 0) if agreed is None else agreed
    yield SimulatedReward(store.referrer, ratio, conceded)
