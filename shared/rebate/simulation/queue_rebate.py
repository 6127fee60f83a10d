"""Queue rebate in the kernel: contributions, entries, refunds, clearings, draws (Rule 1)."""

from rebate.domain.draws import Group, drawn_ratio, takes_points
from rebate.domain.errors import Code
from rebate.domain.money import NOTHING, Amount, Bps, share
from rebate.simulation.endings import lower, turn_into
from rebate.simulation.gives import gives
from rebate.simulation.pricing import PLAN, price
from rebate.simulation.rules import SimulationRules
from rebate.simulation.state import (
    CLEARED,
    COMPLETED,
    CONVERTED,
    EXCHANGED,
    HELD,
    OPEN,
    WAITING,
    SimulatedEntry,
    SimulatedLine,
    SimulatedOrder,
    SimulatedQueue,
    Taking,
)
from rebate.simulation.world import World

_SHARED = {"stores": "store", "cashiers": "cashier"}
_ASSETS = {"points": "points_bps", "love": "love_bps", "voucher": "voucher_bps"}


def on_paid(world: World, order: SimulatedOrder) -> None:
    """Contributions settle, then entries join; self-funding: the reverse (Rules 0.7, 0.12)."""
    if PLAN not in world.rules.on:
        return
    price(world, order)
    switches = world.rules.switches
    if switches.self_funding:
        _join_all(world, order)
    if switches.on_payment:
        _settle_all(world, order)
    if not switches.self_funding:
        _join_all(world, order)


def on_completed(world: World, order: SimulatedOrder) -> None:
    """Held entries become payable first, then what is due settles, now or later."""
    for taking in order.takings:
        entry = taking.entry
        if entry is not None and entry.status == HELD:
            entry.status = WAITING
            taking.queue.ready_now(entry)
    if order.takings:
        world.settle_after(order, PLAN, lambda: _settle_all(world, order))


def _gives(order: SimulatedOrder, taking: Taking) -> Amount:
    if order.max_share_bps is None:
        return share(taking.line.paid, taking.extraction_bps)
    return gives(order, ("line", taking.index))


def _settle_all(world: World, order: SimulatedOrder) -> None:
    for taking in order.takings:
        if taking.gives and not taking.settled:
            _settle(world, order, taking)


def _settle(world: World, order: SimulatedOrder, taking: Taking) -> None:
    """Pay a contribution, and what the pool holds, along the line (Rules 0.8, 1.2.3, 1.6.4)."""
    queue, switches = taking.queue, world.rules.switches
    amount = _gives(order, taking)
    taking.settled, taking.given = True, amount
    world.contribute(PLAN, amount)
    if switches.paused:
        taking.retained = amount
        world.platform["retained"] += amount
        return
    passing = None if switches.self_funding else order
    gift = world.fill(queue, queue.pool + amount, passing, switches.hold_days)
    queue.pool = gift.withheld
    if switches.carries:
        queue.pool += gift.left
    elif gift.left:
        taking.retained = min(gift.left, amount)
        world.platform["retained"] += gift.left


def _join_all(world: World, order: SimulatedOrder) -> None:
    for taking in order.takings:
        entry = taking.entry
        if entry is not None:
            world.join(taking.queue, entry)
            if taking.makeup is not None:
                _return_at_random(world, taking.queue, entry, taking.makeup)


def _return_at_random(
    world: World, queue: SimulatedQueue, entry: SimulatedEntry, makeup: tuple[int, int]
) -> None:
    """Rule 1.6.2: an entry on a points place of its group is turned into points at once."""
    bps = world.rules.base.get("exchange", {}).get("points_bps")
    if bps is None:
        return
    group = queue.group or Group(*makeup)
    for_points = takes_points(group, world.luck(entry.name, entry.order.paid_at))
    left = Group(group.cash - (not for_points), group.points - for_points)
    queue.group = left if left.cash + left.points else None
    if for_points:
        turn_into(world, queue, entry, "points", bps, CONVERTED)


