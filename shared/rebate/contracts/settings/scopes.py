"""What a product, a store or a cash desk may set for itself (rules 1.2.7 and 1.5)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from rebate.contracts.scalars import Amount, Bps, Clock, Count, Id, Instant, PositiveAmount, Weekday
from rebate.contracts.settings.entitlement import ScopeEntitlement
from rebate.contracts.settings.fields import REQUIRED, setting
from rebate.contracts.validation import Strict, choose, tagged

Part = Literal["off", "both", "funds_only", "queues_only"]


class DateWindow(Strict):
    """A span of time: from the first instant on, up to and without the last."""

    starts_at: Instant = setting(
        "From",
        "开始时间",
        "1.5.3",
        example="2026-03-01T00:00:00+08:00",
        default=REQUIRED,
        alias="from",
    )
    ends_at: Instant = setting(
        "To", "结束时间", "1.5.3", example="2026-04-01T00:00:00+08:00", default=REQUIRED, alias="to"
    )


class TimeWindow(Strict):
    """A time of day on some weekdays, up to and without its end, in the shop's timezone.

    Where the end is not after the start it is the next day's: 20:00 to 02:00 ends at night, and
    00:00 to 00:00 is a whole day. The weekday is that of the start.
    """

    weekdays: tuple[Weekday, ...] | None = setting(
        "Weekdays", "星期", "1.5.3", example=[6, 7], note="1 is Monday; absent: every day."
    )
    start: Clock = setting("Start", "开始时刻", "1.5.3", example="20:00", default=REQUIRED)
    end: Clock = setting("End", "结束时刻", "1.5.3", example="02:00", default=REQUIRED)

    @property
    def crosses_midnight(self) -> bool:
        """Whether the end is the next day's."""
        return self.end <= self.start


def _window_type(value: Any) -> type:
    if isinstance(value, dict):
        return DateWindow if {"from", "to"} & value.keys() else TimeWindow
    return DateWindow if isinstance(value, DateWindow) else TimeWindow


Window = Annotated[
    Annotated[DateWindow, tagged(DateWindow)] | Annotated[TimeWindow, tagged(TimeWindow)],
    choose(_window_type),
]


class Limits(Strict):
    """How many entries one person may earn; past it a purchase only contributes (rule 1.5.4)."""

    per_day: Count | None = setting("Entries a day", "每日限制", "1.5.4", example=1)
    total: Count | None = setting("Entries in all", "总限制", "1.5.4", example=3)


Span = Annotated[tuple[Bps, ...], Field(min_length=2, max_length=2)]
"""The lowest and the highest ratio."""


class Bounds(Strict):
    """Limits to single entries, and to the ratios that a store may set within (rule 1.2.7)."""

    min_paid: Amount = setting(
        "Lowest amount", "最低消费金额", "1.2.7", example=0, default=0, note="Minor units."
    )
    max_entitlement: PositiveAmount | None = setting(
        "Highest entitlement of an entry", "单个权益上限", "1.2.7", example=1000000
    )
    extraction_floor_bps: Bps | None = setting(
        "Lowest extraction ratio of stores", "门店提取比例下限", "1.2.7", example=500
    )
    extraction_ceiling_bps: Bps | None = setting(
        "Highest extraction ratio of stores", "门店提取比例上限", "1.2.7", example=3000
    )
    entitlement_floor_bps: Bps | None = setting(
        "Lowest entitlement ratio of stores", "门店权益比例下限", "1.2.7", example=1000
    )
    entitlement_ceiling_bps: Bps | None = setting(
        "Highest entitlement ratio of stores", "门店权益比例上限", "1.2.7", example=13000
    )
    extraction_bps: Span | None = setting(
        "Extraction ratios that stores set",
        "门店可设提取比例",
        "1.2.7",
        example=[500, 3000],
        note="Lowest and highest: within them owners of stores set their own. Absent: they do not.",
    )
    fixed_bps: Span | None = setting(
        "Entitlement ratios that stores set",
        "门店可设权益比例",
        "1.2.7",
        example=[1000, 13000],
        note="Lowest and highest: within them owners of stores set their own. Absent: they do not.",
    )


class RandomReturnSettings(Strict):
    """How many of each group of entries wait for cash, and how many become points at once."""

    cash: Count = setting("Cash places", "返现名额", "1.6.2", example=1, default=0)
    points: Count = setting("Points places", "返积分名额", "1.6.2", example=2, default=0)

    @property
    def group_size(self) -> int:
        """Entries in one group."""
        return self.cash + self.points


def _random_return_type(value: Any) -> type:
    return bool if isinstance(value, bool) else RandomReturnSettings


RandomReturnChoice = Annotated[
    Annotated[RandomReturnSettings, tagged(RandomReturnSettings)]
    | Annotated[Literal[False], tagged(bool)],
    choose(_random_return_type),
]
"""A store's or desk's own random return; false is off."""


class ScopeSettings(Strict):
    """What may be set at every scope; None and absent mean the wider scope's."""

    part: Part | None = setting(
        "Takes part",
        "参与方式",
        "1.2.6",
        example="both",
        note="Absent: both, unless the catalog says that the product does not take part.",
    )
    extraction_bps: Bps | None = setting("Extraction ratio", "提取比例", "1.2.1", example=2000)
    entitlement: ScopeEntitlement = setting(
        "Entitlement", "权益", "1.2.2", example={"fixed_bps": 13000}, default=ScopeEntitlement()
    )
    windows: tuple[Window, ...] = setting(
        "Windows",
        "奖励时间段",
        "1.5.3",
        example=[{"weekdays": [6, 7], "start": "20:00", "end": "02:00"}],
        default=(),
        note="Empty: always.",
    )
    limits: Limits = setting(
        "Limits", "奖励限制", "1.5.4", example={"per_day": 1, "total": 3}, default=Limits()
    )
    bounds: Bounds = setting(
        "Bounds", "上下限", "1.2.7", example={"min_paid": 1000}, default=Bounds()
    )


class ProductScope(ScopeSettings):
    """What one product sets for itself, in the mall or in one store."""


class CashierScope(ScopeSettings):
    """What the cash desk of one store sets for itself."""

    random_return: RandomReturnChoice | None = setting(
        "Random return",
        "随机返",
        "1.6.2",
        example={"cash": 1, "points": 2},
        note="Absent: the plan's; false: off.",
    )


class StoreScope(CashierScope):
    """What one store sets for its online goods."""

    products: Mapping[Id, ProductScope] = setting(
        "Products of the store", "门店商品", "1.5.2", example={"p-2": {}}, default={}
    )
