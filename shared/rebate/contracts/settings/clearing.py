"""When the waiting rewards of queues are set to zero (队列奖励清零): rule 1.6.3."""

from datetime import datetime, time
from typing import Annotated, Any, Literal

from rebate.contracts.scalars import DayOfMonth, Id, Text, Weekday, parse_clock, parse_instant
from rebate.contracts.settings.fields import setting
from rebate.contracts.validation import Strict, choose, tagged

ClearingPeriod = Literal["day", "week", "month", "once"]


def _queues_type(value: Any) -> type:
    return tuple if isinstance(value, list | tuple) else str


Queues = Annotated[
    Annotated[Literal["all"], tagged(str)] | Annotated[tuple[Id, ...], tagged(tuple)],
    choose(_queues_type),
]


class ClearingSettings(Strict):
    """A schedule of clearings, in the shop's timezone, and the queues that they empty."""

    every: ClearingPeriod = setting("Every", "清零周期", "1.6.3", example="day", default="day")
    at: Text = setting(
        "At",
        "清零时间",
        "1.6.3",
        example="00:00",
        default="00:00",
        note='A time of day "HH:MM"; with `once` an instant with an offset.',
    )
    weekday: Weekday | None = setting(
        "Weekday", "星期", "1.6.3", example=1, note="With `week`: 1 (Monday, the default) to 7."
    )
    day: DayOfMonth | None = setting(
        "Day of the month",
        "日期",
        "1.6.3",
        example=31,
        note="With `month`: 1 (the default) to 31; a shorter month clears on its last day.",
    )
    queues: Queues = setting(
        "Queues",
        "清零队列",
        "1.6.3",
        example="all",
        default="all",
        note='"all", or a list of queue ids (`store/W`) and kinds (`store`: every store).',
    )

    @property
    def time_of_day(self) -> time:
        """The time of each clearing; not with `once`."""
        return parse_clock(self.at)

    @property
    def instant(self) -> datetime:
        """The instant of the only clearing; with `once` alone."""
        return parse_instant(self.at)

    @property
    def on_weekday(self) -> int:
        """ISO weekday of a weekly clearing."""
        return self.weekday or 1

    @property
    def on_day(self) -> int:
        """Day of a monthly clearing; a shorter month clears on its last day."""
        return self.day or 1
