"""What a line was paid of late, day by day (Rules 8.2 and 8.7)."""

from collections.abc import Sequence
from datetime import timedelta
from math import log

from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import QueueId
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, day_of
from rebate.usecases.storage.open_days import days_at
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import day_key

DAYS_KNOWN = 90
"""Days that are looked back on: a request for a hundred rows reads them at once."""

DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class LineHistory:
    """What a line's entries were paid on each of the last days that are over, the oldest first."""

    paid: Sequence[Amount]

    def last(self, days: int) -> Amount:
        """Return what was paid on the last so many days."""
        return sum_of(self.paid[-days:])

    @property
    def growth(self) -> float | None:
        """How much more is paid each month, as a share; None: that is not known.

        It is that of the last thirty days over the thirty that were over a month before.
        """
        first = sum_of(self.paid[:DAYS_A_MONTH])
        last = self.last(DAYS_A_MONTH)
        return log(last / first) / 2 if first > 0 and last > 0 else None


def line_history(store: Store, terms: Terms, queue: QueueId, now: Instant) -> LineHistory:
    """Return what a queue's line was paid on the last days that are over."""
    today = day_of(now, terms.zone)
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS_KNOWN, 0, -1)]
    keys = [day_key(day, queue) for day in days]
    rows = days_at(store, keys)
    found = (rows.get(key) for key in keys)
    return LineHistory([sum_of(row.paid_of.values()) if row else NOTHING for row in found])
