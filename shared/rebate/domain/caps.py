"""The most that is paid out on one day, over all queues (Rule 8.4)."""

from typing import Annotated
from zoneinfo import ZoneInfo

from rebate.domain.money import Amount
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, day_of
from rebate.domain.wire import money, stored_as, wire


@dataclass(frozen=True, slots=True)
class DailyCap:
    """The highest sum of rebates that one day of the shop may pay, in minor units."""

    most: Amount
    zone: ZoneInfo

    def day_of(self, at: Instant) -> str:
        """Return the day (ISO 8601) to which a payment at `at` belongs."""
        return day_of(at, self.zone).isoformat()


@stored_as("daily_rebates", 2)
@dataclass(frozen=True, slots=True)
class DailyRebates:
    """What was paid to entries on a day; kept only while a cap is set."""

    day: Annotated[str, wire("day")]
    amount: Annotated[Amount, money("amount", absent=0)] = 0
    version: Annotated[int, wire("version", absent=0)] = 0
