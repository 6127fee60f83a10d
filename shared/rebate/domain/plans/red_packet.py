"""Red packets by store (订单排队领红包): three shares of a store's concession (Rule 6)."""

from collections.abc import Mapping
from typing import Annotated

from rebate.domain.allocation import collect, fifo, to_buyer
from rebate.domain.clearings import Schedule
from rebate.domain.commands import PayPool
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.names import StoreId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.orders import whole_ticket
from rebate.domain.plans.plan_type import PlanType, Pricing, Run, whole
from rebate.domain.queue_names import QueueKind, QueueName
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire

KIND = QueueKind("red_packet", owned=True)


@stored_as("red_packet_terms", 2)
@dataclass(frozen=True, slots=True)
class RedPacketTerms:
    """The plan's settings; `shares_bps` are those of own purchase, queue and average reward.

    `by_member`: rewards are pending until the member collects them.
    """

    concessions_bps: Annotated[Mapping[StoreId, Bps], wire("concessions_bps", absent={})] = field(
        default_factory=dict
    )
    shares_bps: Annotated[tuple[Bps, Bps, Bps], wire("shares_bps", absent=[0, 0, 0])] = (
        ZERO_BPS,
        ZERO_BPS,
        ZERO_BPS,
    )
    entitlement_bps: Annotated[Bps, wire("entitlement_bps", absent=0)] = ZERO_BPS
    place_by: Annotated[Moment, wire("place_by", absent="completed")] = Moment.COMPLETED
    average_every: Annotated[str, wire("average_every", absent="day")] = "day"
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0
    by_member: Annotated[bool, wire("by_member", absent=False)] = False


def settlement(terms: RedPacketTerms) -> Plan:
    """Return the plan's choices: to the buyer at payment, along the line, and into the pool."""
    own = Part(to_buyer(), draws_pool=False, for_line=False, for_buyer=True)
    queue = Part(fifo(), due=terms.place_by, draws_pool=False)
    average = Part(collect(), due=terms.place_by, leftover=Leftover.CARRY, draws_pool=False)
    parts = (own, queue, average)
    return Plan(parts=parts, joins=terms.place_by, collected=terms.by_member)


def price(terms: RedPacketTerms, order: Order, _facts: PricingFacts) -> Pricing:
    """Return the ticket of an order of a store that takes part, online or at the desk."""
    if order.channel == "mall" or order.store is None or order.store not in terms.concessions_bps:
        return Pricing(order)
    ticket = whole_ticket(
        QueueName(PLAN, KIND, order.store).id,
        order,
        contribution_bps=terms.concessions_bps[order.store],
        entitlement_bps=terms.entitlement_bps,
        parts_bps=terms.shares_bps,
    )
    return whole(order, ticket)


def _average(_terms: RedPacketTerms, at: Instant) -> PayPool:
    """Return what splits a store's collected rewards over all who wait there (Rule 6.2)."""
    return PayPool(at, equally=True)


PLAN = PlanType(
    name="red_packet",
    kinds=(KIND,),
    terms=RedPacketTerms,
    price=price,
    settlement=settlement,
    late_part=2,
    runs=(Run("average", lambda terms: Schedule(terms.average_every), _average),),
    settle_after_days=lambda terms: terms.settle_after_days,
)
