"""When the waiting rewards of queues are set to zero, and of which (Rule 1.6.3)."""

from calendar import monthrange
from datetime import date, time
from typing import Annotated

from rebate.domain.queue_names import QueueName
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("clearing")
@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule in the shop's timezone: every day, week or month at a time, or once at an instant.

    `weekday` is ISO's, of weekly clearings; `day` is that of monthly ones, which in a shorter month
    are on its last day. `queues` are ids (`store/W`) and kinds (`store`: every store); None: all.
    """

    every: Annotated[str, wire("every", absent="day")] = "day"
    at: Annotated[time, wire("at", absent="00:00:00")] = time()
    instant: Annotated[Instant | None, wire("instant", absent=None)] = None
    weekday: Annotated[int, wire("weekday", absent=1)] = 1
    day: Annotated[int, wire("day", absent=1)] = 1
    queues: Annotated[frozenset[str] | None, wire("queues", absent=None)] = None

    def covers(self, queue: QueueName) -> bool:
        """Tell whether a queue is emptied: all are, or its id or kind is named."""
        return self.queues is None or not self.queues.isdisjoint(queue.kinds)

    def is_on(self, day: date) -> bool:
        """Tell whether a day is one of a regular schedule's."""
        if self.every == "week":
            return day.isoweekday() == self.weekday
        if self.every == "month":
            return day.day == min(self.day, monthrange(day.year, day.month)[1])
        return True
