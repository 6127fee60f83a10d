"""Reading what days came to, of a plan or a store (Rule 8.8)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from rebate.domain.days import DayFigures, DaySums
from rebate.domain.names import QueueId, StoreId
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass
from rebate.usecases.storage.open_days import as_they_are
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import DAY_SHARDS, day_partition
from rebate.usecases.storage.rows.stores import StoreTraffic

DAYS_MAX = 400
"""Days that one report reads: so many queries have time in a request."""

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """Days of the shop, both included, of one plan or store or of all (None)."""

    starts: date
    ends: date
    plan: str | None = None
    store: StoreId | None = None

    @property
    def days(self) -> int:
        """How many there are."""
        return (self.ends - self.starts).days + 1

    def read(self, store: Store) -> Iterator[DayFigures]:
        """Yield the figures of each queue and day, cut down to the store that is asked for."""
        for number in range(self.days):
            day = (self.starts + timedelta(days=number)).isoformat()
            for shard in range(DAY_SHARDS):
                for row in as_they_are(store, store.query(DayFigures, day_partition(day, shard))):
                    if self.plan is None or plan_of(row.queue) == self.plan:
                        yield from self._of_store(row)

    def _of_store(self, row: DayFigures) -> Iterator[DayFigures]:
        if self.store is None or store_of(row.queue) == self.store:
            yield row
        elif self.store in row.stores:
            yield DayFigures(row.day, row.queue, row.stores[self.store])


def told_of_stores(period: ReportPeriod, store: Store) -> dict[StoreId, Counter[str]]:
    """Return what was told of stores beside orders: `visits`, `ratings` and their `stars`."""
    found: defaultdict[StoreId, Counter[str]] = defaultdict(Counter)
    for number in range(period.days):
        day = (period.starts + timedelta(days=number)).isoformat()
        for row in store.query(StoreTraffic, day):
            found[row.store].update(visits=row.visits, ratings=row.ratings, stars=row.stars)
    return found


def plan_of(queue: QueueId) -> str:
    """Return the plan of a queue; a queue of no known plan is called by its kind."""
    name = PLANS.queue(queue)
    return name.plan.name if name else queue.partition("/")[0]


def store_of(queue: QueueId) -> StoreId | None:
    """Return the store whose orders alone join a queue; None: there is no such store."""
    name = PLANS.queue(queue)
    if name is None or name.owner is None or name.kind.name not in _OF_STORES:
        return None
    return StoreId(name.owner)


def queues_of(store: StoreId) -> tuple[QueueId, ...]:
    """Return the ids of the queues that only a store's orders join."""
    return tuple(QueueId(f"{kind}/{store}") for kind in _OF_STORES)


_OF_STORES = ("store", "cashier", "red_packet")
"""Kinds of queues that only orders of one store join."""


def sums_by(
    days: Iterable[DayFigures], group: Callable[[DayFigures], Group]
) -> dict[Group, DaySums]:
    """Return the sums of days by a group, in order of the groups."""
    sums: dict[Group, DaySums] = {}
    for day in days:
        name = group(day)
        sums[name] = sums.get(name, DaySums()).plus(day.sums)
    return {name: sums[name] for name in sorted(sums, key=str)}


def by_store(days: Iterable[DayFigures]) -> dict[StoreId, DaySums]:
    """Return the sums of days by store, where an order has one."""
    sums: dict[StoreId, DaySums] = {}
    for day in days:
        own = store_of(day.queue)
        parts = day.stores if own is None else {own: day.sums}
        for name, part in parts.items():
            sums[name] = sums.get(name, DaySums()).plus(part)
    return {name: sums[name] for name in sorted(sums)}
