"""Lists of orders whose rows are shared read as if each order had a row of its own."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.money import Amount
from rebate.domain.names import OrderId
from rebate.domain.times import Instant
from rebate.usecases.office import order_lists
from rebate.usecases.office.order_lists import (
    newest_places,
    oldest_places,
    rows_shared_by,
    sharing_rows,
)
from rebate.usecases.office.places import ALL_ORDERS
from rebate.usecases.storage import in_time
from rebate.usecases.storage.office import SPAN, OrderPlace
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of
from tests.fakes import MemoryStore

STEP = SPAN // 4
"""Orders are as far apart as a few of these, so that some share a row and some are too far."""

times = st.integers(0, 40).map(lambda steps: Instant(steps * STEP))
batches = st.lists(st.lists(times, min_size=1, max_size=6), max_size=8)


def stored(batches: Any) -> tuple[MemoryStore, list[OrderPlace]]:
    """Return a store with the batches' orders, and their places without sharing."""
    store, alone = MemoryStore(), []
    for batch, instants in enumerate(batches):
        places = [
            OrderPlace(ALL_ORDERS[(batch + n) % 8], at, OrderId(f"o{batch}-{n}"), Amount(100 + n))
            for n, at in enumerate(instants)
        ]
        rows = sharing_rows(places)
        assert len(rows) == rows_shared_by(places)
        store.commit([Put(row) for row in rows])
        alone += places
    return store, sorted(alone, key=lambda place: key_of(place).sort)


def names(places: Any) -> list[tuple[OrderId, int]]:
    return [(place.order, place.paid) for place in places]


@given(batches=batches, starts=st.none() | times, ends=st.none() | times, at_once=st.integers(1, 3))
def test_shared_rows_read_as_rows_of_their_own(batches, starts, ends, at_once):
    store, alone = stored(batches)
    before = [place for place in alone if ends is None or place.at < ends]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(in_time, "ROWS_AT_ONCE", at_once)
        patched.setattr(order_lists, "ROWS_AT_ONCE", at_once)
        newest = names(newest_places(store, ALL_ORDERS, ends_at=ends))
        oldest = names(oldest_places(store, ALL_ORDERS, starts_at=starts, ends_at=ends))
    assert newest == names(reversed(before))
    assert oldest == names(place for place in before if starts is None or place.at >= starts)


@given(batches=batches, ends=st.none() | times)
def test_a_page_goes_on_at_any_order(batches, ends):
    """Also within a row, whose newest order is on the page before."""
    store, _ = stored(batches)
    places = list(newest_places(store, ALL_ORDERS, ends_at=ends))
    assert names(newest_places(store, ALL_ORDERS, after="nowhere", ends_at=ends)) == names(places)
    for number, last in enumerate(places, 1):
        rest = newest_places(store, ALL_ORDERS, after=key_of(last).sort, ends_at=ends)
        assert names(rest) == names(places[number:])


def test_orders_that_came_together_share_a_row_in_each_list():
    """One that was paid more than a minute before the others stands by itself."""
    told = [
        (ALL_ORDERS[0], 5 * SPAN, "o1"),
        (ALL_ORDERS[7], 4 * SPAN, "o2"),
        (ALL_ORDERS[3], 4 * SPAN - 1, "o3"),
        ("member/A", 5 * SPAN, "o1"),
        ("member/A", 5 * SPAN, "o2"),
        ("member/B", 5 * SPAN, "o3"),
    ]
    places = [OrderPlace(list_, Instant(at), OrderId(name), Amount(1)) for list_, at, name in told]
    rows = sharing_rows(places)
    assert [(row.list, [each.order for each in row.each()]) for row in rows] == [
        (ALL_ORDERS[0], ["o1", "o2"]),
        (ALL_ORDERS[3], ["o3"]),
        ("member/A", ["o2", "o1"]),
        ("member/B", ["o3"]),
    ]
