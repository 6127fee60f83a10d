"""Members over time: who is new, who buys, who buys again (Rules 6.3 and 8.8).

Who bought is read off the lists of orders, a row of some 150 bytes each; it does not add up over
days, so months are told, and no more orders are read than a request has time for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebate.domain.names import MemberId, StoreId
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant, day_of, instant_of
from rebate.usecases.office.order_lists import ROWS_AT_ONCE, oldest_places
from rebate.usecases.office.places import ALL_MEMBERS, ALL_ORDERS, orders_at
from rebate.usecases.storage.in_time import oldest_first
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.lists import ListItem

ROWS_MAX = 50_000
"""Rows of lists that one report reads."""


class TooManyRows(Exception):
    """There are more orders in a period than one report reads."""


@dataclass(slots=True)
class MembersOfMonth:
    """Members of one month: `registered` became known, `new` bought for the first time ever.

    `orders` are those of members, by member; guests are nobody's.
    """

    registered: int = 0
    new: int = 0
    orders: Counter[MemberId] = field(default_factory=Counter)

    @property
    def active(self) -> int:
        """How many bought."""
        return len(self.orders)

    @property
    def repeating(self) -> int:
        """How many bought more than once."""
        return sum(count > 1 for count in self.orders.values())


def members_by_month(
    store: Store, starts: date, ends: date, zone: ZoneInfo, of_store: StoreId | None
) -> dict[str, MembersOfMonth]:
    """Return the members of each month of a period of the shop's days, of one store or of all.

    Who registered is nobody's member in particular, so a store's report does not tell of it.

    Raises:
        TooManyRows: there are more than `ROWS_MAX` in the period.
    """
    bounds = _midnight(starts, zone), _midnight(ends + timedelta(days=1), zone)
    found: defaultdict[str, MembersOfMonth] = defaultdict(MembersOfMonth)
    lists = ALL_ORDERS if of_store is None else (orders_at(of_store),)
    places = oldest_places(store, lists, starts_at=bounds[0], ends_at=bounds[1])
    for read, place in enumerate(places):
        if read == ROWS_MAX:
            raise TooManyRows
        month = found[_month(place.at, zone)]
        if place.member is not None:
            month.orders[place.member] += 1
            month.new += place.first
    for item in _known_within(store, *bounds) if of_store is None else ():
        found[_month(item.at, zone)].registered += 1
    return {name: found[name] for name in sorted(found)}


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return instant_of(datetime.combine(day, time(), zone))


def _month(at: Instant, zone: ZoneInfo) -> str:
    return day_of(at, zone).isoformat()[:7]


def _known_within(store: Store, starts_at: Instant, ends_at: Instant) -> Iterator[ListItem]:
    """Yield who became known from one instant until before another."""
    for each in ALL_MEMBERS:
        yield from oldest_first(
            store, ListItem, each, at_once=ROWS_AT_ONCE, starts_at=starts_at, ends_at=ends_at
        )