def on_refunded(world: World, order: SimulatedOrder, line: SimulatedLine) -> None:
    """Rule 1.6.5 for a line whose `paid` fell."""
    for taking in order.takings:
        due = min(taking.given, _gives(order, taking))
        if due < taking.given:
            taking.retained -= world.take_back(PLAN, taking.retained, taking.given - due)
            taking.given = due
        if taking.line is line and taking.entry is not None:
            lower(world, taking.queue, taking.entry, taking.entitlement())


def clear(world: World) -> None:
    """Rule 1.6.3: all that waits in the chosen queues of this plan is set to zero."""
    for queue in world.queues.values():
        if queue.plan == PLAN and is_cleared(world.rules, queue.id):
            _clear(world, queue)


def is_cleared(rules: SimulationRules, queue: str) -> bool:
    """Tell whether a queue of this plan is among those that a clearing ends."""
    chosen = rules.base.get("clearing", {}).get("queues", "all")
    kind = _SHARED.get(queue, queue.partition("/")[0])
    return chosen == "all" or queue in chosen or kind in chosen


def _clear(world: World, queue: SimulatedQueue) -> None:
    for entry in queue.entries[queue.closed_below :]:
        if entry.status in OPEN:
            outstanding = world.no_longer_owed(queue, entry)
            world.all.cleared += outstanding
            world.figures[PLAN].cleared += outstanding
            entry.status = CLEARED
    queue.closed_below = len(queue.entries)
    queue.ready.clear()


def reconsider_held(world: World) -> None:
    """Rule 1.4 (6): who is payable follows the reward order that is set now."""
    completed_first = world.rules.switches.completed_first
    for queue in world.queues.values():
        for entry in queue.entries if queue.plan == PLAN else ():
            if entry.status in OPEN:
                held = completed_first and entry.order.completed_at is None
                entry.status = HELD if held else WAITING
                if not held:
                    queue.ready_now(entry)


def exchange(world: World, queue_id: str, name: str, into: str) -> Code | None:
    """Turn what a waiting entry lacks into another asset; or return why not (Rule 1.6.1)."""
    found = _named(world, queue_id, name)
    if found is None:
        return Code.UNKNOWN_ENTRY
    queue, entry = found
    own = world.rules.base.get("exchange", {})
    if queue.plan != PLAN or _ASSETS[into] not in own:
        return Code.EXCHANGE_OFF
    if entry.status != WAITING:
        return Code.ENTRY_NOT_WAITING
    frozen = into == "love" and own.get("love_as", "available") == "frozen"
    turn_into(world, queue, entry, "love_frozen" if frozen else into, own[_ASSETS[into]], EXCHANGED)
    return None


def draw(world: World, queue_id: str, name: str) -> Code | None:
    """Let a drawn ratio replace an entry's, once; or return why not (Rule 1.3.3)."""
    found = _named(world, queue_id, name)
    if found is None:
        return Code.UNKNOWN_ENTRY
    queue, entry = found
    taking = next((t for t in entry.order.takings if t.entry is entry), None)
    if taking is None or taking.lottery is None:
        return Code.NO_LOTTERY
    if entry.drawn:
        return Code.ALREADY_DRAWN
    if entry.paid:
        return Code.ALREADY_PAID
    if entry.status not in OPEN:
        return Code.ENTRY_NOT_WAITING
    entry.drawn = True
    prize = drawn_ratio(taking.lottery, world.luck(name, world.now))
    if prize is not None:
        _promise_anew(world, queue, entry, taking, prize)
    return None


def _promise_anew(
    world: World, queue: SimulatedQueue, entry: SimulatedEntry, taking: Taking, ratio_bps: Bps
) -> None:
    taking.ratio_bps = ratio_bps
    most = world.rules.prize_max
    taking.highest = most if taking.highest is None else min(most, taking.highest)
    before, entry.entitlement = entry.entitlement or NOTHING, taking.entitlement()
    world.promise(queue, entry.entitlement - before)
    if not entry.entitlement:
        entry.status = COMPLETED


def _named(world: World, queue_id: str, name: str) -> tuple[SimulatedQueue, SimulatedEntry] | None:
    queue = world.queues.get(queue_id)
    if queue is None:
        return None
    entry = next((entry for entry in queue.entries if entry.name == name), None)
    return None if entry is None else (queue, entry)
