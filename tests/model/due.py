"""Rule 1.6.5.1: what completion settles may be due some days after it, and is done by instant."""

from collections.abc import Callable
from datetime import timedelta

from . import entries
from .world import World


def after(world: World, order: dict, days: int, settle: Callable[[], None]) -> None:
    """Settle once the return window is over; at once, where it ended before it became known.

    Without a window what is known to be completed settles, even where it says a later instant.
    """
    at = order["completed_at"] + timedelta(days=days)
    if days == 0 or at <= world.now:
        settle()
    else:
        world.due.append({"at": at, "settle": settle})


def happen(world: World) -> None:
    """All that fell due by now, by instant, ties as they were put here."""
    now = world.now
    while True:
        ripe = [each for each in world.due if each["at"] <= now]
        if not ripe:
            break
        first = min(ripe, key=lambda each: each["at"])
        world.due.remove(first)
        world.now = world.settling = first["at"]
        entries.release(world)
        first["settle"]()
    world.now = world.settling = now
    entries.release(world)
