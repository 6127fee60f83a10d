"""How entries promise less, or end otherwise than by being paid (Rules 1.6.1, 1.6.2 and 1.6.5)."""

from rebate.domain.money import NOTHING, Amount, Bps
from rebate.simulation.state import COMPLETED, OPEN, REFUNDED, SimulatedEntry, SimulatedQueue
from rebate.simulation.world import World

_ENDS_BY_REFUND = OPEN | {COMPLETED}


def lower(world: World, queue: SimulatedQueue, entry: SimulatedEntry, entitlement: Amount) -> None:
    """Let a refunded order's entry promise less (Rule 1.6.5)."""
    before = entry.entitlement or NOTHING
    assert entitlement <= before, f"a refund raises {entry.name}"
    excess = max(NOTHING, entry.paid - entitlement)
    for figures in (world.all, world.figures[queue.plan]):
        figures.promised += entitlement - before
        figures.paid_of_promised -= excess
        if entry.status in OPEN:
            figures.owed += entitlement - before + excess
    entry.entitlement = entitlement
    if excess:
        entry.paid = entitlement
        assert entry.member is not None, "a guest has no entry"
        world.claw_back(queue.plan, entry.member, entry.order, excess)
    if entry.status in _ENDS_BY_REFUND:
        if not entitlement:
            entry.status = REFUNDED
        elif entry.paid == entitlement:
            entry.status = COMPLETED
    elif entry.into:
        _give_back(world, entry)


def _give_back(world: World, entry: SimulatedEntry) -> None:
    """Take what exceeds the exchange of the new remainder, in the same asset."""
    assert entry.into is not None, f"{entry.name} was not exchanged"
    assert entry.entitlement is not None, f"{entry.name} counts rewards"
    assert entry.member is not None, "a guest has no entry"
    asset, bps, got = entry.into
    due = world.rules.points(entry.entitlement - entry.paid, bps)
    world.wallets.by_asset[asset][entry.member] -= got - due
    entry.into[2] = due


def turn_into(
    world: World, queue: SimulatedQueue, entry: SimulatedEntry, asset: str, bps: Bps, status: str
) -> None:
    """End an entry by turning what it lacks into another asset (Rules 1.6.1, 1.6.2)."""
    assert entry.member is not None, "a guest has no entry"
    amount = world.rules.points(world.no_longer_owed(queue, entry), bps)
    entry.into = [asset, bps, amount]
    entry.status = status
    world.wallets.by_asset[asset][entry.member] += amount
    if amount:
        world.all.got.add(entry.member)
        world.figures[queue.plan].got.add(entry.member)
