"""From the settings document to the terms: the only place that knows both."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from typing import TypeVar

from rebate.contracts.settings import (
    Alliance,
    CashierScope,
    DateWindow,
    Dividend,
    OrderQueue,
    PlanEntitlement,
    QueueRebate,
    RandomReturn,
    RangeLottery,
    RedPacket,
    Referral,
    ScopeEntitlement,
    Settings,
    StoreScope,
    TimeWindow,
    Union,
    UnionScope,
)
from rebate.contracts.settings import Clearing as ClearingSettings
from rebate.contracts.settings import Scope as ScopeSettings
from rebate.contracts.settings.senders import Sender as SenderSettings
from rebate.domain.clearings import Clearing
from rebate.domain.draws import Lottery
from rebate.domain.ledger import Pocket
from rebate.domain.names import MemberId, ProductId, StoreId
from rebate.domain.plan import Leftover, Moment
from rebate.domain.plans import (
    alliance,
    order_queue,
    queue_rebate_terms,
    red_packet,
    referral,
    union,
)
from rebate.domain.plans.queue_rebate_terms import Branch
from rebate.domain.records import replace
from rebate.domain.scopes import Scope, Tier
from rebate.domain.senders import Sender, Senders
from rebate.domain.terms import Display, Terms
from rebate.domain.times import instant_of
from rebate.domain.windows import Dates, Hours, Window

Name = TypeVar("Name", bound=str)
Own = TypeVar("Own")


def terms_of(settings: Settings) -> Terms:
    """Return what settings mean."""
    return Terms(
        zone=settings.zone,
        on=frozenset(settings.plans_on()),
        queue_rebate=_queue_rebate(settings),
        order_queue=_order_queue(settings.order_queue or OrderQueue()),
        alliance=_alliance(settings),
        red_packet=_red_packet(settings.red_packet or RedPacket()),
        union=_union(settings.union or Union()),
        referral=_referral(settings.referral or Referral()),
        currency=settings.currency,
        display=_display(settings.queue_rebate or QueueRebate()),
        rebates_per_day=settings.guards.rebates_per_day,
        default_margin_bps=settings.union.default_margin_bps if settings.union else 0,
        senders=_senders(settings),
        early_days=settings.early_days,
    )


def _senders(settings: Settings) -> Senders:
    named = settings.senders.items()
    return Senders(
        {name: _sender(name, own) for name, own in named},
        {source: name for name, own in named for source in _sources(name, own)},
        {key: name for name, own in named for key in own.keys},
    )


def _sources(name: str, own: SenderSettings) -> tuple[str, ...]:
    """Return the sources that speak for a sender; without any, and keys, the one of its name."""
    return own.sources or (() if own.keys else (name,))


def _sender(name: str, own: SenderSettings) -> Sender:
    return Sender(
        name,
        prefix=own.prefix or "",
        members_shared=own.members == "shared",
        types=None if own.types is None else frozenset(own.types),
        stores=None if own.stores is None else frozenset(map(StoreId, own.stores)),
        order_max=own.order_max,
        orders_per_minute=own.orders_per_minute,
    )


def _queue_rebate(settings: Settings) -> queue_rebate_terms.Terms:
    plan = settings.queue_rebate or QueueRebate()
    return queue_rebate_terms.Terms(
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
        prize_max=settings.guards.lottery_prize_max,
        random_return=_places(plan.random_return),
        clearing=_clearing(plan.clearing) if plan.clearing else None,
    )


def _display(plan: QueueRebate) -> Display:
    shown = plan.display
    return Display(
        plan=plan.title,
        exchange=plan.exchange_title,
        progress=shown.progress,
        earned=shown.earned,
        waiting=shown.waiting,
        member=shown.member,
        waiting_amount=shown.waiting_amount,
    )


def _order_queue(plan: OrderQueue) -> order_queue.Terms:
    return order_queue.Terms(
        reward_bps=plan.reward_bps or 0,
        settle_on=Moment(plan.settle_on),
        rewards_to_exit=plan.rewards_to_exit,
        referrer_first=plan.referrer_first,
        repurchase=plan.repurchase,
    )


def _alliance(settings: Settings) -> alliance.Terms:
    plan = settings.alliance or Alliance()
    return alliance.Terms(
        zone=settings.zone,
        dividend_bps=plan.dividend_bps or 0,
        heads_bps=plan.heads_bps,
        free_bps=plan.free_bps,
        place_by=Moment(plan.place_by),
        surplus=Leftover(plan.surplus),
        concessions_bps={
            StoreId(store): merchant.concession_bps
            for store, merchant in plan.merchants.items()
            if merchant.concession_bps is not None
        },
        min_paid=plan.min_paid,
        max_paid=plan.max_paid,
        channels=None if plan.channels is None else frozenset(plan.channels),
        products=None if plan.products is None else frozenset(map(ProductId, plan.products)),
        frequency=(plan.frequency.per, plan.frequency.times) if plan.frequency else None,
        direct_acceleration_bps=plan.direct_acceleration_bps,
        repurchase_acceleration_bps=plan.repurchase_acceleration_bps,
    )


def _red_packet(plan: RedPacket) -> red_packet.Terms:
    return red_packet.Terms(
        concessions_bps={
            StoreId(store): terms.concession_bps for store, terms in (plan.stores or {}).items()
        },
        shares_bps=plan.shares_bps.in_order if plan.shares_bps else (0, 0, 0),
        entitlement_bps=plan.entitlement_bps or 0,
        place_by=Moment(plan.place_by),
        average_every=plan.average_every,
    )


def _union(plan: Union) -> union.Terms:
    return union.Terms(
        profit_share_bps=plan.profit_share_bps or 0,
        quota_bps=plan.quota_bps or 0,
        products={ProductId(name): _ratios(own) for name, own in plan.products.items()},
        stores={StoreId(name): _ratios(own) for name, own in plan.stores.items()},
        settle_on=Moment(plan.settle_on),
        referral_acceleration_bps=plan.referral_acceleration_bps,
        run_at=plan.run_at or time(),
        payout_per_day=plan.payout_per_day,
    )


def _ratios(own: UnionScope) -> union.Ratios:
    return union.Ratios(own.profit_share_bps, own.quota_bps)


def _referral(plan: Referral) -> referral.Terms:
    return referral.Terms(
        settle_on=Moment(plan.settle_on),
        direct_bps=plan.direct_bps,
        indirect_bps=plan.indirect_bps,
        ranks_bps={rank.rank: rank.bps for rank in plan.ranks},
        max_depth=plan.max_depth,
        merchant_bps=plan.merchant_bps,
        merchant_on_turnover=plan.merchant_base == "turnover",
        dividend=_dividend(plan.dividend) if plan.dividend else None,
    )


def _dividend(rules: Dividend) -> referral.Dividend:
    weights = rules.weights if rules.split == "weight" else {}
    return referral.Dividend(rules.bps, rules.rank, rules.every, dict(_named(MemberId, weights)))


def _clearing(own: ClearingSettings) -> Clearing:
    once = own.every == "once"
    return Clearing(
        every=own.every,
        at=time() if once else own.time_of_day,
        instant=instant_of(own.instant) if once else None,
        weekday=own.on_weekday,
        day=own.on_day,
        queues=None if own.queues == "all" else frozenset(own.queues),
    )


def _exchange(plan: QueueRebate) -> tuple[tuple[Pocket, int], ...]:
    exchange = plan.exchange
    if exchange is None:
        return ()
    love = Pocket.LOVE if exchange.love_as == "available" else Pocket.LOVE_FROZEN
    ratios = (
        (Pocket.POINTS, exchange.points_bps),
        (love, exchange.love_bps),
        (Pocket.VOUCHER, exchange.voucher_bps),
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


def _places(makeup: RandomReturn | None) -> tuple[int, int] | None:
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
