"""Free-order alliance (排队免单之异业联盟): K heads at once (Rule 5)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from rebate.domain.allocation import fixed_shares
from rebate.domain.money import NOTHING, WHOLE, ZERO_BPS, Amount, Bps
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.orders import paid_for, whole_ticket
from rebate.domain.plans.plan_type import PlanType, Pricing, whole
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant, day_of
from rebate.domain.wire import money, stored_as, wire

QUEUE = QueueId("alliance")


@stored_as("alliance_terms", 3)
@dataclass(frozen=True, slots=True)
class AllianceTerms:
    """The plan's settings; `frequency` is (day, week or month; how often)."""

    zone: Annotated[ZoneInfo, wire("zone")]
    dividend_bps: Annotated[Bps, wire("dividend_bps", absent=0)] = ZERO_BPS
    heads_bps: Annotated[tuple[Bps, ...], wire("heads_bps", absent=[])] = ()
    free_bps: Annotated[Bps, wire("free_bps", absent=10000)] = WHOLE
    place_by: Annotated[Moment, wire("place_by", absent="completed")] = Moment.COMPLETED
    surplus: Annotated[Leftover, wire("surplus", absent="carry")] = Leftover.CARRY
    concessions_bps: Annotated[Mapping[StoreId, Bps], wire("concessions_bps", absent={})] = field(
        default_factory=dict
    )
    min_paid: Annotated[Amount, money("min_paid", absent=0)] = NOTHING
    max_paid: Annotated[Amount | None, money("max_paid", absent=None)] = None
    channels: Annotated[frozenset[str] | None, wire("channels", absent=None)] = None
    products: Annotated[frozenset[ProductId] | None, wire("products", absent=None)] = None
    frequency: Annotated[tuple[str, int] | None, wire("frequency", absent=None)] = None
    direct_acceleration_bps: Annotated[Bps, wire("direct_acceleration_bps", absent=0)] = ZERO_BPS
    repurchase_acceleration_bps: Annotated[Bps, wire("repurchase_acceleration_bps", absent=0)] = (
        ZERO_BPS
    )
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0


def settlement(terms: AllianceTerms) -> Plan:
    """Return the plan's choices: fixed shares over K heads, after acceleration."""
    rule = fixed_shares(
        terms.heads_bps,
        referrer_bps=terms.direct_acceleration_bps,
        buyer_bps=terms.repurchase_acceleration_bps,
    )
    return Plan(
        parts=(Part(rule, due=terms.place_by, leftover=terms.surplus),), joins=terms.place_by
    )


def price(terms: AllianceTerms, order: Order, facts: PricingFacts) -> Pricing:
    """Return the ticket of an order, or none if it does not take part (Rule 5.5)."""
    if not _admits(terms, order) or _too_often(terms, order, facts):
        return Pricing(order)
    contribution_bps = _concession(terms, order, facts)
    return whole(
        order,
        whole_ticket(
            QUEUE, order, contribution_bps=contribution_bps, entitlement_bps=terms.free_bps
        ),
    )


def _concession(terms: AllianceTerms, order: Order, facts: PricingFacts) -> Bps:
    """A merchant's own ratio where it has one: this plan's, else the store's (Rule 5.2)."""
    if order.store is None or order.channel == "mall":
        return terms.dividend_bps
    own = terms.concessions_bps.get(order.store, facts.concession_bps)
    return terms.dividend_bps if own is None else own


def _admits(terms: AllianceTerms, order: Order) -> bool:
    paid = paid_for(order)
    within = terms.min_paid <= paid and (terms.max_paid is None or paid <= terms.max_paid)
    channel = terms.channels is None or order.channel in terms.channels
    products = terms.products is None or all(line.product in terms.products for line in order.lines)
    return within and channel and products


def _too_often(terms: AllianceTerms, order: Order, facts: PricingFacts) -> bool:
    if terms.frequency is None or order.member is None:
        return False
    period, times = terms.frequency
    now = _period(period, day_of(order.paid_at or Instant(0), terms.zone))
    mine = facts.tickets(QUEUE)
    before = [_period(period, day_of(ticket.paid_at, terms.zone)) for ticket in mine]
    return before.count(now) >= times


def _period(period: str, day: date) -> date:
    """Return the first day of the day's week or month, or the day itself."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


PLAN = PlanType(
    name="alliance",
    kinds=(QueueKind(QUEUE),),
    terms=AllianceTerms,
    price=price,
    settlement=settlement,
    settle_after_days=lambda terms: terms.settle_after_days,
    serves_members=True,
)
