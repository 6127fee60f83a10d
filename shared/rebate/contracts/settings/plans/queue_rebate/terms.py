"""From the settings of the queue-rebate plan to its terms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from typing import TypeVar

from rebate.contracts.settings.clearing import ClearingSettings
from rebate.contracts.settings.entitlement import (
    PlanEntitlement,
    RangeLottery,
    ScopeEntitlement,
)
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.queue_rebate.model import QueueRebate
from rebate.contracts.settings.scopes import (
    CashierScope,
    DateWindow,
    RandomReturnSettings,
    ScopeSettings,
    StoreScope,
    TimeWindow,
)
from rebate.domain.clearings import Schedule
from rebate.domain.draws import Lottery
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Bps
from rebate.domain.names import ProductId, StoreId
from rebate.domain.plan import Leftover, Moment
from rebate.domain.plans import queue_rebate_terms
from rebate.domain.plans.plan_type import DisplayTerms
from rebate.domain.plans.queue_rebate_terms import Branch, QueueRebateTerms
from rebate.domain.records import replace
from rebate.domain.scopes import Scope, Tier
from rebate.domain.times import instant_of
from rebate.domain.windows import Dates, Hours, Window

Name = TypeVar("Name", bound=str)
Own = TypeVar("Own")


def terms_of(plan: QueueRebate, settings: Settings) -> QueueRebateTerms:
    """Return what the plan's settings mean."""
    return QueueRebateTerms(
        zone=settings.zone,
        plan=_given(queue_rebate_terms.PLAN, plan, plan.entitlement),
        new_products=plan.new_products,
        products={
            name: _scope(queue_rebate_terms.mall_product(name), own)
            for name, own in _named(ProductId, plan.products)
        },
        stores={name: _store(name, own) for name, own in _named(StoreId, plan.store_settings)},
        desks={name: _desk(name, own) for name, own in _named(StoreId, plan.cashier_settings)},
        settle_on=Moment(plan.settle_on),
        completed_first=plan.reward_order == "completed_first",
        self_funding=plan.self_funding,
        surplus=Leftover(plan.surplus),
        paused=plan.paused,
        mall_per_product=plan.mall == "per_product",
        stores_shared=plan.stores == "shared",
        cashiers_shared=plan.cashiers == "shared",
        deducted_only_contribute=plan.deducted_orders == "contribute_only",
        exchange_bps=_exchange(plan),
        hold_days=plan.hold_days,
        settle_after_days=plan.settle_after_days,
        prize_max=settings.guards.lottery_prize_max,
        random_return=_places(plan.random_return),
        clearing=_clearing(plan.clearing) if plan.clearing else None,
        display=_display(plan),
    )


def _display(plan: QueueRebate) -> DisplayTerms:
    shown = plan.display
    return DisplayTerms(
        plan=plan.title,
        exchange=plan.exchange_title,
        progress=shown.progress,
        earned=shown.earned,
        waiting=shown.waiting,
        member=shown.member,
        waiting_amount=shown.waiting_amount,
    )


def _clearing(own: ClearingSettings) -> Schedule:
    once = own.every == "once"
    return Schedule(
        every=own.every,
        at=time() if once else own.time_of_day,
        instant=instant_of(own.instant) if once else None,
        weekday=own.on_weekday,
        day=own.on_day,
        queues=None if own.queues == "all" else frozenset(own.queues),
    )


def _exchange(plan: QueueRebate) -> tuple[tuple[BalanceType, Bps], ...]:
    exchange = plan.exchange
    if exchange is None:
        return ()
    love = BalanceType.LOVE if exchange.love_as == "available" else BalanceType.LOVE_FROZEN
    ratios = (
        (BalanceType.POINTS, exchange.points_bps),
        (love, exchange.love_bps),
        (BalanceType.VOUCHER, exchange.voucher_bps),
    )
    return tuple((pocket, ratio) for pocket, ratio in ratios if ratio is not None)


def _named(kind: Callable[[str], Name], own: Mapping[str, Own]) -> Iterator[tuple[Name, Own]]:
    return ((kind(name), settings) for name, settings in own.items())


def _store(store: StoreId, own: StoreScope) -> Branch:
    return Branch(
        _scope(queue_rebate_terms.store_scope(store), own),
        {
            name: _scope(queue_rebate_terms.store_product(store, name), settings)
            for name, settings in _named(ProductId, own.products)
        },
        _own_places(own),
    )


def _desk(store: StoreId, own: CashierScope) -> Branch:
    scope = _scope(queue_rebate_terms.desk_scope(store), own)
    return Branch(scope, random_return=_own_places(own))


def _places(makeup: RandomReturnSettings | None) -> tuple[int, int] | None:
    """Return (cash, points) places of a group of random return."""
    return (makeup.cash, makeup.points) if makeup else None


def _own_places(own: StoreScope | CashierScope) -> tuple[int, int] | bool | None:
    return False if own.random_return is False else _places(own.random_return)


def _scope(bare: Scope, own: ScopeSettings) -> Scope:
    return replace(_given(bare, own, own.entitlement), part=own.part)


def _given(bare: Scope, own: ScopeSettings | QueueRebate, entitlement: PlanEntitlement) -> Scope:
    """Return a scope with what is set for it."""
    tiers = entitlement.cumulative if isinstance(entitlement, ScopeEntitlement) else ()
    return replace(
        bare,
        extraction_bps=own.extraction_bps,
        fixed_bps=entitlement.fixed_bps,
        by_level=entitlement.by_level,
        cumulative=tuple(Tier(tier.days, tier.at_least, tier.bps) for tier in tiers),
        lottery=_lottery_of(entitlement),
        windows=_windows(own.windows),
        per_day=own.limits.per_day,
        total=own.limits.total,
        min_paid=own.bounds.min_paid,
        max_entitlement=own.bounds.max_entitlement,
    )


def _lottery_of(entitlement: PlanEntitlement) -> Lottery | None:
    """Return what a scope lets be drawn, if anything."""
    lottery = entitlement.lottery
    if lottery is None:
        return None
    if isinstance(lottery, RangeLottery):
        return Lottery((), lottery.low_bps, lottery.high_bps, lottery.miss_weight)
    prizes = tuple((prize.bps, prize.weight) for prize in lottery.prizes)
    return Lottery(prizes, miss_weight=lottery.miss_weight)


def _windows(windows: Sequence[DateWindow | TimeWindow]) -> tuple[Window, ...]:
    return tuple(_window(window) for window in windows)


def _window(window: DateWindow | TimeWindow) -> Window:
    if isinstance(window, DateWindow):
        return Dates(instant_of(window.starts_at), instant_of(window.ends_at))
    return Hours(window.start, window.end, frozenset(window.weekdays or ()))
