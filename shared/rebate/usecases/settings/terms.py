"""From the settings document to the terms of all plans."""

from rebate.contracts.settings import Settings
from rebate.contracts.settings.levels import LevelConditions
from rebate.contracts.settings.margin import default_margin
from rebate.contracts.settings.plans import all_plan_settings
from rebate.contracts.settings.senders import SenderSettings
from rebate.domain.levels import MAX_DEPTH, LevelStep, LevelTerms
from rebate.domain.money import ZERO_BPS
from rebate.domain.names import StoreId
from rebate.domain.senders import SendersTerms, SenderTerms
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
        max_share_of_revenue_bps=settings.guards.max_share_of_revenue_bps,
        default_margin_bps=default_margin(settings) or ZERO_BPS,
        borne_per_day=settings.guards.borne_per_day,
        senders=_senders(settings),
        early_days=settings.early_days,
        levels=_levels(settings),
    )


def _levels(settings: Settings) -> LevelTerms:
    own, referral = settings.levels, settings.plan("referral")
    return LevelTerms(
        tuple(_step(each.level, each) for each in own.members),
        tuple(_step(each.rank, each) for each in own.ranks),
        own.fall,
        MAX_DEPTH if referral is None else referral.max_depth,
    )


def _step(name: str, own: LevelConditions) -> LevelStep:
    return LevelStep(name, own.spent, own.orders, own.referred, own.team_spent, own.days)


def _senders(settings: Settings) -> SendersTerms:
    named, connected = settings.senders.items(), settings.connectors.values()
    return SendersTerms(
        {name: _sender(name, own) for name, own in named},
        {source: name for name, own in named for source in _sources(name, own)}
        | {each.sender: each.sender for each in connected if each.sender in settings.senders},
        {key: name for name, own in named for key in own.keys},
    )


def _sources(name: str, own: SenderSettings) -> tuple[str, ...]:
    """Return the sources that speak for a sender; without any, and keys, the one of its name."""
    return own.sources or (() if own.keys else (name,))


def _sender(name: str, own: SenderSettings) -> SenderTerms:
    return SenderTerms(
        name,
        prefix=own.prefix or "",
        members_shared=own.members == "shared",
        types=None if own.types is None else frozenset(own.types),
        stores=None if own.stores is None else frozenset(map(StoreId, own.stores)),
        order_max=own.order_max,
        orders_per_minute=own.orders_per_minute,
    )
