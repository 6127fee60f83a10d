"""From the settings document to the plans' terms: the only place that knows both."""

from collections.abc import Sequence

from rebate.contracts.settings import (
    Alliance,
    CashierScope,
    DateWindow,
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
from rebate.contracts.settings import Scope as ScopeSettings
from rebate.domain.caps import DailyCap
from rebate.domain.draws import Lottery
from rebate.domain.ledger import Pocket
from rebate.domain.names import ProductId, QueueId, StoreId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plan import Leftover, Moment, Plan
from rebate.domain.plans import alliance, order_queue, queue_rebate, red_packet, referral, union
from rebate.domain.records import replace
from rebate.domain.scopes import Scope, Scopes, Tier
from rebate.domain.times import instant_of
from rebate.domain.windows import Dates, Hours, Window

_NOTHING = ScopeSettings()


def plan_of(queue: QueueId, settings: Settings) -> Plan:
    """Return the choices by which a queue is settled now.

    A plan that was switched off, or is gone from the settings, still settles what it accepted.
    """
    most = settings.guards.rebates_per_day
    cap = None if most is None else DailyCap(most, settings.zone)
    return replace(_plan_of(queue, settings), daily_cap=cap)


def _plan_of(queue: QueueId, settings: Settings) -> Plan:
    kind = queue.split("/")[0]
    if kind == "order_queue":
        return order_queue.settlement(order_queue_terms(settings.order_queue or OrderQueue()))
    if kind == "alliance":
        return alliance.settlement(alliance_terms(settings))
    if kind == "red_packet":
        return red_packet.settlement(red_packet_terms(settings.red_packet or RedPacket()))
    if kind == "union":
        return union.settlement(union_terms(settings.union or Union()))
    return queue_rebate.settlement(queue_rebate_terms(settings))


def queue_rebate_terms(settings: Settings) -> queue_rebate.Terms:
    """Return the base plan's terms."""
    plan = settings.queue_rebate or QueueRebate()
    return queue_rebate.Terms(
        scopes_of=lambda order, line: _scopes(plan, order, line),
        zone=settings.zone,
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
        random_return_of=lambda order: _random_return(plan, order),
    )


def order_queue_terms(plan: OrderQueue) -> order_queue.Terms:
    """Return the order queue's terms."""
    return order_queue.Terms(
        reward_bps=plan.reward_bps or 0,
        settle_on=Moment(plan.settle_on),
        rewards_to_exit=plan.rewards_to_exit,
        referrer_first=plan.referrer_first,
        repurchase=plan.repurchase,
    )


def alliance_terms(settings: Settings) -> alliance.Terms:
    """Return the alliance's terms."""
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


def red_packet_terms(plan: RedPacket) -> red_packet.Terms:
    """Return the red packets' terms."""
    return red_packet.Terms(
        concessions_bps={
            StoreId(store): terms.concession_bps for store, terms in (plan.stores or {}).items()
        },
        shares_bps=plan.shares_bps.in_order if plan.shares_bps else (0, 0, 0),
        entitlement_bps=plan.entitlement_bps or 0,
        place_by=Moment(plan.place_by),
    )


def union_terms(plan: Union) -> union.Terms:
    """Return the union pool's terms."""
    return union.Terms(
        profit_share_bps=plan.profit_share_bps or 0,
        quota_bps=plan.quota_bps or 0,
        products={ProductId(name): _ratios(own) for name, own in plan.products.items()},
        stores={StoreId(name): _ratios(own) for name, own in plan.stores.items()},
        settle_on=Moment(plan.settle_on),
        referral_acceleration_bps=plan.referral_acceleration_bps,
    )


def _ratios(own: UnionScope) -> union.Ratios:
    return union.Ratios(own.profit_share_bps, own.quota_bps)


def referral_terms(settings: Settings) -> referral.Terms:
    """Return the terms of referral rewards."""
    plan = settings.referral or Referral()
    return referral.Terms(
        settle_on=Moment(plan.settle_on),
        direct_bps=plan.direct_bps,
        indirect_bps=plan.indirect_bps,
        ranks_bps={rank.rank: rank.bps for rank in plan.ranks},
        max_depth=plan.max_depth,
        merchant_bps=plan.merchant_bps,
        merchant_on_turnover=plan.merchant_base == "turnover",
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


def _scopes(plan: QueueRebate, order: Order, line: OrderLine) -> Scopes:
    """Return a line's scopes, the most specific first (Rules 1.3, 1.5)."""
    product = line.product or ""
    if order.channel == "mall":
        narrower = [_scope(plan.products.get(product), f"product {product}", f"product/{product}")]
    elif order.channel == "store":
        store = plan.store_settings.get(order.store or "", StoreScope())
        name = f"store {order.store}"
        narrower = [
            _scope(
                store.products.get(product),
                f"product {product} of {name}",
                f"store/{order.store}/{product}",
            ),
            _scope(store, name, f"store/{order.store}"),
        ]
    else:
        desk = plan.cashier_settings.get(order.store or "")
        narrower = [_scope(desk, f"cashier {order.store}", f"cashier/{order.store}")]
    return [*narrower, _plan_scope(plan)]


def _plan_scope(plan: QueueRebate) -> Scope:
    return _made(plan, plan.entitlement, "the plan", "plan", part=None)


def _scope(settings: ScopeSettings | None, name: str, counts: str) -> Scope:
    scope = settings or _NOTHING
    return _made(scope, scope.entitlement, name, counts, part=scope.part)


def _made(
    scope: ScopeSettings | QueueRebate,
    entitlement: PlanEntitlement,
    name: str,
    counts: str,
    *,
    part: str | None,
) -> Scope:
    tiers = entitlement.cumulative if isinstance(entitlement, ScopeEntitlement) else ()
    return Scope(
        name=name,
        counts=counts,
        part=part,
        extraction_bps=scope.extraction_bps,
        fixed_bps=entitlement.fixed_bps,
        by_level=entitlement.by_level,
        cumulative=tuple(Tier(tier.days, tier.at_least, tier.bps) for tier in tiers),
        lottery=lottery_of(entitlement),
        windows=_windows(scope.windows),
        per_day=scope.limits.per_day,
        total=scope.limits.total,
        min_paid=scope.bounds.min_paid,
        max_entitlement=scope.bounds.max_entitlement,
    )


def lottery_of(entitlement: PlanEntitlement) -> Lottery | None:
    """Return what a scope lets be drawn, if anything."""
    lottery = entitlement.lottery
    if lottery is None:
        return None
    if isinstance(lottery, RangeLottery):
        return Lottery((), lottery.low_bps, lottery.high_bps, lottery.miss_weight)
    prizes = tuple((prize.bps, prize.weight) for prize in lottery.prizes)
    return Lottery(prizes, miss_weight=lottery.miss_weight)


def _random_return(plan: QueueRebate, order: Order) -> tuple[int, int] | None:
    """Return (cash, points) places of a group: the store's or desk's own, else the plan's."""
    own: RandomReturn | bool | None = None
    if order.channel == "store":
        own = plan.store_settings.get(order.store or "", StoreScope()).random_return
    elif order.channel == "cashier":
        own = plan.cashier_settings.get(order.store or "", CashierScope()).random_return
    makeup = plan.random_return if own is None else own
    return (makeup.cash, makeup.points) if isinstance(makeup, RandomReturn) else None


def _windows(windows: Sequence[DateWindow | TimeWindow]) -> tuple[Window, ...]:
    return tuple(_window(window) for window in windows)


def _window(window: DateWindow | TimeWindow) -> Window:
    if isinstance(window, DateWindow):
        return Dates(instant_of(window.starts_at), instant_of(window.ends_at))
    return Hours(window.start, window.end, frozenset(window.weekdays or ()))
