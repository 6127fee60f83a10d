"""Free-order alliance (排队免单之异业联盟): K heads at once (Rule 5)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebate.domain.deals import over_heads
from rebate.domain.money import WHOLE, Amount, Bps
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.orders import Order
from rebate.domain.plan import Leftover, Moment, Part, Plan
from rebate.domain.plans.orders import paid_for, whole_ticket
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant, day_of

QUEUE = QueueId("alliance")


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's settings; `frequency` is (day, week or month; how often)."""

    zone: ZoneInfo
    dividend_bps: Bps = 0
    heads_bps: tuple[Bps, ...] = ()
    free_bps: Bps = WHOLE
    place_by: Moment = Moment.COMPLETED
    surplus: Leftover = Leftover.CARRY
    concessions_bps: Mapping[StoreId, Bps] = field(default_factory=dict)
    min_paid: Amount = 0
    max_paid: Amount | None = None
    channels: frozenset[str] | None = None
    products: frozenset[ProductId] | None = None
    frequency: tuple[str, int] | None = None
    direct_acceleration_bps: Bps = 0
    repurchase_acceleration_bps: Bps = 0


def settlement(terms: Terms) -> Plan:
    """Return the plan's choices: fixed shares over K heads, after acceleration."""
    deal = over_heads(
        terms.heads_bps,
        referrer_bps=terms.direct_acceleration_bps,
        buyer_bps=terms.repurchase_acceleration_bps,
    )
    return Plan(
        parts=(Part(deal, due=terms.place_by, leftover=terms.surplus),), joins=terms.place_by
    )


def price(
    terms: Terms, order: Order, store_bps: Bps | None, mine: Iterable[Ticket]
) -> Ticket | None:
    """Return the ticket of an order, or None if it does not take part (Rule 5.5).

    `store_bps` is the concession that the catalog knows of the order's store; `mine` are the
    buyer's tickets in the alliance, needed where a frequency is set.
    """
    if not _admits(terms, order) or _too_often(terms, order, mine):
        return None
    return whole_ticket(
        QUEUE, order, gives_bps=_concession(terms, order, store_bps), gets_bps=terms.free_bps
    )


def _concession(terms: Terms, order: Order, store_bps: Bps | None) -> Bps:
    """A merchant's own ratio where it has one: this plan's, else the store's (Rule 5.2)."""
    if order.store is None or order.channel == "mall":
        return terms.dividend_bps
    own = terms.concessions_bps.get(order.store, store_bps)
    return terms.dividend_bps if own is None else own


def _admits(terms: Terms, order: Order) -> bool:
    paid = paid_for(order)
    within = terms.min_paid <= paid and (terms.max_paid is None or paid <= terms.max_paid)
    channel = terms.channels is None or order.channel in terms.channels
    products = terms.products is None or all(line.product in terms.products for line in order.lines)
    return within and channel and products


def _too_often(terms: Terms, order: Order, mine: Iterable[Ticket]) -> bool:
    if terms.frequency is None or order.member is None:
        return False
    period, times = terms.frequency
    now = _period(period, day_of(order.paid_at or Instant(0), terms.zone))
    before = [_period(period, day_of(ticket.paid_at, terms.zone)) for ticket in mine]
    return before.count(now) >= times


def _period(period: str, day: date) -> date:
    """Return the first day of the day's week or month, or the day itself."""
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day
