"""Union daily pool (工会排队): profits of the day pay quotas in order of purchase (Rule 7)."""

from collections.abc import Callable, Mapping
from datetime import time

from rebate.domain.deals import collect_accelerated
from rebate.domain.money import Amount, Bps
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.orders import paid_for, whole_ticket
from rebate.domain.profits import Source
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Ticket

QUEUE = QueueId("union")


@dataclass(frozen=True, slots=True)
class Ratios:
    """What goes to the pool, of the profit, and what may come back, of what was paid."""

    profit_share_bps: Bps | None = None
    quota_bps: Bps | None = None


_AS_THE_PLAN = Ratios()


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's settings; ratios in basis points; a product's or store's own where set.

    `run_at` is when the day's pool is paid (Rule 7.3), of it at most `payout_per_day`.
    """

    profit_share_bps: Bps = 0
    quota_bps: Bps = 0
    products: Mapping[ProductId, Ratios] = field(default_factory=dict)
    stores: Mapping[StoreId, Ratios] = field(default_factory=dict)
    settle_on: Moment = Moment.COMPLETED
    referral_acceleration_bps: Bps = 0
    run_at: time = time()
    payout_per_day: Amount | None = None


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
        gives_bps=_ratio(terms, order, lambda own: own.profit_share_bps, terms.profit_share_bps),
        gets_bps=_ratio(terms, order, lambda own: own.quota_bps, terms.quota_bps),
        sources=sources_of(order),
    )


def _ratio(terms: Terms, order: Order, own: Callable[[Ratios], Bps | None], everywhere: Bps) -> Bps:
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
    return sum(weighed) // paid


def sources_of(order: Order) -> tuple[Source, ...]:
    """Return where the order's profit comes from, after its refunds."""
    left = order.left()
    return tuple(
        Source(
            line.id,
            line.paid,
            left[line.id],
            line.margin_bps or 0,
            line.profit,
        )
        for line in order.lines
    )
