"""Levels and ranks by conditions: who rises when an order is completed (Rule 2.9)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.domain.money import sum_of
from rebate.domain.times import DAY, Instant
from rebate.simulation.state import SimulatedOrder
from rebate.simulation.world import World

_DEPTH = 2


def rise(world: World, order: SimulatedOrder) -> None:
    """Let the buyer of a completed order rise, and those above, as far as conditions hold."""
    own = world.rules.levels
    if not world.rules.has_levels or order.member is None:
        return
    above = tuple(_above(world, order.member)) if _counts_teams(own) else ()
    for depth, name in enumerate(above, 1):
        world.team_orders.setdefault(name, []).append((depth, order))
    for name in (order.member, *above):
        member = world.member(name)
        level = _reached(world, name, own.get("members", ()), "level", member.level)
        rank = _reached(world, name, own.get("ranks", ()), "rank", member.rank)
        if level != member.level:
            member.level, member.saved["level"] = level, world.now
        if rank != member.rank:
            member.rank, member.saved["rank"] = rank, world.now


def _counts_teams(own: Mapping[str, Any]) -> bool:
    """Tell whether what those below do counts anywhere."""
    steps = [*own.get("members", ()), *own.get("ranks", ())]
    return any("referred" in step or "team_spent" in step for step in steps)


def fall(world: World) -> None:
    """Let levels and ranks of the lists fall to what conditions still give, where that is set."""
    own = world.rules.levels
    if not own.get("fall"):
        return
    for name, member in world.members.items():
        member.level = _kept(world, name, own.get("members", ()), "level", member.level)
        member.rank = _kept(world, name, own.get("ranks", ()), "rank", member.rank)


def _kept(
    world: World, name: str, steps: list[Mapping[str, Any]], kind: str, now: str | None
) -> str | None:
    """Return the highest step up to the member's own whose conditions hold, or none."""
    names = [step[kind] for step in steps]
    if now not in names:
        return now
    for place in range(names.index(now), -1, -1):
        if _holds(world, name, steps[place]):
            return str(names[place])
    return None


def _reached(
    world: World, name: str, steps: list[Mapping[str, Any]], kind: str, now: str | None
) -> str | None:
    """Return the highest step whose conditions hold, if it is above where the member is."""
    names = [step[kind] for step in steps]
    here = names.index(now) if now in names else -1
    for place in range(len(steps) - 1, here, -1):
        if _holds(world, name, steps[place]):
            return str(names[place])
    return now


def _holds(world: World, name: str, step: Mapping[str, Any]) -> bool:
    days = step.get("days")
    since = Instant(world.now - days * DAY) if days is not None else Instant(0)
    if "spent" in step and _spent(world, name, since) < step["spent"]:
        return False
    if "orders" in step and len(_completed(world, name, since)) < step["orders"]:
        return False
    team = [(depth, each) for depth, each in _of_team(world, name, since) if each.paid]
    bought = {each.member for depth, each in team if depth == 1}
    if "referred" in step and len(bought) < step["referred"]:
        return False
    spent = sum_of(each.paid for _, each in team)
    return "team_spent" not in step or spent >= int(step["team_spent"])


def _of_team(world: World, name: str, since: Instant) -> Iterator[tuple[int, SimulatedOrder]]:
    """Yield the orders completed below a member, and how far below their buyers stood then."""
    for depth, order in world.team_orders.get(name, ()):
        if (order.completed_at or 0) >= since:
            yield depth, order


def _completed(world: World, name: str, since: Instant) -> list[SimulatedOrder]:
    """Return a member's completed orders that are not given back, from an instant on."""
    orders = world.member(name).completed
    return [each for each in orders if each.paid and (each.completed_at or 0) >= since]


def _spent(world: World, name: str, since: Instant) -> int:
    return sum(each.paid for each in _completed(world, name, since))


def _depth(world: World) -> int:
    return int(world.rules.plans["referral"].get("max_depth", _DEPTH))


def _above(world: World, name: str) -> Iterator[str]:
    above = world.member(name).referrer
    for _ in range(_depth(world)):
        if above is None:
            return
        yield above
        above = world.member(above).referrer
