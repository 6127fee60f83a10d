"""Settings of the union daily pool (工会排队): rule 7."""

from collections.abc import Iterator, Mapping
from datetime import time

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import ever_paid, money, percent
from rebate.contracts.problems import Problem, join_paths
from rebate.contracts.scalars import Amount, Bps, Clock, Days, Flag, Id
from rebate.contracts.settings.fields import setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    WHEN_ON,
    Cost,
    Moment,
    PlanSettings,
    after_days,
    highest,
    required,
    waits_for_nothing,
)
from rebate.contracts.validation import Strict
from rebate.domain.money import WHOLE, ZERO_BPS, share
from rebate.domain.names import ProductId, StoreId
from rebate.domain.plan import Moment as Due
from rebate.domain.plans.union import PLAN, Ratios, UnionTerms
from rebate.domain.queue_law import QueueLaw


class UnionScope(Strict):
    """What a product or store sets for itself; absent means the plan's (rule 7.5)."""

    profit_share_bps: Bps | None = setting("Share of profit", "利润比例", "7.5", example=5000)
    quota_bps: Bps | None = setting("Quota", "额度比例", "7.5", example=12000)


class Union(Strict):
    """Union daily pool (工会排队): rule 7."""

    enabled: Flag = setting("On", "开启", "7", example=True, default=True)
    settle_on: Moment = setting(
        "Settle on", "结算时间", "7.1", example="completed", default="completed"
    )
    profit_share_bps: Bps | None = setting(
        "Share of profit", "利润比例", "7.1", example=6000, note=WHEN_ON
    )
    quota_bps: Bps | None = setting("Quota", "额度比例", "7.2", example=11000, note=WHEN_ON)
    default_margin_bps: Bps | None = setting(
        "Margin where none is known",
        "默认毛利率",
        "7.1",
        example=2000,
        note="Used for a line whose event and product name no profit or margin.",
    )
    referral_acceleration_bps: Bps = setting(
        "Referral acceleration", "推荐加速", "7.4", example=1000, default=0
    )
    run_at: Clock | None = setting(
        "Daily run at", "每日结算时间", "7.3", example="00:30", note="Absent: 00:00."
    )
    payout_per_day: Amount | None = setting(
        "Highest payout a day", "每日发放上限", "7.5", example=30000000, note="Absent: no limit."
    )
    net_of_commissions: Flag = setting(
        "Profit net of commissions",
        "利润扣除分销奖励",
        "7.1",
        example=True,
        default=False,
        note="The profit is what the order's direct to merchant rewards leave of it, whenever "
        "they are paid.",
    )
    products: Mapping[Id, UnionScope] = setting(
        "Products",
        "商品独立设置",
        "7.5",
        example={"p-9": {"quota_bps": 12000}},
        default={},
        note="An order of several products has their mean, weighed by what was paid.",
    )
    stores: Mapping[Id, UnionScope] = setting(
        "Stores",
        "门店独立设置",
        "7.5",
        example={"W": {"profit_share_bps": 5000}},
        default={},
        note="Stands before the products'.",
    )
    settle_after_days: Days = after_days()


def _problems(plan: Union, _settings: Settings) -> Iterator[Problem]:
    yield from required(plan, "union", "profit_share_bps", "quota_bps")
    yield from waits_for_nothing(plan, "union", "settle_on")


def _costs(plan: Union, _channel: Channel, margin_bps: Bps) -> Iterator[Cost]:
    ratios = {"union.profit_share_bps": plan.profit_share_bps or ZERO_BPS}
    for kind, scopes in (("products", plan.products), ("stores", plan.stores)):
        for name, scope in scopes.items():
            path = join_paths(f"union.{kind}", name)
            ratios[join_paths(path, "profit_share_bps")] = scope.profit_share_bps or ZERO_BPS
    for path, bps in highest(ratios):
        yield path, share(margin_bps, bps)


def _laws(plan: Union, margin_bps: Bps | None) -> Iterator[QueueLaw]:
    given = share(plan.profit_share_bps or ZERO_BPS, WHOLE if margin_bps is None else margin_bps)
    yield QueueLaw("union", given, plan.quota_bps or ZERO_BPS, is_profit_unknown=margin_bps is None)


def _terms(plan: Union, settings: Settings) -> UnionTerms:
    return UnionTerms(
        profit_share_bps=plan.profit_share_bps or ZERO_BPS,
        quota_bps=plan.quota_bps or ZERO_BPS,
        products={ProductId(name): _ratios(own) for name, own in plan.products.items()},
        stores={StoreId(name): _ratios(own) for name, own in plan.stores.items()},
        settle_on=Due(plan.settle_on),
        referral_acceleration_bps=plan.referral_acceleration_bps,
        run_at=plan.run_at or time(),
        payout_per_day=plan.payout_per_day,
        net_of_commissions=plan.net_of_commissions,
        zone=settings.zone,
        settle_after_days=plan.settle_after_days,
    )


def _ratios(own: UnionScope) -> Ratios:
    return Ratios(own.profit_share_bps, own.quota_bps)


def _words(plan: Union, currency: str) -> Iterator[str]:
    part, quota = plan.profit_share_bps or ZERO_BPS, plan.quota_bps or ZERO_BPS
    yield (
        f"{percent(part)} of each order's profit goes to the day's pool; an order may get back "
        f"{percent(quota)} of what was paid, in order of purchase."
    )
    margin = plan.default_margin_bps
    if margin is None:
        yield "A line of which neither order nor product names a profit or margin gives nothing."
    else:
        where = f"At the default margin, {percent(margin)}: "
        yield from ever_paid(share(part, margin), quota, where)
    if plan.payout_per_day is not None:
        yield f"At most {money(plan.payout_per_day, currency)} is paid a day."


SETTINGS = PlanSettings(
    plan=PLAN,
    model=Union,
    title="Union daily pool",
    title_zh="工会排队",
    rule="7",
    example={"profit_share_bps": 6000, "quota_bps": 11000},
    refused={"profit_share_bps": 6000},
    problems=_problems,
    costs=_costs,
    terms=_terms,
    words=_words,
    laws=_laws,
    default_margin_bps=lambda plan: plan.default_margin_bps,
)
