"""Reading lists in order of time, to the end: their sort keys begin with an instant."""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import TypeVar

from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import number

Row = TypeVar("Row")

ROWS_AT_ONCE = 50
"""Rows of one list that a request reads."""


def oldest_first(
    store: Store,
    kind: type[Row],
    list_: str,
    *,
    at_once: int,
    starts_at: Instant | None = None,
    ends_at: Instant | None = None,
) -> Iterator[Row]:
    """Yield what stands in a list from one instant until before another, `at_once` rows a read."""
    after = None if starts_at is None else number(starts_at)
    end = None if ends_at is None else number(ends_at)
    while True:
        rows = store.query(kind, list_, after=after, limit=at_once)
        for row in rows:
            if end is not None and key_of(row).sort >= end:
                return
            yield row
        if len(rows) < at_once:
            return
        after = key_of(rows[-1]).sort


def newest_first(
    store: Store,
    kind: type[Row],
    lists: Iterable[str],
    *,
    after: str | None = None,
    ends_at: Instant | None = None,
) -> Iterator[Row]:
    """Yield what stands in several lists, as if it were one, from the newest back.

    `after` is the sort key of the row where an earlier page ended; of `ends_at` and later nothing
    is yielded.
    """
    bounds = [each for each in (after, None if ends_at is None else number(ends_at)) if each]
    start = min(bounds, default=None)
    each = [_backwards(store, kind, list_, start) for list_ in lists]
    return merge(*each, key=lambda row: key_of(row).sort, reverse=True)


def _backwards(store: Store, kind: type[Row], list_: str, after: str | None) -> Iterator[Row]:
    while True:
        rows = store.query(kind, list_, after=after, limit=ROWS_AT_ONCE, backwards=True)
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        after = key_of(rows[-1]).sort
