"""The most that is paid out on one day, over all queues (Rule 8.4)."""

from zoneinfo import ZoneInfo

from rebate.domain.money import Amount
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, day_of


@dataclass(frozen=True, slots=True)
class DailyCap:
    """The highest sum of rebates that one day of the shop may pay, in minor units."""

    most: Amount
    zone: ZoneInfo

    def day_of(self, at: Instant) -> str:
        """Return the day (ISO 8601) to which a payment at `at` belongs."""
        return day_of(at, self.zone).isoformat()


@dataclass(frozen=True, slots=True)
class DailyRebates:
    """What was paid to entries on a day; kept only while a cap is set."""

    day: str
    amount: Amount = 0
    version: int = 0
