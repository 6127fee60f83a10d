"""The most that is paid out on one day, over all that leaves through the engine (Rule 8.4).

What each source paid on a day stands in a row that it writes anyway: a queue's own, or one of the
shards of rewards outside queues. Only while a cap is set do all sources share a row, which begins
with the sum of theirs.
"""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from rebate.domain.money import NOTHING, Amount
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, day_of
from rebate.domain.wire import money, stored_as, wire

DAYS_KEPT = 8
"""Days of which a source keeps what it paid: what is settled a week late is still counted."""


@dataclass(frozen=True, slots=True)
class DailyCap:
    """The highest sum that one day of the shop may pay, in minor units; `most` None: no cap."""

    most: Amount | None
    zone: ZoneInfo

    def day_of(self, at: Instant) -> str:
        """Return the day (ISO 8601) to which a payment at `at` belongs."""
        return day_of(at, self.zone).isoformat()


@stored_as("daily_rebates", 3)
@dataclass(frozen=True, slots=True)
class DailyRebates:
    """What was paid on a day, over all sources; kept only while a cap is set.

    It holds while the version `settings` is in force: others may not have counted here.
    """

    day: Annotated[str, wire("day")]
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING
    version: Annotated[int, wire("version", absent=0)] = 0
    settings: Annotated[int, wire("settings", absent=0)] = 0

    def grant(self, wanted: Amount, most: Amount | None) -> tuple[Amount, "DailyRebates"]:
        """Return how much of what is wanted may be paid, and the day with that paid."""
        paid = wanted if most is None else min(wanted, max(NOTHING, most - self.amount))
        return paid, DailyRebates(self.day, self.amount + paid, self.version, self.settings)


def with_paid(paid_on: Mapping[str, Amount], more: Mapping[str, Amount]) -> dict[str, Amount]:
    """Return what a source paid by day, with so much more; days long past are forgotten."""
    sums = dict(paid_on)
    for day, amount in more.items():
        if amount:
            sums[day] = sums.get(day, NOTHING) + amount
    return {day: sums[day] for day in sorted(sums)[-DAYS_KEPT:]}
