"""The kernel: events, one after another, and what they come to (contracts, section 4)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from rebate.domain.errors import Code
from rebate.domain.money import NOTHING, Amount, split_in_proportion, sum_of
from rebate.domain.times import Instant
from rebate.simulation import (
    alliance,
    catalog,
    levels,
    order_queue,
    queue_rebate,
    red_packet,
    referral,
    union,
)
from rebate.simulation.rules import PLANS, SimulationRules
from rebate.simulation.state import SimulatedLine, SimulatedOrder
from rebate.simulation.world import World

RUNS: Mapping[str, Callable[[World], None]] = {
    "clear": queue_rebate.clear,
    "average": red_packet.average,
    "union": union.run,
    "dividend": referral.dividend,
    "levels": levels.fall,
}
"""What a schedule may start (Rules 1.6.3, 6.2, 7.3, 2.3.1, 2.9)."""

_SAVED: Mapping[str, Callable[[World, Mapping[str, Any], Instant], Code | None]] = {
    "MemberSaved": catalog.save_member,
    "ProductSaved": catalog.save_product,
    "StoreSaved": catalog.save_store,
}


class Kernel:
    """Plays what happened; each thing is settled before the next (Rule 0.11)."""

    def __init__(
        self, rules: SimulationRules, seed_of: Callable[[date], bytes], *, changes: bool = False
    ) -> None:
        self.world = World(rules, seed_of, changes=changes)
        self.dropped: list[tuple[str, str]] = []
        """Refunds (order, id) that came before their order and turned out not to fit it."""
        self._early: dict[str, list[tuple[Instant, Mapping[str, Any] | None]]] = {}
        self._completed: dict[str, Instant] = {}
        self._refunds: dict[tuple[str, str], object] = {}

    def save(self, kind: str, detail: Mapping[str, Any], at: Instant) -> Code | None:
        """Keep what a catalog event says; refuse who was bound to somebody else (Rule 2.5.1)."""
        return _SAVED[kind](self.world, detail, at)

    def pay(self, order: SimulatedOrder) -> None:
        """Accept a paid order; what was known of it before follows by its instants."""
        world = self.world
        world.enter(order.paid_at)
        world.orders[order.id] = order
        self._price(order)
        for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
            plan.on_paid(world, order)
        self._count(order)
        for at, refund in sorted(self._early.pop(order.id, ()), key=lambda kept: kept[0]):
            if refund is None:
                self._complete(order, at)
            elif (amounts := amounts_of(order, refund)) is not None:
                self._refund(order, amounts, at)
            else:
                self.dropped.append((order.id, refund["refund_id"]))
                del self._refunds[order.id, refund["refund_id"]]

    def _price(self, order: SimulatedOrder) -> None:
        """Fix what holds of an order from its acceptance on (Rules 0.15 and 2.6.2)."""
        world, rules = self.world, self.world.rules
        if order.member is not None:
            order.referrer = world.member(order.member).referrer
        order.max_share_bps = rules.max_share_bps
        if rules.settles_late:
            order.after_days = {plan: rules.after_days(plan) for plan in PLANS}
        referral.prepare(world, order)

    def _count(self, order: SimulatedOrder) -> None:
        world = self.world
        plans = list(order.plans)
        if order.takings:
            plans.append("queue_rebate")
        for figures in (world.all, *(world.figures[plan] for plan in plans)):
            figures.orders += 1
            figures.sales += order.paid
            if order.member is not None:
                figures.members.add(order.member)

    def complete(self, order_id: str, at: Instant) -> Code | None:
        """Complete an order, or keep that until it is paid; a repetition changes nothing."""
        order = self.world.orders.get(order_id)
        known = self._completed.get(order_id)
        if order is not None and order.root != order.id:
            known = order.completed_at
        if known is not None:
            return None if known == at else Code.CONFLICTING_EVENT
        self._completed[order_id] = at
        if order is None:
            self._early.setdefault(order_id, []).append((at, None))
        else:
            self._complete(order, at)
        return None

    def _complete(self, order: SimulatedOrder, at: Instant) -> None:
        world = self.world
        world.enter(at)
        order.completed_at = at
        for lot in world.wallets.lots_of_order.pop(order.id, ()):
            if lot.days is not None:
                world.wallets.fall_due(lot, world.due_after(order, lot.days))
        for plan in (queue_rebate, order_queue, alliance, red_packet, union, referral):
            plan.on_completed(world, order)
        if order.member is not None:
            world.member(order.member).completed.append(order)
            levels.rise(world, order)
        world.wallets.release(world.known_until)

    def refund(self, detail: Mapping[str, Any], at: Instant) -> Code | None:
        """Refund an order, or keep that until it is paid; refuse what does not fit (1.6.6)."""
        name = (detail["order_id"], detail["refund_id"])
        content = (at, detail.get("amount"), _lines_said(detail))
        if name in self._refunds:
            return None if self._refunds[name] == content else Code.CONFLICTING_EVENT
        order = self.world.orders.get(name[0])
        if order is None:
            self._early.setdefault(name[0], []).append((at, detail))
        else:
            amounts = amounts_of(order, detail)
            if amounts is None:
                return Code.REFUND_EXCEEDS_PAID
            self._refund(order, amounts, at)
        self._refunds[name] = content
        return None

    def _refund(self, order: SimulatedOrder, amounts: Mapping[str, Amount], at: Instant) -> None:
        world, before = self.world, order.paid
        world.enter(at)
        order.paid -= sum_of(amounts.values())
        for line in order.lines:
            if amounts.get(line.id):
                line.paid -= amounts[line.id]
                queue_rebate.on_refunded(world, order, line)
        for plan in (order_queue, alliance, red_packet, union, referral):
            plan.on_refunded(world, order)
        plans = [*order.plans, *(["queue_rebate"] if order.takings else [])]
        if order.root == order.id:
            for figures in (world.all, *(world.figures[plan] for plan in plans)):
                figures.sales += order.paid - before

    def run(self, name: str, at: Instant) -> None:
        """Carry out what a schedule starts at an instant."""
        self.world.arrive(at)
        RUNS[name](self.world)

    def change(self, rules: SimulationRules) -> None:
        """Put other settings in force."""
        self.world.rules = rules
        self.world.calendar.zone = rules.zone
        queue_rebate.reconsider_held(self.world)

    def never_paid(self) -> list[str]:
        """Return the orders of which something was told and that were never paid."""
        return sorted(self._early)


def amounts_of(order: SimulatedOrder, detail: Mapping[str, Any]) -> dict[str, Amount] | None:
    """Return what of each line goes back, or None if the refund does not fit (Rule 1.6.6)."""
    left = {line.id: line.paid for line in order.lines}
    lines = detail.get("lines") or ()
    if not lines and detail.get("amount") is not None:
        if detail["amount"] > order.paid:
            return None
        parts = split_in_proportion(detail["amount"], list(left.values())) if order.paid else ()
        return dict(zip(left, parts, strict=False))
    amounts: dict[str, Amount] = {}
    for line in lines:
        if line["amount"]:
            amounts[line["line_id"]] = amounts.get(line["line_id"], NOTHING) + line["amount"]
    fits = all(amount <= left.get(name, -1) for name, amount in amounts.items())
    return amounts if fits else None


def _lines_said(detail: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple((line["line_id"], line["amount"]) for line in detail.get("lines") or ())


def order_of(world: World, detail: Mapping[str, Any], paid_at: Instant) -> SimulatedOrder:
    """Return the order that an OrderPaid tells of; its level, unless said, is as last saved."""
    buyer = detail.get("member")
    member = level = None
    if buyer:
        member = buyer["id"]
        level = buyer["level"] if "level" in buyer else world.member(member).level
    channel = detail["channel"]
    supply = "self" if channel == "mall" else "store"
    lines = [
        SimulatedLine(
            line["line_id"],
            line.get("product_id"),
            line.get("supply") or supply,
            line["paid"],
            line.get("deducted") or NOTHING,
            line.get("profit"),
        )
        for line in detail["lines"]
    ]
    store = detail.get("store_id")
    return SimulatedOrder(detail["order_id"], member, level, channel, store, paid_at, lines)
