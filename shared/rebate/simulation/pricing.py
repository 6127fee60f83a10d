"""What a line gives and gets in the base plan, decided when its order is accepted (Rule 1.2)."""

from collections.abc import Iterator

from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, sum_of
from rebate.domain.times import Instant
from rebate.domain.windows import inside
from rebate.simulation.scopes import Chain
from rebate.simulation.state import (
    HELD,
    WAITING,
    SimulatedEntry,
    SimulatedLine,
    SimulatedOrder,
    Taking,
)
from rebate.simulation.world import World

PLAN = "queue_rebate"


def price(world: World, order: SimulatedOrder) -> None:
    """Let each line of an order take its part, earlier lines counting against limits."""
    rules = world.rules
    status = HELD if rules.switches.completed_first else WAITING
    for index, line in enumerate(order.lines):
        chain = rules.chain(order.channel, order.store, line.product)
        taking = _taking(world, order, line, index, chain)
        if taking is None:
            continue
        order.takings.append(taking)
        amount = taking.entitlement()
        if taking.earns and amount and _earns_entry(world, order, line, chain):
            taking.entry = SimulatedEntry(f"{order.id}/{line.id}", order, amount, status)
            _count(world, order, chain)


def _taking(
    world: World, order: SimulatedOrder, line: SimulatedLine, index: int, chain: Chain
) -> Taking | None:
    gives, earns = chain.gives, chain.earns
    if chain.by_catalog and line.product is not None:
        product = world.products.get(line.product)
        if product is not None and not product.takes_part:
            return None
    if not gives and not earns:
        return None
    taking = Taking(line, index, world.queue(chain.queue, PLAN))
    taking.gives = gives and not _is_stalled(world, order, line, chain)
    taking.earns = earns and order.member is not None
    taking.extraction_bps = chain.extraction_bps if gives else ZERO_BPS
    taking.highest = chain.highest
    if chain.is_plain:
        taking.ratio_bps = chain.fixed_bps
    else:
        taking.ratio_bps, by_lottery = _ratio(world, order, chain)
        taking.lottery = chain.lottery if by_lottery else None
        taking.makeup = chain.makeup
    return taking


def _is_stalled(world: World, order: SimulatedOrder, line: SimulatedLine, chain: Chain) -> bool:
    """Rule 1.5.5: the own queue of a product that went off sale gets no more contributions."""
    if line.product is None or not chain.queue.startswith("product/"):
        return False
    product = world.products.get(line.product)
    return product is not None and not product.on_sale and order.paid_at >= product.changed_at


def _ratio(world: World, order: SimulatedOrder, chain: Chain) -> tuple[Bps, bool]:
    """Return the ratio by the precedence of Rule 1.3, and whether the lottery decided it."""
    level = order.level
    if level is not None and level in chain.by_level:
        return chain.by_level[level], False
    for tiers in chain.tiers:
        reached = [bps for span, least, bps in tiers if _spent(world, order, span) >= least]
        if reached:
            return max(reached), False
    return chain.fixed_bps, chain.lottery is not None


def _spent(world: World, order: SimulatedOrder, span: int) -> Amount:
    """Rule 1.3.2: what the buyer's orders come to that completed within `span` before this one."""
    if order.member is None:
        return NOTHING
    earliest = order.paid_at - span
    return sum_of(
        amount
        for other in world.member(order.member).completed
        if earliest <= (other.completed_at or Instant(0)) <= order.paid_at
        for amount in _counted(order, other)
    )


def _counted(order: SimulatedOrder, other: SimulatedOrder) -> Iterator[Amount]:
    if order.channel == "mall":
        if other.channel == "mall":
            yield from (line.paid for line in other.lines if line.supply != "aggregated")
    elif other.channel != "mall" and other.store == order.store:
        yield other.paid


def _earns_entry(world: World, order: SimulatedOrder, line: SimulatedLine, chain: Chain) -> bool:
    """Rules 1.4 (4), 1.2.7, 1.5.3 and 1.5.4."""
    if line.paid < chain.min_paid:
        return False
    contribute_only = world.rules.base.get("deducted_orders") == "contribute_only"
    if contribute_only and any(each.deducted for each in order.lines):
        return False
    zone = world.rules.zone
    if not all(inside(windows, order.paid_at, zone) for windows in chain.windows):
        return False
    return not any(_is_full(world, order, *limit) for limit in chain.limits)


def _is_full(
    world: World,
    order: SimulatedOrder,
    key: tuple[str | None, ...],
    per_day: int | None,
    total: int | None,
) -> bool:
    days = world.counted.get((order.member or "", key), [])
    today = world.calendar.day(order.paid_at)
    if per_day is not None and days.count(today) >= per_day:
        return True
    return total is not None and len(days) >= total


def _count(world: World, order: SimulatedOrder, chain: Chain) -> None:
    """Count an entry under each of its scopes, whether or not that has a limit now."""
    if not world.counts_entries:
        return
    today = world.calendar.day(order.paid_at)
    for key in chain.keys:
        world.counted.setdefault((order.member or "", key), []).append(today)
