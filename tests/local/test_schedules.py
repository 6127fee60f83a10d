"""What stands in for EventBridge Scheduler on one machine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions import Functions
from local.memory import MemoryLetters
from local.schedules import LocalSchedules
from rebate.contracts.settings import parse_settings
from rebate.domain.terms import Terms
from rebate.usecases.settings.terms import terms_of

BEGIN = datetime(2026, 3, 1, 10, 58, 30, tzinfo=UTC)
STARTED = ["scheduled_clear", *["scheduled_payouts"] * 4]
SWEPT = ["scheduled_sweep", "scheduled_webhooks", "scheduled_letters", "scheduled_exports"]
EVERY_MINUTE = [*STARTED, *SWEPT]
EVERY_HOUR = [
    "scheduled_payouts release",
    "scheduled_draws",
    "scheduled_audit",
    "scheduled_connect",
]


def midnights() -> Terms:
    """Return settings by which Shanghai's queues are cleared at midnight, and nothing else is."""
    plan = {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "clearing": {"every": "day", "at": "00:00"},
    }
    shop = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan}
    return terms_of(parse_settings(shop))


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
    schedules = LocalSchedules(functions, MemoryLetters(), midnights, lambda: next(times))
    assert functions.names() == EVERY_HOUR
    schedules.tick()
    assert [event.get("at") for _, event in functions.calls[:1]] == ["2026-03-01T10:59:00+00:00"]
    assert functions.names() == EVERY_MINUTE
    schedules.tick()
    assert functions.names() == []
    schedules.tick()
    assert functions.names() == [*STARTED, *EVERY_HOUR, *SWEPT]


def test_minutes_that_were_slept_through_are_made_up_for() -> None:
    functions = Called()
    times = iter([BEGIN, BEGIN + timedelta(minutes=3)])
    schedules = LocalSchedules(functions, MemoryLetters(), midnights, lambda: next(times))
    functions.names()
    schedules.tick()
    ticks = [event["at"] for name, event in functions.calls if name == "scheduled_clear"]
    assert [at[11:16] for at in ticks] == ["10:59", "11:00", "11:01"]


def test_what_was_due_while_nothing_ran_is_started_once_as_of_its_own_instant() -> None:
    """Ended before one midnight, started again after the next but one; then again at once."""
    marks, again = MemoryLetters(), BEGIN + timedelta(days=2, hours=8)
    assert len(clearings(marks, BEGIN, BEGIN + timedelta(minutes=1))) == 1
    made_up = clearings(marks, again)
    assert made_up[:3] == [f"2026-03-0{day}T16:00:00+00:00" for day in (1, 2, 3)]
    assert made_up[3:] == [f"2026-03-03T18:{minute}:00+00:00" for minute in (56, 57, 58)]
    assert clearings(marks, again) == []


def clearings(marks: MemoryLetters, *times: datetime) -> list[str]:
    """Return for which minutes clearing was started by a process that lived at these times."""
    functions, moments = Called(), iter([times[0], *times])
    schedules = LocalSchedules(functions, marks, midnights, lambda: next(moments))
    for _ in times:
        schedules.tick()
    return [event["at"] for name, event in functions.calls if name == "scheduled_clear"]
