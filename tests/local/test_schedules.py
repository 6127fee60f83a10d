"""What stands in for EventBridge Scheduler on one machine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions import Functions
from local.schedules import Schedules

BEGIN = datetime(2026, 3, 1, 10, 58, 30, tzinfo=UTC)
EVERY_MINUTE = ["scheduled_clear", *["scheduled_payouts"] * 3, "scheduled_sweep"]
EVERY_HOUR = ["scheduled_payouts release", "scheduled_draws", "scheduled_connect"]


class Called(Functions):
    """Keeps what it is asked to start, instead of starting it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, name: str, event: dict[str, Any]) -> None:
        self.calls.append((name, event))

    def names(self) -> list[str]:
        """Return what was started since the last time, releases by their own name."""
        found = [f"{n} release" if e.get("run") == "release" else n for n, e in self.calls]
        self.calls.clear()
        return found


def clock() -> Iterator[datetime]:
    at = BEGIN
    while True:
        yield at
        at += timedelta(seconds=40)


def test_every_minute_is_started_once_and_hours_besides() -> None:
    functions, times = Called(), clock()
    schedules = Schedules(functions, lambda: next(times))
    assert functions.names() == EVERY_HOUR
    schedules.tick()
    assert [event.get("at") for _, event in functions.calls[:1]] == ["2026-03-01T10:59:00+00:00"]
    assert functions.names() == EVERY_MINUTE
    schedules.tick()
    assert functions.names() == []
    schedules.tick()
    assert functions.names() == [*EVERY_MINUTE[:-1], *EVERY_HOUR, EVERY_MINUTE[-1]]


def test_minutes_that_were_slept_through_are_made_up_for() -> None:
    functions = Called()
    times = iter([BEGIN, BEGIN + timedelta(minutes=3)])
    schedules = Schedules(functions, lambda: next(times))
    functions.names()
    schedules.tick()
    ticks = [event["at"] for name, event in functions.calls if name == "scheduled_clear"]
    assert [at[11:16] for at in ticks] == ["10:59", "11:00", "11:01"]
