"""Settings of the free-order alliance (排队免单之异业联盟): rule 5."""

from collections.abc import Iterator, Mapping
from typing import Literal

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import ever_paid, money, percent
from rebate.contracts.problems import Problem, one_of
from rebate.contracts.scalars import WHOLE_BPS, Amount, Bps, Days, Flag, Id, PartBps, PositiveCount
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    CHANNELS,
    WHEN_ON,
    Cost,
    Moment,
    Period,
    PlanSettings,
    after_days,
    highest,
    required,
    waits_for_nothing,
)
from rebate.contracts.validation import Strict
from rebate.domain.money import ZERO_BPS, share, sum_of
from rebate.domain.names import ProductId, StoreId
from rebate.domain.plan import Leftover
from rebate.domain.plan import Moment as Due
from rebate.domain.plans.alliance import PLAN, AllianceTerms
from rebate.domain.queue_law import QueueLaw


class MerchantTerms(Strict):
    """What a merchant concedes of each order; absent: what the catalog says of the store."""

    concession_bps: Bps | None = setting("Concession", "让利比例", "5.2", example=2000)


class Frequency(Strict):
    """How often one member may take part."""

    per: Period = setting("Per", "周期", "5.5", example="day", default=REQUIRED)
    times: PositiveCount = setting("Times", "次数", "5.5", example=3, default=REQUIRED)


class Alliance(Strict):
    """Free-order alliance (排队免单之异业联盟): rule 5."""

    enabled: Flag = setting("On", "开启", "5", example=True, default=True)
    place_by: Moment = setting(
        "Place by", "排队时间", "5.1", example="completed", default="completed"
    )
    dividend_bps: Bps | None = setting("Dividend", "分红比例", "5.2", example=4000, note=WHEN_ON)
    merchants: Mapping[Id, MerchantTerms] = setting(
        "Merchants", "联盟商家", "5.2", example={"W": {"concession_bps": 2000}}, default={}
    )
    heads_bps: tuple[PartBps, ...] = setting(
        "Shares of the heads",
        "同时奖励比例",
        "5.2",
        example=[5000, 3000, 2000],
        default=(),
        note="One share for each entry served at once; at most 10 000 in all. " + WHEN_ON,
    )
    free_bps: Bps = setting("Free amount", "免单比例", "5.3", example=10000, default=10_000)
    surplus: Literal["retain", "carry"] = setting(
        "Surplus", "结余", "5.3", example="carry", default="carry"
    )
    min_paid: Amount = setting("Lowest amount", "最低订单金额", "5.5", example=0, default=0)
    max_paid: Amount | None = setting("Highest amount", "最高订单金额", "5.5", example=1000000)
    channels: tuple[Channel, ...] | None = setting(
        "Channels", "参与渠道", "5.5", example=["mall", "store", "cashier"], note="Absent: all."
    )
    products: tuple[Id, ...] | None = setting(
        "Products", "参与商品", "5.5", example=["p-9"], note="Absent: all."
    )
    frequency: Frequency | None = setting(
        "Frequency", "参与频率", "5.5", example={"per": "day", "times": 3}, note="Absent: no limit."
    )
    direct_acceleration_bps: Bps = setting(
        "Direct acceleration", "直推加速", "5.6", example=500, default=0
    )
    repurchase_acceleration_bps: Bps = setting(
        "Repurchase acceleration", "复购加速", "5.6", example=500, default=0
    )
    settle_after_days: Days = after_days()


def _problems(plan: Alliance, _settings: Settings) -> Iterator[Problem]:
    yield from required(plan, "alliance", "dividend_bps", "heads_bps")
    yield from waits_for_nothing(plan, "alliance", "place_by")
    if sum_of(plan.heads_bps) > WHOLE_BPS:
        total = sum_of(plan.heads_bps)
        yield Problem("alliance.heads_bps", f"must sum to at most 10000, not {total}")
    if plan.max_paid is not None and plan.max_paid < plan.min_paid:
        yield Problem("alliance.max_paid", f"must be at least min_paid, {plan.min_paid}")
    for name in ("channels", "products"):
        if getattr(plan, name) == ():
            yield Problem(f"alliance.{name}", "must name one at least, or be left out for all")


def _costs(plan: Alliance, channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    if channel not in (plan.channels or CHANNELS):
        return
    ratios = {"alliance.dividend_bps": plan.dividend_bps or ZERO_BPS}
    if channel != "mall":
        for store, terms in plan.merchants.items():
            ratios[f"alliance.merchants.{store}.concession_bps"] = terms.concession_bps or ZERO_BPS
    yield from highest(ratios)


def _laws(plan: Alliance, _margin_bps: Bps | None) -> Iterator[QueueLaw]:
    """Yield one law, of orders without a concession: there is one line over all merchants."""
    given = share(sum_of(plan.heads_bps), plan.dividend_bps or ZERO_BPS)
    yield QueueLaw("alliance", given, plan.free_bps)


def _terms(plan: Alliance, settings: Settings) -> AllianceTerms:
    return AllianceTerms(
        zone=settings.zone,
        dividend_bps=plan.dividend_bps or ZERO_BPS,
        heads_bps=plan.heads_bps,
        free_bps=plan.free_bps,
        place_by=Due(plan.place_by),
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
        settle_after_days=plan.settle_after_days,
    )


def _words(plan: Alliance, currency: str) -> Iterator[str]:
    shares = ", ".join(map(percent, plan.heads_bps))
    dividend = plan.dividend_bps or ZERO_BPS
    yield (
        f"When an order is {plan.place_by}, {percent(dividend)} of it (a merchant's "
        f"own concession where there is one) is split over {len(plan.heads_bps)} heads: {shares}."
    )
    yield f"An entry leaves when it has got {percent(plan.free_bps)} of its order."
    yield from ever_paid(dividend, plan.free_bps, "")
    for store, terms in plan.merchants.items():
        if terms.concession_bps is not None:
            yield from ever_paid(terms.concession_bps, plan.free_bps, f"At merchant {store}: ")
    if sum_of(plan.heads_bps) < WHOLE_BPS:
        rest = percent(WHOLE_BPS - sum_of(plan.heads_bps))
        yield f"The shares leave {rest} of every contribution to nobody."
    yield from _bounds(plan, currency)


def _bounds(plan: Alliance, currency: str) -> Iterator[str]:
    if plan.min_paid:
        yield f"Orders below {money(plan.min_paid, currency)} take no part."
    if plan.max_paid is not None:
        yield f"Orders above {money(plan.max_paid, currency)} take no part."
    if plan.channels is not None:
        yield f"Only orders by {one_of(plan.channels)} take part."
    if plan.products is not None:
        yield f"Only orders of these products take part: {', '.join(plan.products)}."
    if plan.frequency is not None:
        yield f"A member takes part up to {plan.frequency.times} times a {plan.frequency.per}."


SETTINGS = PlanSettings(
    plan=PLAN,
    model=Alliance,
    title="Free-order alliance",
    title_zh="异业联盟",
    rule="5",
    example={"dividend_bps": 4000, "heads_bps": [10000]},
    refused={"dividend_bps": 4000, "heads_bps": [6000, 6000]},
    problems=_problems,
    costs=_costs,
    terms=_terms,
    words=_words,
    laws=_laws,
)
