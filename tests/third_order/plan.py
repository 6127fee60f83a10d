"""Every third order pays the first in line what the two before it and itself have given."""

from rebate.domain.clearings import Clearing
from rebate.domain.commands import PayPool
from rebate.domain.deals import first_then_next
from rebate.domain.desk import Desk, Gift
from rebate.domain.money import WHOLE, Bps
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Part, Plan
from rebate.domain.plans.facts import Facts
from rebate.domain.plans.orders import whole_ticket
from rebate.domain.plans.plan_type import Display, PlanType, Pricing, Run, whole
from rebate.domain.queue_names import QueueKind
from rebate.domain.records import dataclass

QUEUE = QueueId("third_order")
EVERY = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's settings; `shows_waiting`: members see what they still wait for."""

    gives_bps: Bps = 0
    shows_waiting: bool = True


def settlement(_terms: Terms) -> Plan:
    """Return the plan's choices: two orders fill the pool, the third pays it out."""
    return Plan(parts=(Part(_every_third, leftover=Leftover.CARRY),))


def _every_third(desk: Desk, gift: Gift) -> None:
    if (desk.queue.tickets + 1) % EVERY == 0:
        first_then_next(desk, gift)


def price(terms: Terms, order: Order, _facts: Facts) -> Pricing:
    """Return the ticket of an order, which may get back all that was paid."""
    return whole(order, whole_ticket(QUEUE, order, gives_bps=terms.gives_bps, gets_bps=WHOLE))


PLAN = PlanType(
    name="third_order",
    kinds=(QueueKind(QUEUE),),
    terms=Terms,
    price=price,
    settlement=settlement,
    runs=(Run("thirds", lambda _: Clearing(), lambda _, at: PayPool(at, equally=True)),),
    display=lambda terms: Display(waiting=terms.shows_waiting),
)
