"""What decides an entry's entitlement ratio: level, cumulative spend, lottery, fixed (rule 1.3)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from rebate.contracts.problems import join_paths
from rebate.contracts.scalars import Amount, Bps, Count, Id, PositiveCount, PositiveDays
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict, choose, tagged

PRIZES_MAX = 100
"""Prizes of a lottery at most: every line that may be drawn keeps them."""

LotteryKind = Literal["fixed", "range"]


class Prize(Strict):
    """One ratio that a fixed lottery may draw."""

    bps: Bps = setting("Ratio drawn", "抽中比例", "1.3.3", example=5000, default=REQUIRED)
    weight: PositiveCount = setting(
        "Weight", "权重", "1.3.3", example=1, default=1, note="Chance, relative to the others."
    )


class FixedLottery(Strict):
    """A lottery of fixed prizes."""

    kind: Annotated[LotteryKind, WithJsonSchema({"const": "fixed"})] = setting(
        "Kind", "抽奖方式", "1.3.3", example="fixed", default=REQUIRED
    )
    prizes: Annotated[tuple[Prize, ...], Field(max_length=PRIZES_MAX)] = setting(
        "Prizes", "奖项", "1.3.3", example=[{"bps": 1000, "weight": 1}], default=REQUIRED
    )
    miss_weight: Count = setting(
        "Weight of a miss",
        "未中奖权重",
        "1.3.3",
        example=1,
        default=0,
        note="A draw that misses leaves the ratio as it is.",
    )

    @property
    def highest_bps(self) -> Bps:
        """The highest ratio that a draw can give."""
        return max(prize.bps for prize in self.prizes)

    @property
    def lowest_bps(self) -> Bps:
        """The lowest ratio that a draw can give."""
        return min(prize.bps for prize in self.prizes)


class RangeLottery(Strict):
    """A lottery that draws any ratio of a range, all with the same chance."""

    kind: Annotated[LotteryKind, WithJsonSchema({"const": "range"})] = setting(
        "Kind", "抽奖方式", "1.3.3", example="range", default=REQUIRED
    )
    low_bps: Bps = setting("Lowest ratio", "最低比例", "1.3.3", example=1000, default=REQUIRED)
    high_bps: Bps = setting("Highest ratio", "最高比例", "1.3.3", example=9000, default=REQUIRED)
    miss_weight: Count = setting(
        "Weight of a miss",
        "未中奖权重",
        "1.3.3",
        example=0,
        default=0,
        note="Beside a weight of 1 for every basis point of the range.",
    )

    @property
    def highest_bps(self) -> Bps:
        """The highest ratio that a draw can give."""
        return self.high_bps

    @property
    def lowest_bps(self) -> Bps:
        """The lowest ratio that a draw can give."""
        return self.low_bps


def _lottery_type(value: Any) -> type:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return RangeLottery if kind == "range" else FixedLottery


Lottery = Annotated[
    Annotated[FixedLottery, tagged(FixedLottery)] | Annotated[RangeLottery, tagged(RangeLottery)],
    choose(_lottery_type),
]


class TierSettings(Strict):
    """A ratio for members whose completed orders of the last days add up to enough."""

    days: PositiveDays = setting("Days back", "统计天数", "1.3.2", example=30, default=REQUIRED)
    at_least: Amount = setting(
        "Spent at least", "累计金额", "1.3.2", example=200000, default=REQUIRED, note="Minor units."
    )
    bps: Bps = setting("Ratio", "权益比例", "1.3.2", example=5000, default=REQUIRED)


class PlanEntitlement(Strict):
    """The plan's own ratios; its fixed ratio is what holds where nothing else is set."""

    fixed_bps: Bps | None = setting(
        "Fixed ratio",
        "固定权益比例",
        "1.2.2",
        example=10000,
        note="Required in a plan that is on; elsewhere absent means the wider scope's.",
    )
    by_level: Mapping[Id, Bps] = setting(
        "Ratios by member level", "会员等级权益比例", "1.3.1", example={"gold": 12000}, default={}
    )
    lottery: Lottery | None = setting(
        "Lottery",
        "抽奖",
        "1.3.3",
        example={"kind": "range", "low_bps": 1000, "high_bps": 9000},
    )


class ScopeEntitlement(PlanEntitlement):
    """The ratios of a product, store or cashier; what is not set is the wider scope's."""

    cumulative: tuple[TierSettings, ...] = setting(
        "Cumulative spend",
        "累计金额",
        "1.3.2",
        example=[{"days": 30, "at_least": 200000, "bps": 5000}],
        default=(),
        note="Of all tiers that are reached the highest ratio counts.",
    )


def ratios(entitlement: PlanEntitlement) -> list[tuple[str, Bps]]:
    """Return every ratio that an entry may get here, in basis points, with its path."""
    found = [("fixed_bps", entitlement.fixed_bps)] if entitlement.fixed_bps is not None else []
    found += [(join_paths("by_level", level), bps) for level, bps in entitlement.by_level.items()]
    if entitlement.lottery is not None:
        found += [("lottery", entitlement.lottery.lowest_bps)]
        found += [("lottery", entitlement.lottery.highest_bps)]
    if isinstance(entitlement, ScopeEntitlement):
        found += [(f"cumulative[{n}].bps", t.bps) for n, t in enumerate(entitlement.cumulative)]
    return found
