"""Union daily pool in the kernel: profits fill a pool, which pays quotas in turn (Rule 7)."""

from rebate.domain.money import NOTHING, Amount, Bps, share
from rebate.simulation.endings import lower
from rebate.simulation.gives import Profit, gives, profit
from rebate.simulation.state import SimulatedOrder
from rebate.simulation.whole_orders import join
from rebate.simulation.world import World

PLAN = "union"
_NEVER_LESS = Amount(2**62)


def on_paid(world: World, order: SimulatedOrder) -> None:
    """The profit's share is settled now or at completion; the entry joins now."""
    if PLAN not in world.rules.on:
        return
    own = world.rules.plans[PLAN]
    for line in order.lines:
        product = world.products.get(line.product) if line.product is not None else None
        margin = product.margin_bps if product else None
        line.margin_bps = own.get("default_margin_bps", 0) if margin is None else margin
    part = Profit(
        world.queue(PLAN, PLAN),
        _ratio(world, order, "profit_share_bps"),
        entitlement_bps=_ratio(world, order, "quota_bps"),
        net=bool(own.get("net_of_commissions", False)),
        acceleration_bps=own.get("referral_acceleration_bps", 0),
        profit=_NEVER_LESS,
    )
    order.plans[PLAN] = part
    profit(order, part)
    if world.rules.on_payment(PLAN):
        _settle(world, order, part)
    join(world, order, part, share(order.paid, part.entitlement_bps))


def on_completed(world: World, order: SimulatedOrder) -> None:
    """What was not settled at payment is, now or after the return window."""
    part: Profit | None = order.plans.get(PLAN)
    if part is not None and not part.settled:
        world.settle_after(order, PLAN, lambda: _settle(world, order, part))


def on_refunded(world: World, order: SimulatedOrder) -> None:
    """Rule 7a: the profit falls with what is left of the order."""
    part: Profit | None = order.plans.get(PLAN)
    if part is None:
        return
    profit(order, part)
    due = min(part.given, gives(order, PLAN))
    if due < part.given:
        part.retained -= world.take_back(PLAN, part.retained, part.given - due)
        part.given = due
    if part.entry is not None:
        lower(world, part.queue, part.entry, share(order.paid, part.entitlement_bps))


def run(world: World) -> None:
    """Rule 7.3: the pool to entries in order of purchase, each up to its quota."""
    queue = world.queue(PLAN, PLAN) if PLAN in world.queues else None
    if queue is None:
        return
    amount = queue.pool
    most = world.rules.plans[PLAN].get("payout_per_day")
    today = world.calendar.day(world.now)
    if most is not None:
        amount = min(amount, max(NOTHING, most - world.union_paid_on.get(today, NOTHING)))
    gift = world.fill(queue, amount, None)
    paid = amount - gift.left - gift.withheld
    queue.pool -= paid
    world.union_paid_on[today] = world.union_paid_on.get(today, NOTHING) + paid


def _settle(world: World, order: SimulatedOrder, part: Profit) -> None:
    """The referrer's oldest entry first, the rest to the pool (Rules 7.1 and 7.4)."""
    amount = gives(order, PLAN)
    part.settled, part.given = True, amount
    world.contribute(PLAN, amount)
    paid = NOTHING
    entry = part.queue.oldest_of(order.referrer, order) if part.acceleration_bps else None
    if entry is not None and entry.entitlement is not None:
        wanted = share(part.profit, part.acceleration_bps)
        due = min(wanted, amount, entry.entitlement - entry.paid)
        paid = world.pay(part.queue, entry, due)
    part.queue.pool += amount - paid


def _ratio(world: World, order: SimulatedOrder, name: str) -> Bps:
    """Rule 7.5: the store's own ratio, else the lines' mean by what was paid."""
    own = world.rules.plans[PLAN]
    everywhere = Bps(own.get(name, 0))
    of_store = (own.get("stores", {}).get(order.store or "") or {}).get(name)
    if of_store is not None:
        return Bps(of_store)
    products = own.get("products")
    if not products or not order.paid:
        return everywhere
    ratios = [(products.get(line.product or "") or {}).get(name) for line in order.lines]
    weighed = zip(order.lines, ratios, strict=True)
    return Bps(
        sum(line.paid * (everywhere if bps is None else bps) for line, bps in weighed) // order.paid
    )
