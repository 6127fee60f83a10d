"""By which choices a queue is settled, under the terms in force."""

from rebate.domain.caps import DailyCap
from rebate.domain.currencies import decimals_of
from rebate.domain.names import QueueId
from rebate.domain.plan import Plan
from rebate.domain.plans.plan_type import DisplayTerms
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import replace
from rebate.domain.terms import Terms

UNKNOWN = Plan(parts=())
"""How the queues of a plan that this release does not know are shown; they are never settled."""


def plan_of(queue: QueueId, terms: Terms) -> Plan | None:
    """Return the choices by which a queue is settled now; None if it is of no plan with a line.

    A plan that was switched off, or is gone from the settings, still settles what it accepted.
    """
    name = PLANS.queue(queue)
    if name is None or name.plan.settlement is None:
        return None
    cap = DailyCap(terms.rebates_per_day, terms.zone)
    decimals = decimals_of(terms.currency)
    settled = name.plan.settlement(terms.of(name.plan))
    return replace(settled, daily_cap=cap, decimals=decimals, zone=terms.zone)


def shown_plan_of(queue: QueueId, terms: Terms) -> Plan:
    """Return the choices by which a queue's entries are shown."""
    return plan_of(queue, terms) or UNKNOWN


def display_of(queue: QueueId | None, terms: Terms) -> DisplayTerms:
    """Return what members see of a queue's plan (Rule 1.4, 19 to 23)."""
    name = PLANS.queue(queue) if queue else None
    return name.plan.display(terms.of(name.plan)) if name else DisplayTerms()
