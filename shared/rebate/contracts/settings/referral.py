"""Settings of referral and team rewards (分销): rule 2."""

from collections.abc import Mapping
from typing import Literal

from rebate.contracts.scalars import Bps, Depth, Flag, Id, PositiveCount
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.settings.other_plans import Moment, Period
from rebate.contracts.validation import Strict

FREE_DEPTH = 2
"""Referral levels that need no acknowledgement (rule 2.5)."""


class Rank(Strict):
    """One team rank and the ratio that its members get in all."""

    rank: Id = setting("Rank", "团队等级", "2.2", example="captain", default=REQUIRED)
    bps: Bps = setting("Ratio", "级差比例", "2.2", example=300, default=REQUIRED)


class Dividend(Strict):
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
    ranks: tuple[Rank, ...] = setting(
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
    dividend: Dividend | None = setting(
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
