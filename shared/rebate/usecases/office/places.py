"""Lists of orders, members and names, written with what they list, so that no search scans.

An order stands in the list of all orders (in `SHARDS` parts, each of which takes a few hundred rows
a second), in its member's and in its store's: two or three rows of about 150 bytes, fewer where
orders that are accepted together share them (`order_lists`).
"""

import unicodedata
from collections.abc import Iterable, Iterator
from zlib import crc32

from rebate.domain.money import sum_of
from rebate.domain.names import MemberId, StoreId
from rebate.domain.orders import Order
from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.usecases.storage.office import KnownName, OrderPlace
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.catalog import Member, Product, Shop
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.lists import ListItem

SHARDS = 8

ALL_ORDERS = tuple(f"orders/{shard}" for shard in range(SHARDS))
ALL_MEMBERS = tuple(f"members/{shard}" for shard in range(SHARDS))

NAME_CHARS_MAX = 64
"""Of a name, what it is found by."""

PRODUCTS_MAX = 20
"""Products of an order by which it is found in a list."""


def orders_of(member: MemberId) -> str:
    """Return the list of a member's orders."""
    return f"member/{member}"


def orders_at(store: StoreId) -> str:
    """Return the list of a store's orders."""
    return f"store/{store}"


def placed(order: Order, *, first: bool = False) -> list[Write]:
    """Return the places of an order that is paid; `first`: it is its member's first."""
    assert order.paid_at is not None, "the order is not paid"
    products = dict.fromkeys(line.product for line in order.lines if line.product is not None)
    lists = [ALL_ORDERS[_shard(order.id)]]
    lists += [orders_of(order.member)] if order.member else []
    lists += [orders_at(order.store)] if order.store else []
    return [
        Put(
            OrderPlace(
                each,
                order.paid_at,
                order.id,
                sum_of(line.paid for line in order.lines),
                order.member,
                order.store,
                tuple(products)[:PRODUCTS_MAX],
                first,
            )
        )
        for each in lists
    ]


def by_itself(place: OrderPlace) -> OrderPlace:
    """Return a place as it is where an order shares no row: in its own part of all orders."""
    return (
        replace(place, list=ALL_ORDERS[_shard(place.order)]) if place.list in ALL_ORDERS else place
    )


def introductions(writes: Iterable[Write], at: Instant) -> list[Write]:
    """Return the places among all members of those whom these writes store for the first time."""
    rows = (write.row for write in writes if isinstance(write, Put) and write.expects == 0)
    new = [row.id for row in rows if isinstance(row, Member)]
    return [Put(ListItem(ALL_MEMBERS[_shard(member)], at, member)) for member in new]


def renamed(before: Member | Product | Shop, after: Member | Product | Shop) -> Iterator[Write]:
    """Yield what lets somebody or something be found by the name that it has now."""
    old, new = _known_name(before), _known_name(after)
    if old == new:
        return
    if old:
        yield Remove(KnownName, key_of(old))
    if new:
        yield Put(new)


def folded(name: str) -> str:
    """Return a name as it is looked for: without regard to case and width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(plain.split())[:NAME_CHARS_MAX]


def _known_name(row: Member | Product | Shop) -> KnownName | None:
    kind = {Member: "member", Product: "product", Shop: "store"}[type(row)]
    name = folded((row.nickname if isinstance(row, Member) else row.name) or "")
    return KnownName(kind, name, row.id) if name else None


def _shard(name: str) -> int:
    return crc32(name.encode()) % SHARDS
