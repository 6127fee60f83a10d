"""Free-order alliance in the kernel: K heads served at once, after accelerations (Rule 5)."""

from dataclasses import dataclass
from datetime import date, timedelta

from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, share, split
from rebate.simulation.endings import lower
from rebate.simulation.gives import gives
from rebate.simulation.state import SimulatedOrder, SimulatedPart
from rebate.simulation.whole_orders import complete, join
from rebate.simulation.world import World

PLAN = "alliance"
_COUNTED = ("alliance",)
_CHANNELS = ("mall", "store", "cashier")


@dataclass(slots=True)
class Place(SimulatedPart):
    """An order's part in the alliance: its free amount and accelerations, fixed at payment."""

    free_bps: Bps = ZERO_BPS
    direct_bps: Bps = ZERO_BPS
    again_bps: Bps = ZERO_BPS


def on_paid(world: World, order: SimulatedOrder) -> None:
    """Whether an order takes part is decided now; it gives and joins now or at completion."""
    if PLAN not in world.rules.on or not _takes_part(world, order):
        return
    own = world.rules.plans[PLAN]
    place = Place(
        world.queue(PLAN, PLAN),
        _concession(world, order),
        free_bps=own.get("free_bps", 10_000),
        direct_bps=own.get("direct_acceleration_bps", 0),
        again_bps=own.get("repurchase_acceleration_bps", 0),
    )
    order.plans[PLAN] = place
    if order.member is not None and (world.changes or own.get("frequency")):
        counted = world.counted.setdefault((order.member, _COUNTED), [])
        counted.append(world.calendar.day(order.paid_at))
    if world.rules.on_payment(PLAN):
        _settle(world, order, place)
        _join(world, order, place)


def on_completed(world: World, order: SimulatedOrder) -> None:
    """Contribution and joining both happen now, or the contribution after the return window."""
    place: Place | None = order.plans.get(PLAN)
    if place is None or place.settled:
        return
    complete(
        world,
        order,
        PLAN,
        settle_part=lambda: _settle(world, order, place),
        join_part=lambda: _join(world, order, place),
    )


def on_refunded(world: World, order: SimulatedOrder) -> None:
    """Rule 7a."""
    place: Place | None = order.plans.get(PLAN)
    if place is None:
        return
    due = min(place.given, gives(order, PLAN))
    if due < place.given:
        place.retained -= world.take_back(PLAN, place.retained, place.given - due)
        place.given = due
    if place.entry is not None:
        lower(world, place.queue, place.entry, share(order.paid, place.free_bps))


def _takes_part(world: World, order: SimulatedOrder) -> bool:
    """Rule 5.5: amounts, channels, products and how often."""
    own = world.rules.plans[PLAN]
    if order.paid < own.get("min_paid", 0) or order.paid > own.get("max_paid", order.paid):
        return False
    if order.channel not in own.get("channels", _CHANNELS):
        return False
    chosen = own.get("products")
    if chosen is not None and any(line.product not in chosen for line in order.lines):
        return False
    frequency = own.get("frequency")
    if not frequency or order.member is None:
        return True
    today = _period(world.calendar.day(order.paid_at), frequency["per"])
    days = world.counted.get((order.member, _COUNTED), ())
    before = sum(1 for day in days if _period(day, frequency["per"]) == today)
    return before < int(frequency["times"])


def _period(day: date, per: str) -> date:
    if per == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per == "month" else day


def _concession(world: World, order: SimulatedOrder) -> Bps:
    """Rule 5.5: a merchant's own ratio, this plan's, else the store's; the platform's else."""
    own = world.rules.plans[PLAN]
    if order.store is not None and order.channel != "mall":
        named = (own.get("merchants", {}).get(order.store) or {}).get("concession_bps")
        store = world.stores.get(order.store)
        ratio = named if named is not None else (store.concession_bps if store else None)
        if ratio is not None:
            return Bps(ratio)
    return Bps(own.get("dividend_bps", 0))


def _join(world: World, order: SimulatedOrder, place: Place) -> None:
    join(world, order, place, share(order.paid, place.free_bps))


def _settle(world: World, order: SimulatedOrder, place: Place) -> None:
    """Accelerate, then split what is left and the pool once over all heads (Rules 5.2, 5.3)."""
    queue, own = place.queue, world.rules.plans[PLAN]
    amount = gives(order, PLAN)
    place.settled, place.given = True, amount
    world.contribute(PLAN, amount)
    left, withheld = _accelerate(world, order, place, amount)
    surplus = left + queue.pool
    parts = split(surplus, own.get("heads_bps", ()))
    for part, head in zip(parts, queue.payable(order), strict=False):
        due = min(part, (head.entitlement or NOTHING) - head.paid)
        withheld += due - world.pay(queue, head, due)
        surplus -= due
    queue.pool = withheld
    if own.get("surplus", "carry") == "carry":
        queue.pool += surplus
        return
    place.retained = min(surplus, amount)
    world.platform["retained"] += surplus


def _accelerate(
    world: World, order: SimulatedOrder, place: Place, amount: Amount
) -> tuple[Amount, Amount]:
    """Rule 5.6: direct, then repurchase; return what is left, and what a cap withheld."""
    left, withheld = amount, NOTHING
    for member, bps in ((order.referrer, place.direct_bps), (order.member, place.again_bps)):
        entry = place.queue.oldest_of(member, order) if bps else None
        if entry is None or entry.entitlement is None:
            continue
        due = min(share(order.paid, bps), left, entry.entitlement - entry.paid)
        withheld += due - world.pay(place.queue, entry, due)
        left -= due
    return left, withheld
