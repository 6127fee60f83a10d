"""Red packets in the kernel: a store's concession in three parts (Rule 6)."""

from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, equal_part, share
from rebate.simulation.endings import lower
from rebate.simulation.gives import Packet, gives
from rebate.simulation.state import WAITING, SimulatedOrder
from rebate.simulation.whole_orders import complete, join
from rebate.simulation.world import World

PLAN = "red_packet"


def on_paid(world: World, order: SimulatedOrder) -> None:
    """The own-purchase reward is paid at once, the rest is settled now or at completion."""
    own = world.rules.plans[PLAN]
    if PLAN not in world.rules.on or order.channel == "mall" or order.store is None:
        return
    if order.store not in own.get("stores", {}):
        return
    shares = own.get("shares_bps", {})
    packet = Packet(
        world.queue(f"{PLAN}/{order.store}", PLAN),
        _concession(world, order.store),
        shares_bps=(
            shares.get("own", ZERO_BPS),
            shares.get("queue", ZERO_BPS),
            shares.get("average", ZERO_BPS),
        ),
        entitlement_bps=own.get("entitlement_bps", ZERO_BPS),
        collected=own.get("collect") == "by_member",
    )
    order.plans[PLAN] = packet
    _reward_buyer(world, order, packet)
    if world.rules.on_payment(PLAN):
        _settle(world, order, packet)
        _join(world, order, packet)


def on_completed(world: World, order: SimulatedOrder) -> None:
    """Queue and average parts settle, and the entry joins (Rule 6.2)."""
    packet: Packet | None = order.plans.get(PLAN)
    if packet is None or packet.settled:
        return
    complete(
        world,
        order,
        PLAN,
        settle_part=lambda: _settle(world, order, packet),
        join_part=lambda: _join(world, order, packet),
    )


def on_refunded(world: World, order: SimulatedOrder) -> None:
    """Rules 7a and 1.6.5.1: the buyer gives back what the own-purchase reward is too much."""
    packet: Packet | None = order.plans.get(PLAN)
    if packet is None:
        return
    own = min(packet.own_given, gives(order, "own"))
    retained = packet.retained if order.member is None else NOTHING
    packet.retained -= world.take_back(PLAN, retained, packet.own_given - own)
    for figures in (world.all, world.figures[PLAN]):
        figures.for_line += packet.own_given - own
    packet.own_given = own
    if order.member is not None and packet.own_paid > own:
        world.claw_back(PLAN, order.member, order, packet.own_paid - own)
        packet.own_paid = own
    due = min(packet.given, gives(order, "queue") + gives(order, "average"))
    if due < packet.given:
        packet.retained -= world.take_back(PLAN, packet.retained, packet.given - due)
        packet.given = due
    if packet.entry is not None:
        lower(world, packet.queue, packet.entry, share(order.paid, packet.entitlement_bps))


def average(world: World) -> None:
    """Rule 6.2: each store's pool in equal parts to all who wait there; one pass."""
    collected = world.rules.plans[PLAN].get("collect") == "by_member"
    for queue_id in sorted(name for name, queue in world.queues.items() if queue.plan == PLAN):
        queue = world.queues[queue_id]
        receivers = [entry for entry in queue.entries if entry.status == WAITING]
        each = equal_part(queue.pool, len(receivers)) if receivers else NOTHING
        for entry in receivers if each else ():
            due = min(each, (entry.entitlement or NOTHING) - entry.paid)
            queue.pool -= world.pay(queue, entry, due, None if collected else 0)


def _concession(world: World, store: str) -> Bps:
    named = (world.rules.plans[PLAN]["stores"][store] or {}).get("concession_bps")
    if named is not None:
        return Bps(named)
    known = world.stores.get(store)
    return (known.concession_bps if known else None) or ZERO_BPS


def _reward_buyer(world: World, order: SimulatedOrder, packet: Packet) -> None:
    """Pay the own-purchase reward; what a cap cuts goes to the store's pool (Rule 8.4)."""
    amount = gives(order, "own")
    packet.own_given = amount
    world.contribute(PLAN, amount, for_line=False)
    if order.member is None:
        packet.retained = amount
        world.platform["retained"] += amount
        return
    packet.own_paid = world.room(amount)
    if packet.own_paid:
        _count_rebate(world, order.member, packet.own_paid)
    world.credit(order.member, order, packet.own_paid, None if packet.collected else 0)
    packet.queue.pool += amount - packet.own_paid


def _count_rebate(world: World, member: str, amount: Amount) -> None:
    for figures in (world.all, world.figures[PLAN]):
        figures.rebated += amount
        figures.got.add(member)


def _join(world: World, order: SimulatedOrder, packet: Packet) -> None:
    join(world, order, packet, share(order.paid, packet.entitlement_bps))


def _settle(world: World, order: SimulatedOrder, packet: Packet) -> None:
    """The queue part to the line; the average, and what a cap withholds, to the pool (8.4)."""
    queue = packet.queue
    part, collected = gives(order, "queue"), gives(order, "average")
    packet.settled, packet.given = True, part + collected
    world.contribute(PLAN, part + collected)
    gift = world.fill(queue, part, order, None if packet.collected else 0)
    packet.retained += gift.left
    world.platform["retained"] += gift.left
    queue.pool += gift.withheld + collected
