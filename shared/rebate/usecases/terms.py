"""From the settings document to the terms of all plans."""

from rebate.contracts.settings import Settings
from rebate.contracts.settings.margin import default_margin
from rebate.contracts.settings.plans import all_plan_settings
from rebate.domain.terms import Terms, TermsByPlan


def terms_of(settings: Settings) -> Terms:
    """Return what settings mean."""
    plans = {each.plan.name: each.terms_of(settings) for each in all_plan_settings()}
    return Terms(
        zone=settings.zone,
        on=frozenset(settings.plans_on()),
        plans=TermsByPlan(plans),
        currency=settings.currency,
        rebates_per_day=settings.guards.rebates_per_day,
        default_margin_bps=default_margin(settings),
    )
