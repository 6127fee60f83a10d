"""What plans of whole orders have in common: an order joins once, and gives once."""

from collections.abc import Callable

from rebate.domain.money import Amount
from rebate.simulation.state import WAITING, SimulatedEntry, SimulatedOrder, SimulatedPart
from rebate.simulation.world import World


def join(world: World, order: SimulatedOrder, part: SimulatedPart, promised: Amount) -> None:
    """Let an order wait for what it is promised, unless it does already, or is a guest's."""
    if promised and order.member is not None and part.entry is None:
        part.entry = SimulatedEntry(order.id, order, promised, WAITING)
        world.join(part.queue, part.entry)


def complete(
    world: World,
    order: SimulatedOrder,
    plan: str,
    settle_part: Callable[[], None],
    join_part: Callable[[], None],
) -> None:
    """Settle and join at completion; with a return window, join now and settle after it."""
    days = order.after_days.get(plan, 0)
    if not days:
        settle_part()
    join_part()
    if days:
        world.settle_after(order, plan, settle_part)
