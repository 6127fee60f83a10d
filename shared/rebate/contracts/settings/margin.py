"""Settings that give back more than is earned, or than the shop allows itself (rule 8.4)."""

from collections.abc import Iterator, Mapping

from rebate.contracts.figures import percent
from rebate.contracts.problems import NEEDS_ACKNOWLEDGEMENT, Problem, join_paths
from rebate.contracts.scalars import WHOLE_BPS
from rebate.contracts.settings.checks import MARGIN_RISK, acknowledged
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.queue_rebate import QueueRebate
from rebate.contracts.settings.scopes import Scope

Costs = Mapping[str, int]
"""Basis points of an order's paid amount, by the path of the setting that gives them."""

CHANNELS = ("mall", "store", "cashier")


def guard_findings(settings: Settings, margin_bps: int | None) -> tuple[Problem, ...]:
    """Return one problem for each channel whose orders give back more than `margin_bps` of them.

    Counted is the money that all plans together give for one order at their highest ratios, and
    not points, love value or vouchers. A margin that is not known (None) refuses nothing, nor does
    anything that `guards.acknowledged` accepts. The problems' code is `needs_acknowledgement`.
    """
    if margin_bps is None or acknowledged(settings, MARGIN_RISK):
        return ()
    costs = {channel: costs_of(settings, channel, margin_bps) for channel in CHANNELS}
    return tuple(
        _finding(channel, cost, margin_bps)
        for channel, cost in costs.items()
        if sum(cost.values()) > margin_bps
    )


def revenue_findings(settings: Settings) -> Iterator[Problem]:
    """Yield a problem for each channel whose orders may give back more than the shop's cap.

    `guards.max_share_of_revenue_bps` caps what all plans together give for an order at their
    highest ratios, so what they give in all never exceeds that share of the revenue. A profit is
    taken to be the default margin, or all of the price where none is set.
    """
    most = settings.guards.max_share_of_revenue_bps
    if most is None:
        return
    margin = settings.union.default_margin_bps if settings.union else 0
    for channel in CHANNELS:
        costs = costs_of(settings, channel, margin or WHOLE_BPS)
        if sum(costs.values()) > most:
            given = _given(channel, costs)
            yield Problem("guards.max_share_of_revenue_bps", f"{given}, more than {percent(most)}")


def costs_of(settings: Settings, channel: str, margin_bps: int) -> Costs:
    """Return what each setting may give back of an order of the channel, at most.

    `margin_bps` is the order's profit, of which the union plan gives its share.
    """
    found = [
        *_queue_rebate(settings, channel),
        *_order_queue(settings),
        *_alliance(settings, channel),
        *_red_packet(settings, channel),
        *_union(settings, margin_bps),
        *_referral(settings),
    ]
    return {path: bps for path, bps in found if bps}


def _finding(channel: str, costs: Costs, margin_bps: int) -> Problem:
    return Problem(
        max(costs, key=lambda path: costs[path]),
        f"{_given(channel, costs)}, more than its margin of {percent(margin_bps)}, "
        f'so guards.acknowledged must hold "{MARGIN_RISK}"',
        code=NEEDS_ACKNOWLEDGEMENT,
    )


def _given(channel: str, costs: Costs) -> str:
    parts = " + ".join(f"{path} {percent(bps)}" for path, bps in costs.items())
    return f"an order by {channel} gives back up to {percent(sum(costs.values()))} ({parts})"


def _queue_rebate(settings: Settings, channel: str) -> Iterator[tuple[str, int]]:
    plan = settings.queue_rebate
    if plan is None or not plan.enabled:
        return
    ratios = {"queue_rebate.extraction_bps": plan.extraction_bps or 0}
    for path, scope in _scopes(plan, channel):
        if scope.extraction_bps is not None and scope.part in (None, "both", "funds_only"):
            ratios[join_paths(path, "extraction_bps")] = scope.extraction_bps
    highest = max(ratios, key=lambda path: ratios[path])
    yield highest, ratios[highest]


def _scopes(plan: QueueRebate, channel: str) -> Iterator[tuple[str, Scope]]:
    """Yield the scopes by which the ratios of the channel's lines may be set."""
    if channel == "mall":
        yield from _named("queue_rebate.products", plan.products)
    elif channel == "cashier":
        yield from _named("queue_rebate.cashier_settings", plan.cashier_settings)
    else:
        yield from _named("queue_rebate.store_settings", plan.store_settings)
        for name, store in plan.store_settings.items():
            path = join_paths("queue_rebate.store_settings", name)
            yield from _named(join_paths(path, "products"), store.products)


def _named(path: str, scopes: Mapping[str, Scope]) -> Iterator[tuple[str, Scope]]:
    for name, scope in scopes.items():
        yield join_paths(path, name), scope


def _order_queue(settings: Settings) -> Iterator[tuple[str, int]]:
    plan = settings.order_queue
    if plan is not None and plan.enabled:
        yield "order_queue.reward_bps", plan.reward_bps or 0


def _alliance(settings: Settings, channel: str) -> Iterator[tuple[str, int]]:
    plan = settings.alliance
    if plan is None or not plan.enabled or channel not in (plan.channels or CHANNELS):
        return
    ratios = {"alliance.dividend_bps": plan.dividend_bps or 0}
    if channel != "mall":
        for store, terms in plan.merchants.items():
            ratios[f"alliance.merchants.{store}.concession_bps"] = terms.concession_bps or 0
    highest = max(ratios, key=lambda path: ratios[path])
    yield highest, ratios[highest]


def _red_packet(settings: Settings, channel: str) -> Iterator[tuple[str, int]]:
    plan = settings.red_packet
    if plan is None or not plan.enabled or not plan.stores or channel == "mall":
        return
    store, terms = max(plan.stores.items(), key=lambda item: item[1].concession_bps)
    yield f"red_packet.stores.{store}.concession_bps", terms.concession_bps


def _union(settings: Settings, margin_bps: int) -> Iterator[tuple[str, int]]:
    plan = settings.union
    if plan is None or not plan.enabled:
        return
    ratios = {"union.profit_share_bps": plan.profit_share_bps or 0}
    for kind, scopes in (("products", plan.products), ("stores", plan.stores)):
        for name, scope in scopes.items():
            path = join_paths(f"union.{kind}", name)
            ratios[join_paths(path, "profit_share_bps")] = scope.profit_share_bps or 0
    highest = max(ratios, key=lambda path: ratios[path])
    yield highest, margin_bps * ratios[highest] // WHOLE_BPS


def _referral(settings: Settings) -> Iterator[tuple[str, int]]:
    plan = settings.referral
    if plan is None or not plan.enabled:
        return
    yield "referral.direct_bps", plan.direct_bps
    yield "referral.indirect_bps", plan.indirect_bps if plan.max_depth > 1 else 0
    yield "referral.ranks", max((rank.bps for rank in plan.ranks), default=0)
    yield "referral.dividend.bps", plan.dividend.bps if plan.dividend is not None else 0
    yield "referral.merchant_bps", plan.merchant_bps if plan.merchant_base == "turnover" else 0
