"""What a day of the shop has paid, and what may still be paid under its cap (Rule 8.4).

Queues count in their own rows; rewards outside queues in tallies, of which each is written by some
of the orders only. While a cap is set, all write the day's row as well.
"""

from collections.abc import Iterator

from rebate.domain.caps import DailyCap, DailyRebates, with_paid
from rebate.domain.days import DayFigures, DaySums
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import QueueId, StoreId
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.usecases.settings.save_settings import InForce
from rebate.usecases.storage.ports import Put, Store, Write
from rebate.usecases.storage.rows.commissions import Tally
from rebate.usecases.storage.rows.keys import TALLIES, Key, day_key, tally_of


def rebates_on(store: Store, day: str, settings: int) -> DailyRebates:
    """Return what was paid on a day, as those count it who pay under a version of the settings.

    Who paid under another may have counted in a row of their own only, so the day is summed up
    once for every version under which it pays: queues and tallies, each in one pass.
    """
    known = store.get(DailyRebates, Key(day)) or DailyRebates(day)
    if known.version and known.settings == settings:
        return known
    paid = sum_of(queue.paid_on.get(day, NOTHING) for queue in store.scan(Queue))
    tallies = store.get_many(Tally, map(Key, TALLIES)).values()
    paid += sum_of(tally.paid_on.get(day, NOTHING) for tally in tallies)
    return DailyRebates(day, max(known.amount, paid), known.version, settings)


def counted_in(shard: str) -> QueueId:
    """Return in whose stead the commissions of a tally's orders are counted (Rule 8.8)."""
    return QueueId(f"referral/{shard}")


def count_day(day: DailyRebates) -> Write:
    """Return what stores a day's sum."""
    return Put(replace(day, version=day.version + 1), expects=day.version)


@dataclass(slots=True)
class Payday:
    """Payments outside queues on the day of an instant, granted one after another.

    `paid` is what was granted so far.
    """

    store: Store
    in_force: InForce
    at: Instant
    paid: Amount = NOTHING
    _day: DailyRebates | None = None

    def grant(self, wanted: Amount) -> Amount:
        """Return how much of what is wanted may be paid, and count it."""
        most, granted = self.in_force.terms.rebates_per_day, wanted
        if most is not None and wanted:
            day = self._day or rebates_on(self.store, self._name, self.in_force.version)
            granted, self._day = day.grant(wanted, most)
        self.paid += granted
        return granted

    def tally(self, name: str) -> Tally:
        """Return the tally of what is called so, with what was granted."""
        key = tally_of(name)
        known = self.store.get(Tally, key) or Tally(key.partition)
        return replace(known, paid_on=with_paid(known.paid_on, {self._name: self.paid}))

    def counted(self, tally: Tally, commissions: Amount, store: StoreId | None) -> Write:
        """Return what counts commissions on their day, beside the tally that is written with it.

        The tally's version keeps the day's row safe (Rule 8.8).
        """
        queue = counted_in(tally.shard)
        known = self.store.get(DayFigures, day_key(self._name, queue))
        day = known or DayFigures(self._name, queue)
        return Put(day.plus(DaySums(commissions=commissions), store))

    def writes(self, tally: Tally | None) -> Iterator[Write]:
        """Yield what stores a tally and, under a cap, the day's sum."""
        if tally:
            yield Put(replace(tally, version=tally.version + 1), expects=tally.version)
        if self._day:
            yield count_day(self._day)

    @property
    def _name(self) -> str:
        return DailyCap(None, self.in_force.terms.zone).day_of(self.at)
