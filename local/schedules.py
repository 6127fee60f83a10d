"""What EventBridge Scheduler does in the cloud: a tick every minute, a sweep every few."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from local.functions import Functions
from local.message_store import MessageBoxes
from rebate.contracts.schedules import LEVELS
from rebate.domain.plans.registry import PLANS
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, instant_of
from rebate.usecases.schedules.due_runs import run_due

MINUTE = timedelta(minutes=1)

RECENT = 3 * MINUTE
"""Minutes that are started in any case: a run is also sent ahead of its time."""

_MARK = "schedules"

_HOURLY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("scheduled_payouts", {"run": "release"}),
    ("scheduled_draws", {}),
    ("scheduled_audit", {}),
    ("scheduled_connect", {}),
)
"""Which functions get every hour; the first at once."""

_EVERY_MINUTE = ("scheduled_sweep", "scheduled_webhooks", "scheduled_letters", "scheduled_exports")


class LocalSchedules:
    """Starts what is due; whoever calls `tick` often enough misses no minute.

    What was due while nothing ran is made up for, each run once and as of its own instant (Rule
    0.9): `marks` remembers the last minute that was started. Of minutes that are long over those
    are left out at which the settings in force, of which `terms` tells, want nothing.
    """

    def __init__(
        self,
        functions: Functions,
        marks: MessageBoxes,
        terms: Callable[[], Terms],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._functions = functions
        self._marks = marks
        self._terms = terms
        self._now = now
        begun, marked = _minute(now()), marks.marked(_MARK)
        self._last = datetime.fromisoformat(marked) if marked else self._remembered(begun)
        self._start(_HOURLY, begun)

    def tick(self) -> None:
        """Start what became due since the last call, for the minute for which it was due."""
        for minute in self._minutes_since():
            self._start(_ticks(), minute)
            if minute.minute == 0:
                self._start(_HOURLY, minute)
            for function in _EVERY_MINUTE:
                self._functions.call(function, {})

    def _start(self, functions: Iterable[tuple[str, dict[str, Any]]], at: datetime) -> None:
        for function, event in functions:
            self._functions.call(function, {**event, "at": at.isoformat()})

    def _minutes_since(self) -> Iterator[datetime]:
        """Yield the minutes since the last, and remember each once it was started."""
        now = _minute(self._now())
        long_over = now - RECENT
        terms = self._terms() if self._last < long_over else None
        minute = self._last + MINUTE
        while minute <= now:
            if terms is None or minute > long_over or _any_due(terms, instant_of(minute)):
                yield minute
                self._last = self._remembered(minute)
            minute += MINUTE

    def _remembered(self, minute: datetime) -> datetime:
        self._marks.mark(_MARK, minute.isoformat())
        return minute


def _any_due(terms: Terms, at: Instant) -> bool:
    """Tell whether settings in force want something to be started at the minute of `at`."""
    runs = (*(run.name for _, run in PLANS.runs()), LEVELS)
    return any(run_due(name, terms, at) for name in runs)


def _ticks() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield which functions get every minute, with what beside it; they know whether it counts."""
    for _, run in PLANS.runs():
        function = "scheduled_payouts" if run.pays else "scheduled_clear"
        yield function, {"run": run.name, "if_due": True}
    yield "scheduled_payouts", {"run": LEVELS, "if_due": True}


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
