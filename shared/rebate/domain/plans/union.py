"""Union daily pool (工会排队): profits of the day pay quotas in order of purchase (Rule 7)."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Annotated
from zoneinfo import ZoneInfo

from rebate.domain.allocation import collect_accelerated
from rebate.domain.clearings import Schedule
from rebate.domain.commands import PayPool
from rebate.domain.money import ZERO_BPS, Amount, Bps
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.orders import paid_for, sources_of, whole_ticket
from rebate.domain.plans.plan_type import DailyPool, PlanType, Pricing, Run, whole
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant, day_of
from rebate.domain.wire import money, stored_as, wire

QUEUE = QueueId("union")


@stored_as("union_ratios")
@dataclass(frozen=True, slots=True)
class Ratios:
    """What goes to the pool, of the profit, and what may come back, of what was paid."""

    profit_share_bps: Annotated[Bps | None, wire("profit_share_bps", absent=None)] = None
    quota_bps: Annotated[Bps | None, wire("quota_bps", absent=None)] = None


_AS_THE_PLAN = Ratios()


@stored_as("union_terms", 2)
@dataclass(frozen=True, slots=True)
class UnionTerms:
    """The plan's settings; ratios in basis points; a product's or store's own where set.

    `run_at` is when the day's pool is paid (Rule 7.3), of it at most `payout_per_day`: a day of
    the shop's, in its `zone`, over all runs (Rule 7.5).
    `net_of_commissions`: the profit is what an order's commissions leave of it (Rule 7.1).
    """

    profit_share_bps: Annotated[Bps, wire("profit_share_bps", absent=0)] = ZERO_BPS
    quota_bps: Annotated[Bps, wire("quota_bps", absent=0)] = ZERO_BPS
    products: Annotated[Mapping[ProductId, Ratios], wire("products", absent={})] = field(
        default_factory=dict
    )
    stores: Annotated[Mapping[StoreId, Ratios], wire("stores", absent={})] = field(
        default_factory=dict
    )
    settle_on: Annotated[Moment, wire("settle_on", absent="completed")] = Moment.COMPLETED
    referral_acceleration_bps: Annotated[Bps, wire("referral_acceleration_bps", absent=0)] = (
        ZERO_BPS
    )
    run_at: Annotated[time, wire("run_at", absent="00:00:00")] = time()
    payout_per_day: Annotated[Amount | None, money("payout_per_day", absent=None)] = None
    net_of_commissions: Annotated[bool, wire("net_of_commissions", absent=False)] = False
    zone: Annotated[ZoneInfo | None, wire("zone", absent=None)] = None
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0


def settlement(terms: UnionTerms) -> Plan:
    """Return the plan's choices: all into the pool, but for the referrer's acceleration."""
    rule = collect_accelerated(terms.referral_acceleration_bps)
    part = Part(rule, due=terms.settle_on, leftover=Leftover.CARRY, draws_pool=False)
    return Plan(parts=(part,))


def price(terms: UnionTerms, order: Order, _facts: PricingFacts) -> Pricing:
    """Return the ticket of an order: it gives from its profit and gets from what was paid."""
    ticket = whole_ticket(
        QUEUE,
        order,
        contribution_bps=_ratio(
            terms, order, lambda own: own.profit_share_bps, terms.profit_share_bps
        ),
        entitlement_bps=_ratio(terms, order, lambda own: own.quota_bps, terms.quota_bps),
        sources=sources_of(order),
    )
    return whole(order, ticket)


def _ratio(
    terms: UnionTerms, order: Order, own: Callable[[Ratios], Bps | None], everywhere: Bps
) -> Bps:
    """Return the order's ratio: its store's, else its lines' mean by what was paid (Rule 7.5).

    The mean of products with ratios of their own is rounded down to a basis point.
    """
    of_store = own(terms.stores.get(order.store or StoreId(""), _AS_THE_PLAN))
    paid = paid_for(order)
    if of_store is not None or not paid:
        return everywhere if of_store is None else of_store
    of_lines = (
        own(terms.products.get(line.product or ProductId(""), _AS_THE_PLAN)) for line in order.lines
    )
    weighed = (
        line.paid * (everywhere if of_line is None else of_line)
        for line, of_line in zip(order.lines, of_lines, strict=True)
    )
    return Bps(sum(weighed) // paid)


def _pay_out(terms: UnionTerms, at: Instant) -> PayPool:
    """Return what pays the day's pool to entries in order of purchase (Rule 7.3)."""
    day = day_of(at, terms.zone).isoformat() if terms.zone else None
    return PayPool(at, equally=False, limit=terms.payout_per_day, day=day)


PLAN = PlanType(
    name="union",
    kinds=(QueueKind(QUEUE),),
    terms=UnionTerms,
    price=price,
    settlement=settlement,
    runs=(Run("union", lambda terms: Schedule(at=terms.run_at), _pay_out),),
    daily_pool=lambda terms: DailyPool(terms.profit_share_bps, terms.payout_per_day),
    settle_after_days=lambda terms: terms.settle_after_days,
    gives_of_profit=True,
    net_of_commissions=lambda terms: terms.net_of_commissions,
    serves_members=True,
)
