"""Every third order pays the first in line what the two before it and itself have given."""

from collections.abc import Iterator
from typing import Annotated

from rebate.domain.allocation import AllocationRule, Payment, fifo
from rebate.domain.clearings import Schedule
from rebate.domain.commands import PayPool
from rebate.domain.distribution import Distribution
from rebate.domain.money import WHOLE, ZERO_BPS, Bps
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.orders import whole_ticket
from rebate.domain.plans.plan_type import DisplayTerms, PlanType, Pricing, Run, whole
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import dataclass
from rebate.domain.waiting_line import WaitingLine
from rebate.domain.wire import stored_as, wire

QUEUE = QueueId("third_order")
EVERY = 3


@stored_as("third_order_terms")
@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's settings; `shows_waiting`: members see what they still wait for."""

    contribution_bps: Annotated[Bps, wire("contribution_bps", absent=0)] = ZERO_BPS
    shows_waiting: Annotated[bool, wire("shows_waiting", absent=True)] = True


def settlement(_terms: Terms) -> Plan:
    """Return the plan's choices: two orders fill the pool, the third pays it out."""
    rule = AllocationRule(_every_third, in_turn=True)
    return Plan(parts=(Part(rule, leftover=Leftover.CARRY),))


def _every_third(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
    if (distribution.joined_before + 1) % EVERY == 0:
        yield from fifo().payments(line, distribution)


def price(terms: Terms, order: Order, _facts: PricingFacts) -> Pricing:
    """Return the ticket of an order, which may get back all that was paid."""
    return whole(
        order,
        whole_ticket(QUEUE, order, contribution_bps=terms.contribution_bps, entitlement_bps=WHOLE),
    )


PLAN = PlanType(
    name="third_order",
    kinds=(QueueKind(QUEUE),),
    terms=Terms,
    price=price,
    settlement=settlement,
    runs=(Run("thirds", lambda _: Schedule(), lambda _, at: PayPool(at, equally=True)),),
    display=lambda terms: DisplayTerms(waiting=terms.shows_waiting),
)
