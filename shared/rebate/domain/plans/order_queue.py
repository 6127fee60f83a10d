"""Order queue (订单排队): one line, N rewards, then out and in again (Rule 4)."""

from typing import Annotated

from rebate.domain.allocation import one_receiver
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Moment, Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.orders import whole_ticket
from rebate.domain.plans.plan_type import PlanType, Pricing, whole
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import dataclass
from rebate.domain.wire import stored_as, wire

QUEUE = QueueId("order_queue")


@stored_as("order_queue_terms", 2)
@dataclass(frozen=True, slots=True)
class OrderQueueTerms:
    """The plan's settings; ratios in basis points."""

    reward_bps: Annotated[Bps, wire("reward_bps", absent=0)] = ZERO_BPS
    settle_on: Annotated[Moment, wire("settle_on", absent="paid")] = Moment.PAID
    rewards_to_exit: Annotated[int, wire("rewards_to_exit", absent=5)] = 5
    referrer_first: Annotated[bool, wire("referrer_first", absent=True)] = True
    repurchase: Annotated[bool, wire("repurchase", absent=True)] = True
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0


def settlement(terms: OrderQueueTerms) -> Plan:
    """Return the plan's choices: one receiver an order, rewards counted, repurchase after."""
    rule = one_receiver(referrer_first=terms.referrer_first)
    return Plan(
        parts=(Part(rule, due=terms.settle_on, draws_pool=False),),
        rewards_to_exit=terms.rewards_to_exit,
        repurchase=terms.repurchase,
        repurchase_bps=terms.reward_bps,
    )


def price(terms: OrderQueueTerms, order: Order, _facts: PricingFacts) -> Pricing:
    """Return the ticket of an order: it takes a place and rewards one entry (Rule 4.1)."""
    return whole(
        order, whole_ticket(QUEUE, order, contribution_bps=terms.reward_bps, entitlement_bps=None)
    )


PLAN = PlanType(
    name="order_queue",
    kinds=(QueueKind(QUEUE),),
    terms=OrderQueueTerms,
    price=price,
    settlement=settlement,
    settle_after_days=lambda terms: terms.settle_after_days,
    serves_members=True,
)
