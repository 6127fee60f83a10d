"""When a purchase earns an entry (Rule 1.5.3)."""

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from rebate.domain.records import dataclass
from rebate.domain.times import Instant, datetime_of
from rebate.domain.wire import stored_as, tag, wire


@stored_as("dates")
@dataclass(frozen=True, slots=True)
class Dates:
    """From an instant on, up to and without another."""

    start: Annotated[Instant, wire("start")]
    end: Annotated[Instant, wire("end")]
    type: Annotated[Literal["dates"], tag("dates")] = "dates"

    def holds(self, instant: Instant, _zone: ZoneInfo) -> bool:
        """Tell whether `instant` lies inside."""
        return self.start <= instant < self.end


@stored_as("hours")
@dataclass(frozen=True, slots=True)
class Hours:
    """A time of day, up to and without its end; one that is not after the start is the next day's.

    `weekdays` (1 is Monday; empty: every day) are those of the start. Times are those of the
    clock on the shop's wall, so a day on which clocks change is longer or shorter.
    """

    start: Annotated[time, wire("start")]
    end: Annotated[time, wire("end")]
    weekdays: Annotated[frozenset[int], wire("weekdays", absent=[])] = frozenset()
    type: Annotated[Literal["hours"], tag("hours")] = "hours"

    def holds(self, instant: Instant, zone: ZoneInfo) -> bool:
        """Tell whether `instant` lies inside."""
        local = datetime_of(instant, zone)
        today, now = local.date(), local.time()
        if self.end > self.start:
            return self._on(today.isoweekday()) and self.start <= now < self.end
        yesterday = today - timedelta(days=1)
        since_start = now >= self.start and self._on(today.isoweekday())
        until_end = now < self.end and self._on(yesterday.isoweekday())
        return since_start or until_end

    def _on(self, weekday: int) -> bool:
        return not self.weekdays or weekday in self.weekdays


Window: TypeAlias = Dates | Hours


def inside(windows: Iterable[Window], instant: Instant, zone: ZoneInfo) -> bool:
    """Tell whether `instant` lies in any of `windows`; no windows are open always."""
    known = tuple(windows)
    return not known or any(window.holds(instant, zone) for window in known)
