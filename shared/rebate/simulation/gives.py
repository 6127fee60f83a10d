"""What an order gives, in the order in which room is taken (Rules 2.6.1, 7.1 and 8.4).

All of it follows from what is left of the order, so a refund asks again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from rebate.domain.money import (
    NOTHING,
    WHOLE,
    ZERO_BPS,
    Amount,
    Bps,
    in_proportion,
    share,
    split,
    sum_of,
)
from rebate.simulation.state import SimulatedLine, SimulatedOrder, SimulatedPart

Slot: TypeAlias = str | tuple[str, int]
"""A plan's contribution, or `(line, index)`, `(reward, number)`; red packets have three parts."""


@dataclass(slots=True)
class Packet(SimulatedPart):
    """A store's order in the red packets: how its concession is split (Rule 6.1)."""

    shares_bps: tuple[Bps, Bps, Bps] = (ZERO_BPS, ZERO_BPS, ZERO_BPS)
    entitlement_bps: Bps = ZERO_BPS
    collected: bool = False
    own_given: Amount = NOTHING
    own_paid: Amount = NOTHING


@dataclass(slots=True)
class Profit(SimulatedPart):
    """A order in the union plan; `net`: less its commissions (Rule 7.1)."""

    entitlement_bps: Bps = ZERO_BPS
    net: bool = False
    acceleration_bps: Bps = ZERO_BPS
    profit: Amount = NOTHING


@dataclass(slots=True)
class SimulatedReward:
    """A commission: of the order, or of what its store concedes of it; `paid` so far."""

    member: str
    bps: Bps
    concession_bps: Bps | None = None
    paid: Amount = NOTHING


@dataclass(slots=True)
class Rewards:
    """The commissions of an order (Rule 2), and in which period its turnover was counted."""

    rewards: list[SimulatedReward]
    max_share_bps: Bps = WHOLE
    settled: bool = False
    period: int | None = None
    turnover: Amount = NOTHING


def gives(order: SimulatedOrder, slot: Slot) -> Amount:
    """Return what an order gives in a slot: what precedes it takes its share first (Rule 8.4)."""
    if order.max_share_bps is None:
        return next(amount for name, amount in _raw(order) if name == slot)
    left = share(order.paid, order.max_share_bps)
    for name, amount in _raw(order):
        granted = min(amount, left)
        if name == slot:
            return granted
        left -= granted
    raise AssertionError(f"order {order.id} has no {slot}")


def _raw(order: SimulatedOrder) -> Iterator[tuple[Slot, Amount]]:
    """Yield what each slot would give if nothing limited the order as a whole."""
    for taking in order.takings:
        gave = share(taking.line.paid, taking.extraction_bps) if taking.gives else NOTHING
        yield ("line", taking.index), gave
    for plan in ("order_queue", "alliance"):
        part: Any = order.plans.get(plan)
        if part is not None:
            yield plan, share(order.paid, part.bps)
    packet: Packet | None = order.plans.get("red_packet")
    parts = split(share(order.paid, packet.bps), packet.shares_bps) if packet else ()
    yield from zip(("own", "queue"), parts, strict=False)
    union: Profit | None = order.plans.get("union")
    if union is not None:
        yield "union", share(profit(order, union), union.bps)
    for number, amount in enumerate(commissions(order)):
        yield ("reward", number), amount
    if packet:
        yield "average", parts[2]


def profit(order: SimulatedOrder, union: Profit) -> Amount:
    """Return an order's profit, which no refund raises (Rules 7.1 and 7a)."""
    total = sum_of(_yields(line.profit, line) for line in order.lines)
    if union.net:
        total -= sum_of(commissions(order))
    union.profit = min(union.profit, max(NOTHING, total))
    return union.profit


def _yields(given: Amount | None, line: SimulatedLine) -> Amount:
    if given is None:
        return share(line.paid, line.margin_bps)
    return in_proportion(given, line.paid, line.first) if line.first else given


def commissions(order: SimulatedOrder) -> list[Amount]:
    """Return an order's commissions: granted in order until its share is used up (Rule 2.6.1)."""
    owed: Rewards | None = order.plans.get("referral")
    if owed is None:
        return []
    left = share(order.paid, owed.max_share_bps)
    granted = []
    for reward in owed.rewards:
        base = order.paid
        if reward.concession_bps is not None:
            base = share(base, reward.concession_bps)
        granted.append(min(share(base, reward.bps), left))
        left -= granted[-1]
    return granted
