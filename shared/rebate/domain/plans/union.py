"""Union daily pool (工会排队): profits of the day pay quotas in order of purchase (Rule 7)."""

from dataclasses import dataclass

from rebate.domain.deals import collect_accelerated
from rebate.domain.money import Bps
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.orders import whole_ticket
from rebate.domain.profits import Source
from rebate.domain.tickets import Ticket

QUEUE = QueueId("union")


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's settings; ratios in basis points."""

    profit_share_bps: Bps = 0
    quota_bps: Bps = 0
    settle_on: Moment = Moment.COMPLETED
    referral_acceleration_bps: Bps = 0


def settlement(terms: Terms) -> Plan:
    """Return the plan's choices: all into the pool, but for the referrer's acceleration."""
    deal = collect_accelerated(terms.referral_acceleration_bps)
    part = Part(deal, due=terms.settle_on, leftover=Leftover.CARRY, draws_pool=False)
    return Plan(parts=(part,))


def price(terms: Terms, order: Order) -> Ticket:
    """Return the ticket of an order: it gives from its profit and gets from what was paid."""
    return whole_ticket(
        QUEUE,
        order,
        gives_bps=terms.profit_share_bps,
        gets_bps=terms.quota_bps,
        sources=sources_of(order),
    )


def sources_of(order: Order) -> tuple[Source, ...]:
    """Return where the order's profit comes from, after its refunds."""
    return tuple(
        Source(
            line.id,
            line.paid,
            line.paid - order.refunded(line.id),
            line.margin_bps or 0,
            line.profit,
        )
        for line in order.lines
    )
