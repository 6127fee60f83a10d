"""Lists of orders: orders that are accepted together share a row, and are read one by one.

A row stands where the newest of its orders does, and the others are older by `SPAN` at most. So
whoever reads in order holds an order back until no row that may hold one before it is to come.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush, merge
from operator import attrgetter

from rebate.domain.records import fields_of, replace
from rebate.domain.times import Instant, later
from rebate.usecases.office.places import ALL_ORDERS
from rebate.usecases.storage.in_time import newest_first, oldest_first
from rebate.usecases.storage.office import SPAN, FurtherPlace, OrderPlace
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of

ROWS_AT_ONCE = 1_000

_NEWEST = attrgetter("at", "order")


def sharing_rows(places: Iterable[OrderPlace]) -> list[OrderPlace]:
    """Return rows for places of one transaction; in all lists but those of all, by their list."""
    return [
        replace(first, others=tuple(map(_further, others))) for first, *others in _shared(places)
    ]


def rows_shared_by(places: Iterable[OrderPlace]) -> int:
    """Return how many rows places share."""
    return sum(1 for _ in _shared(places))


def _shared(places: Iterable[OrderPlace]) -> Iterator[list[OrderPlace]]:
    """Yield the places of each row, the newest first."""
    by_list: dict[str, list[OrderPlace]] = {}
    for place in places:
        by_list.setdefault(_family(place), []).append(place)
    for found in by_list.values():
        found.sort(key=_NEWEST, reverse=True)
        while found:
            reach = found[0].at - SPAN
            some = [place for place in found if place.at >= reach]
            del found[: len(some)]
            yield some


def newest_places(
    store: Store,
    lists: Iterable[str],
    *,
    after: str | None = None,
    ends_at: Instant | None = None,
) -> Iterator[OrderPlace]:
    """Yield the orders of lists from the newest back, from before `ends_at` on.

    `after` is the sort key of the place where an earlier page ended.
    """
    bounds = [bound for bound in (_instant_of(after), ends_at) if bound is not None]
    until = later(min(bounds), SPAN + 1) if bounds else None
    waiting: list[_Backwards] = []
    for row in newest_first(store, OrderPlace, lists, ends_at=until):
        while waiting and waiting[0].sort > key_of(row).sort:
            yield heappop(waiting).place
        for place in row.each():
            sort = key_of(place).sort
            if (after is None or sort < after) and (ends_at is None or place.at < ends_at):
                heappush(waiting, _Backwards(place, sort))
    while waiting:
        yield heappop(waiting).place


def oldest_places(
    store: Store,
    lists: Sequence[str],
    *,
    starts_at: Instant | None = None,
    ends_at: Instant | None = None,
) -> Iterator[OrderPlace]:
    """Yield the orders of lists from one instant until before another, the oldest first."""
    each = (_forwards(store, list_, starts_at, ends_at) for list_ in lists)
    waiting: list[tuple[str, str, OrderPlace]] = []
    for row in merge(*each, key=lambda row: key_of(row).sort):
        while waiting and waiting[0][2].at < row.at - SPAN:
            yield heappop(waiting)[2]
        for place in row.each():
            if (starts_at or place.at) <= place.at and (ends_at is None or place.at < ends_at):
                heappush(waiting, (key_of(place).sort, place.list, place))
    while waiting:
        yield heappop(waiting)[2]


def _forwards(
    store: Store, list_: str, starts_at: Instant | None, ends_at: Instant | None
) -> Iterator[OrderPlace]:
    """Return the rows of a list in which orders of a period may stand."""
    until = None if ends_at is None else later(ends_at, SPAN + 1)
    return oldest_first(
        store, OrderPlace, list_, at_once=ROWS_AT_ONCE, starts_at=starts_at, ends_at=until
    )


def _instant_of(after: str | None) -> Instant | None:
    """Return when the order was paid with which a page ended; None: `after` says no such thing."""
    digits = (after or "").partition("#")[0]
    return Instant(int(digits)) if digits.isascii() and digits.isdigit() else None


class _Backwards:
    """A place in a heap whose first is the newest."""

    __slots__ = ("place", "sort")

    def __init__(self, place: OrderPlace, sort: str) -> None:
        self.place = place
        self.sort = sort

    def __lt__(self, other: "_Backwards") -> bool:
        return self.sort > other.sort


def _family(place: OrderPlace) -> str:
    return "orders" if place.list in ALL_ORDERS else place.list


def _further(place: OrderPlace) -> FurtherPlace:
    told = {name: value for name, value in fields_of(place) if name not in {"list", "others"}}
    return FurtherPlace(**told)
