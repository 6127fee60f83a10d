"""Settings of referral and team rewards (分销): rule 2."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from rebate.contracts.events_in import Channel
from rebate.contracts.figures import percent
from rebate.contracts.problems import Problem
from rebate.contracts.scalars import Bps, Days, Depth, Flag, Id, PositiveCount
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.model import Settings
from rebate.contracts.settings.plans.plan_settings import (
    Cost,
    Moment,
    Period,
    PlanSettings,
    after_days,
    waits_for_nothing,
)
from rebate.contracts.settings.risks import DEPTH_RISK, acknowledged, unacknowledged
from rebate.contracts.validation import Strict
from rebate.domain.money import ZERO_BPS
from rebate.domain.names import MemberId
from rebate.domain.plan import Moment as Due
from rebate.domain.plans.referral import PLAN, DividendTerms, ReferralTerms

RANKS_MAX = 20
"""Ranks at most: an order may owe a reward to somebody of each, and all are paid at once."""

FREE_DEPTH = 2
"""Referral levels that need no acknowledgement (rule 2.5)."""


class Rank(Strict):
    """One team rank and the ratio that its members get in all."""

    rank: Id = setting("Rank", "团队等级", "2.2", example="captain", default=REQUIRED)
    bps: Bps = setting("Ratio", "级差比例", "2.2", example=300, default=REQUIRED)


class DividendSettings(Strict):
    """A part of each period's turnover for the members of one rank."""

    bps: Bps = setting("Ratio", "分红比例", "2.3", example=100, default=REQUIRED)
    rank: Id = setting("Rank", "股东等级", "2.3", example="shareholder", default=REQUIRED)
    every: Period = setting("Every", "分红周期", "2.3", example="month", default="month")
    split: Literal["equal", "weight"] = setting(
        "Split", "分配方式", "2.3", example="equal", default="equal"
    )
    weights: Mapping[Id, PositiveCount] = setting(
        "Weights by member",
        "分红权重",
        "2.3",
        example={"A": 2},
        default={},
        note="With `weight`; a member who is not named weighs 1.",
    )


class Referral(Strict):
    """Rewards to those who brought the buyer or the store; each part is on or off by itself."""

    enabled: Flag = setting("On", "开启", "2", example=True, default=True)
    settle_on: Moment = setting(
        "Settle on", "结算时间", "2", example="completed", default="completed"
    )
    direct_bps: Bps = setting("Direct", "直推比例", "2.1", example=500, default=0)
    indirect_bps: Bps = setting("Indirect", "间推比例", "2.1", example=200, default=0)
    ranks: Annotated[tuple[Rank, ...], Field(max_length=RANKS_MAX)] = setting(
        "Ranks",
        "级差",
        "2.2",
        example=[{"rank": "captain", "bps": 300}, {"rank": "director", "bps": 500}],
        default=(),
    )
    max_depth: Depth = setting(
        "Levels",
        "分销层级",
        "2.5",
        example=2,
        default=FREE_DEPTH,
        note="More than 2 need `referral.max_depth` in guards.acknowledged: paying on three or "
        "more levels is treated as pyramid selling in China, and two are no safe harbour.",
    )
    dividend: DividendSettings | None = setting(
        "Shareholder dividend", "股东分红", "2.3", example={"bps": 100, "rank": "shareholder"}
    )
    merchant_bps: Bps = setting("Merchant referral", "招商奖励比例", "2.4", example=100, default=0)
    merchant_base: Literal["concession", "turnover"] = setting(
        "Merchant referral is of",
        "招商奖励基数",
        "2.4",
        example="concession",
        default="concession",
    )
    max_share_bps: Bps | None = setting(
        "Rewards of an order at most",
        "单笔分销奖励上限",
        "2.6.1",
        example=2000,
        note="Granted in the order direct, indirect, level (upward), merchant until this share of "
        "what is paid for the order is used up; without it, all of what is paid.",
    )
    settle_after_days: Days = after_days()


def _problems(plan: Referral, settings: Settings) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, rank in enumerate(plan.ranks):
        if rank.rank in seen:
            yield Problem(f"referral.ranks[{number}].rank", "stands in the list twice")
        seen.add(rank.rank)
    yield from waits_for_nothing(plan, "referral", "settle_on")
    if plan.dividend is not None and plan.dividend.split == "equal" and plan.dividend.weights:
        yield Problem("referral.dividend.weights", 'goes only with "split": "weight"')
    yield from _depth_problems(plan, settings)


