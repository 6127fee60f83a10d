"""Counting what shops tell of their stores beside orders: visits and ratings (Rule 6.3)."""

from typing import TypeAlias

from rebate.contracts.events_in import StoreRated, StoreVisited, digest
from rebate.domain.errors import Mismatch
from rebate.domain.names import StoreId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import day_of, instant_of
from rebate.usecases.catalog.save_catalog import Saved
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Put, Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.stores import StoreFact, StoreFactKind, StoreTraffic

StoreEvent: TypeAlias = StoreVisited | StoreRated


@dataclass(frozen=True, slots=True)
class StoreVisits:
    """Counts visits and ratings on their day of the shop, each once."""

    store: Store
    settings: SettingsReader

    def count(self, event: StoreEvent) -> Saved:
        """Count a visit or a rating, unless it is known.

        Raises:
            Mismatch: its id is known with other content.
            Unavailable: others keep telling of the same store; try again later.
        """
        what = f"what is told of store {event.store_id}"
        return attempted(lambda: self._count(event, _fact(event)), what)

    def _count(self, event: StoreEvent, fact: StoreFact) -> Saved:
        known = self.store.get(StoreFact, key_of(fact))
        if known is not None:
            if known.digest != fact.digest:
                raise Mismatch(f"{fact.kind} {fact.id} is known with other content")
            return Saved(event.store_id, "duplicate")
        day = self._day(event)
        counted = replace(_with(day, event), version=day.version + 1)
        self.store.commit([Put(fact, expects=0), Put(counted, expects=day.version)])
        return Saved(event.store_id, "saved")

    def _day(self, event: StoreEvent) -> StoreTraffic:
        at = event.visited_at if isinstance(event, StoreVisited) else event.rated_at
        day = day_of(instant_of(at), self.settings.in_force().terms.zone).isoformat()
        found = self.store.get(StoreTraffic, Key(day, event.store_id))
        return found or StoreTraffic(day, StoreId(event.store_id))


def _fact(event: StoreEvent) -> StoreFact:
    if isinstance(event, StoreVisited):
        return StoreFact(StoreFactKind.VISIT, event.visit_id, digest(event))
    return StoreFact(StoreFactKind.RATING, event.rating_id, digest(event))


def _with(day: StoreTraffic, event: StoreEvent) -> StoreTraffic:
    if isinstance(event, StoreVisited):
        return replace(day, visits=day.visits + 1)
    return replace(day, ratings=day.ratings + 1, stars=day.stars + event.stars)
