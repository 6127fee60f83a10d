"""By which choices a queue is settled, under the terms in force."""

from rebate.domain.caps import DailyCap
from rebate.domain.currencies import decimals_of
from rebate.domain.names import QueueId
from rebate.domain.plan import Plan
from rebate.domain.plans import alliance, order_queue, queue_rebate, red_packet, union
from rebate.domain.records import replace
from rebate.domain.terms import Terms


def plan_of(queue: QueueId, terms: Terms) -> Plan:
    """Return the choices by which a queue is settled now.

    A plan that was switched off, or is gone from the settings, still settles what it accepted.
    """
    most = terms.rebates_per_day
    cap = None if most is None else DailyCap(most, terms.zone)
    decimals = decimals_of(terms.currency)
    return replace(_plan_of(queue, terms), daily_cap=cap, decimals=decimals)


def _plan_of(queue: QueueId, terms: Terms) -> Plan:
    match queue.split("/")[0]:
        case "order_queue":
            return order_queue.settlement(terms.order_queue)
        case "alliance":
            return alliance.settlement(terms.alliance)
        case "red_packet":
            return red_packet.settlement(terms.red_packet)
        case "union":
            return union.settlement(terms.union)
    return queue_rebate.settlement(terms.queue_rebate)