def _depth_problems(plan: Referral, settings: Settings) -> Iterator[Problem]:
    """Rule 2.5: more than two referral levels are refused unless acknowledged."""
    if not plan.enabled or plan.max_depth <= FREE_DEPTH:
        return
    if not acknowledged(settings, DEPTH_RISK, plan.max_depth):
        message = (
            f"pays on {plan.max_depth} levels; paying on three or more is treated as pyramid "
            "selling in China"
        )
        yield unacknowledged("referral.max_depth", message, DEPTH_RISK, plan.max_depth)


def _costs(plan: Referral, _channel: Channel, _margin_bps: Bps) -> Iterator[Cost]:
    yield "referral.direct_bps", plan.direct_bps
    yield "referral.indirect_bps", plan.indirect_bps if plan.max_depth > 1 else ZERO_BPS
    yield "referral.ranks", max((rank.bps for rank in plan.ranks), default=ZERO_BPS)
    yield "referral.dividend.bps", plan.dividend.bps if plan.dividend is not None else ZERO_BPS
    yield (
        "referral.merchant_bps",
        plan.merchant_bps if plan.merchant_base == "turnover" else ZERO_BPS,
    )


def _terms(plan: Referral, _settings: Settings) -> ReferralTerms:
    return ReferralTerms(
        settle_on=Due(plan.settle_on),
        direct_bps=plan.direct_bps,
        indirect_bps=plan.indirect_bps,
        ranks_bps={rank.rank: rank.bps for rank in plan.ranks},
        max_depth=plan.max_depth,
        merchant_bps=plan.merchant_bps,
        merchant_on_turnover=plan.merchant_base == "turnover",
        dividend=_dividend_terms(plan.dividend) if plan.dividend else None,
        max_share_bps=plan.max_share_bps,
        settle_after_days=plan.settle_after_days,
    )


def _dividend_terms(rules: DividendSettings) -> DividendTerms:
    weights = rules.weights if rules.split == "weight" else {}
    by_member = {MemberId(name): weight for name, weight in weights.items()}
    return DividendTerms(rules.bps, rules.rank, rules.every, by_member)


def _words(plan: Referral, _currency: str) -> Iterator[str]:
    yield (
        f"When an order is {plan.settle_on}, {percent(plan.direct_bps)} of it goes to the buyer's "
        f"referrer and {percent(plan.indirect_bps)} to the referrer's referrer, in cash."
    )
    if plan.ranks:
        ranks = ", ".join(f"{rank.rank} {percent(rank.bps)}" for rank in plan.ranks)
        yield f"Team ranks get the difference to what was paid below them: {ranks}."
    if plan.dividend is not None:
        dividend = plan.dividend
        yield (
            f"Once a {dividend.every} {percent(dividend.bps)} of the turnover is split among the "
            f"members of rank {dividend.rank}."
        )
    if plan.merchant_bps:
        base = "what the store concedes" if plan.merchant_base == "concession" else "its turnover"
        yield f"Who brought a store in gets {percent(plan.merchant_bps)} of {base}."
    if plan.max_share_bps is not None:
        yield f"All that together comes to at most {percent(plan.max_share_bps)} of an order."
    yield from _depth(plan)


def _depth(plan: Referral) -> Iterator[str]:
    if plan.max_depth > FREE_DEPTH:
        yield (
            f"WARNING: rewards go up {plan.max_depth} levels. In China paying on three or more "
            "levels is treated as pyramid selling; this was acknowledged and is on record."
        )
    else:
        yield (
            f"Rewards go up {plan.max_depth} level{'s' if plan.max_depth > 1 else ''}. In China "
            "even two levels are no safe harbour: have it checked."
        )


SETTINGS = PlanSettings(
    plan=PLAN,
    model=Referral,
    title="Referral and team rewards",
    title_zh="分销",
    rule="2",
    example={"direct_bps": 500},
    refused={"max_depth": 3},
    problems=_problems,
    costs=_costs,
    terms=_terms,
    words=_words,
)
