"""Settings that give back more than is earned, or than the shop allows itself (rule 8.4)."""

from collections.abc import Iterator, Mapping

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import percent
from rebate.contracts.problems import Problem
from rebate.contracts.scalars import WHOLE_BPS
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans import all_plan_settings
from rebate.contracts.settings.plans.plan_settings import CHANNELS, Cost
from rebate.contracts.settings.risks import (
    HOLD_RISK,
    MARGIN_RISK,
    acknowledged,
    unacknowledged,
)
from rebate.domain.money import Bps, sum_of

Costs = Mapping[str, Bps]
"""Basis points of an order's paid amount, by the path of the setting that gives them."""


def guard_findings(settings: Settings, margin_bps: Bps | None) -> tuple[Problem, ...]:
    """Return one problem for each channel whose orders give back more than `margin_bps` of them.

    Counted is the money that all plans together give for one order at their highest ratios, and
    not points, love value or vouchers. A margin that is not known (None) refuses nothing, nor does
    a cost up to the one that `guards.acknowledged` accepts.
    """
    if margin_bps is None:
        return ()
    figure = highest_cost(settings, margin_bps)
    if figure <= margin_bps or acknowledged(settings, MARGIN_RISK, figure):
        return ()
    costs = {channel: costs_of(settings, channel, margin_bps) for channel in CHANNELS}
    return tuple(
        _finding(channel, cost, margin_bps, figure)
        for channel, cost in costs.items()
        if sum_of(cost.values()) > margin_bps
    )


def highest_cost(settings: Settings, margin_bps: Bps) -> Bps:
    """Return the most that an order of any channel may give back, in basis points."""
    return max(sum_of(costs_of(settings, channel, margin_bps).values()) for channel in CHANNELS)


def hold_findings(settings: Settings) -> Iterator[Problem]:
    """Yield a problem where rebates can be withdrawn before a refund could meet them (rule 3.6).

    Withdrawals are offered where any setting of theirs is written.
    """
    plan = settings.plan("queue_rebate")
    is_offered = any(name.startswith("withdraw") for name in settings.wallet.model_fields_set)
    if plan is None or not plan.enabled or plan.hold_days or not is_offered:
        return
    if not acknowledged(settings, HOLD_RISK, 0):
        message = "is 0, and rebates can be withdrawn before the order that earned them is refunded"
        yield unacknowledged("queue_rebate.hold_days", message, HOLD_RISK, 0)


def revenue_findings(settings: Settings) -> Iterator[Problem]:
    """Yield a problem for each channel whose orders may give back more than the shop's cap.

    `guards.max_share_of_revenue_bps` caps what all plans together give for an order at their
    highest ratios, so what they give in all never exceeds that share of the revenue. A profit is
    taken to be the default margin, or all of the price where none is set.
    """
    most = settings.guards.max_share_of_revenue_bps
    if most is None:
        return
    known = default_margin(settings)
    margin = WHOLE_BPS if known is None else known
    for channel in CHANNELS:
        costs = costs_of(settings, channel, margin)
        if sum_of(costs.values()) > most:
            given = _given(channel, costs)
            yield Problem("guards.max_share_of_revenue_bps", f"{given}, more than {percent(most)}")


def costs_of(settings: Settings, channel: Channel, margin_bps: Bps) -> Costs:
    """Return what each setting may give back of an order of the channel, at most.

    `margin_bps` is the order's profit, of which some plans give their share.
    """
    found: list[Cost] = []
    for described in all_plan_settings():
        plan = described.of(settings)
        if plan is not None and plan.enabled:
            found += described.costs(plan, channel, margin_bps)
    return {path: bps for path, bps in found if bps}


def default_margin(settings: Settings) -> Bps | None:
    """Return the margin, in basis points, of products of which none is known; None: not set."""
    given = ((each, each.of(settings)) for each in all_plan_settings())
    margins = (each.default_margin_bps(plan) for each, plan in given if plan)
    return max((margin for margin in margins if margin is not None), default=None)


def _finding(channel: str, costs: Costs, margin_bps: Bps, figure: Bps) -> Problem:
    message = f"{_given(channel, costs)}, more than its margin of {percent(margin_bps)}"
    path = max(costs, key=lambda path: costs[path])
    return unacknowledged(path, message, MARGIN_RISK, figure)


def _given(channel: str, costs: Costs) -> str:
    parts = " + ".join(f"{path} {percent(bps)}" for path, bps in costs.items())
    return f"an order by {channel} gives back up to {percent(sum_of(costs.values()))} ({parts})"
