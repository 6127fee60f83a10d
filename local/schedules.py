"""What EventBridge Scheduler does in the cloud: a tick every minute, a sweep every few."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions import Functions

MINUTE = timedelta(minutes=1)

_TICKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scheduled_clear", {"if_due": True}),
    ("scheduled_payouts", {"run": "average", "if_due": True}),
    ("scheduled_payouts", {"run": "union", "if_due": True}),
    ("scheduled_payouts", {"run": "dividend", "if_due": True}),
)
"""Which functions get every minute, with what beside its instant; they know whether it counts."""

_HOURLY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scheduled_payouts", {"run": "release"}),
    ("scheduled_draws", {}),
    ("scheduled_connect", {}),
)
"""Which functions get every hour; the first at once."""


class Schedules:
    """Starts what is due; whoever calls `tick` often enough misses no minute."""

    def __init__(
        self, functions: Functions, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._functions = functions
        self._now = now
        self._last = _minute(now())
        self._start(_HOURLY, self._last)

    def tick(self) -> None:
        """Start what became due since the last call, for the minute for which it was due."""
        for minute in self._minutes_since():
            self._start(_TICKS, minute)
            if minute.minute == 0:
                self._start(_HOURLY, minute)
            self._functions.call("scheduled_sweep", {})

    def _start(self, functions: Iterable[tuple[str, dict[str, Any]]], at: datetime) -> None:
        for function, event in functions:
            self._functions.call(function, {**event, "at": at.isoformat()})

    def _minutes_since(self) -> Iterator[datetime]:
        now = _minute(self._now())
        while self._last < now:
            self._last += MINUTE
            yield self._last


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
