"""What EventBridge Scheduler does in the cloud: a tick every minute, a sweep every few."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions import Functions

MINUTE = timedelta(minutes=1)

_TICKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scheduled_clear", {"if_due": True}),
    ("scheduled_payouts", {"run": "average", "if_due": True}),
    ("scheduled_payouts", {"run": "union", "if_due": True}),
)
"""Which functions get every minute, with what beside its instant; they know whether it counts."""


class Schedules:
    """Starts what is due; whoever calls `tick` often enough misses no minute."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._last = _minute(datetime.now(UTC))

    def tick(self) -> None:
        """Start what became due since the last call, for the minute for which it was due."""
        for minute in self._minutes_since():
            for function, event in _TICKS:
                self._functions.call(function, {**event, "at": minute.isoformat()})
            self._functions.call("scheduled_sweep", {})

    def _minutes_since(self) -> Iterator[datetime]:
        now = _minute(datetime.now(UTC))
        while self._last < now:
            self._last += MINUTE
            yield self._last


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
