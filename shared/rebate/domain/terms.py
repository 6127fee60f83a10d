"""What the settings in force mean, as values: they are stored beside the document that they are of.

So what settles, prices and shows need not read the document, nor load what checks one.
"""

from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from rebate.domain.levels import LevelTerms
from rebate.domain.money import ZERO_BPS, Amount, Bps
from rebate.domain.plans.plan_type import PlanType
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass, field
from rebate.domain.senders import SendersTerms
from rebate.domain.wire import money, stored_as, wire

EDITION = 7
"""Raise it when these values change, or what a setting comes to: stored ones are made anew then."""

PlanTerms = TypeVar("PlanTerms")


class TermsByPlan(dict[str, Any]):
    """The terms of each plan by its name, each a record of the type that its `PlanType` names."""


@stored_as("terms_by_plan", 4)
@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all plans, also of those that are off: they settle what they accepted.

    `on` names the plans that are on. `rebates_per_day` is the most that may be paid to entries on a
    day, in minor units (Rule 8.4), `borne_per_day` the most that may be borne of refunds before all
    is paused (Rule 1.6.5.2); `default_margin_bps` is that of products of which none is known;
    an order gives no more than `max_share_of_revenue_bps` of what was paid for it.
    What came before its order is kept for `early_days` (None: for ever).
    """

    zone: Annotated[ZoneInfo, wire("zone")]
    on: Annotated[frozenset[str], wire("on")]
    plans: Annotated[TermsByPlan, wire("plans", absent={})] = field(default_factory=TermsByPlan)
    currency: Annotated[str, wire("currency", absent="")] = ""
    rebates_per_day: Annotated[Amount | None, money("rebates_per_day", absent=None)] = None
    default_margin_bps: Annotated[Bps, wire("default_margin_bps", absent=0)] = ZERO_BPS
    senders: Annotated[SendersTerms, wire("senders", absent={})] = SendersTerms()
    early_days: Annotated[int | None, wire("early_days", absent=None)] = None
    max_share_of_revenue_bps: Annotated[
        Bps | None, wire("max_share_of_revenue_bps", absent=None)
    ] = None
    borne_per_day: Annotated[Amount | None, money("borne_per_day", absent=None)] = None
    levels: Annotated[LevelTerms, wire("levels", absent={})] = LevelTerms()

    def of(self, plan: PlanType[PlanTerms]) -> PlanTerms:
        """Return the terms of a plan."""
        found: PlanTerms = self.plans[plan.name]
        return found

    def has_on(self, plan: PlanType[Any]) -> bool:
        """Tell whether a plan takes new orders."""
        return plan.name in self.on

    @property
    def are_whole(self) -> bool:
        """Whether there are terms of every plan: one that is new has none in what was stored."""
        return all(plan.name in self.plans for plan in PLANS)
