"""Finding orders by what people know of them: nothing is scanned."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.office import OrderFound, OrdersFound
from rebate.domain.currencies import decimals_of
from rebate.domain.money import Amount, sum_of
from rebate.domain.names import MemberId, OrderId, ProductId, StoreId
from rebate.domain.orders import Order
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, datetime_of, instant_of
from rebate.usecases.office.order_lists import newest_places
from rebate.usecases.office.places import ALL_ORDERS, orders_at, orders_of, placed
from rebate.usecases.office.search_names import ids_named
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.queries.show_entries import moment_of
from rebate.usecases.storage.office import OrderPlace
from rebate.usecases.storage.ports import Put, Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

PLACES_READ_MAX = 2_000
"""Places that one page reads: where most is passed over it is short, and the next goes on."""

NAMED_MAX = 20
"""Members or products of a name whose orders are looked for."""


@dataclass(frozen=True, slots=True)
class WantedOrders:
    """Which orders: of a member, at a store, from an instant on, before another; None: all.

    `members` and `products` are those that what was asked for may mean, `paid` is an amount.
    """

    member: MemberId | None = None
    store: StoreId | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    state: str | None = None
    members: frozenset[MemberId] = frozenset()
    products: frozenset[ProductId] = frozenset()
    paid: int | None = None

    def has(self, place: OrderPlace) -> bool:
        """Tell whether an order is among them, as far as its place tells."""
        return (
            (self.member is None or place.member == self.member)
            and (self.store is None or place.store == self.store)
            and (not self.members or place.member in self.members)
            and (not self.products or not self.products.isdisjoint(place.products))
            and (self.paid is None or place.paid == self.paid)
        )

    @property
    def lists(self) -> Sequence[str]:
        """The shortest lists in which all of them stand."""
        if self.member is not None:
            return (orders_of(self.member),)
        if self.members:
            return tuple(orders_of(member) for member in sorted(self.members))
        return ALL_ORDERS if self.store is None else (orders_at(self.store),)


def search_orders(
    store: Store,
    terms: Terms,
    wanted: WantedOrders,
    query: str | None = None,
    after: str | None = None,
) -> OrdersFound:
    """Return a page of orders; `query` is an order, a member, a product, a day or an amount.

    It is taken for the first of these that there is, members and products also by their names;
    what is nothing else may be a product that was never saved.
    """
    if query is not None:
        order = load_order(store, OrderId(query))
        if order.digest is not None:
            own = [(_place(order), order)]
            found = [each for each in own if wanted.has(each[0]) and _in(*each, wanted)]
            return OrdersFound(_shown(store, found), terms.currency)
        wanted = _meant(store, terms, wanted, query)
    pairs, end = _page(store, wanted, after)
    return OrdersFound(_shown(store, pairs), terms.currency, end)


def _meant(store: Store, terms: Terms, wanted: WantedOrders, query: str) -> WantedOrders:
    """Return which orders a query narrows the search to."""
    if (day := _day(query)) is not None:
        starts, ends = (_midnight(day + timedelta(days), terms) for days in (0, 1))
        return replace(
            wanted,
            starts_at=max(starts, wanted.starts_at or starts),
            ends_at=min(ends, wanted.ends_at or ends),
        )
    members = frozenset(map(MemberId, ids_named(store, "member", query, NAMED_MAX)))
    if members:
        return replace(wanted, members=members)
    products = frozenset(map(ProductId, ids_named(store, "product", query, NAMED_MAX)))
    if products:
        return replace(wanted, products=products)
    amount = _amount(query, terms.currency)
    if amount is not None:
        return replace(wanted, paid=amount)
    return replace(wanted, products=frozenset({ProductId(query)}))


def _page(
    store: Store, wanted: WantedOrders, after: str | None
) -> tuple[list[tuple[OrderPlace, Order]], str | None]:
    """Return orders, and where the next page goes on if there may be more."""
    places = newest_places(store, wanted.lists, after=after, ends_at=wanted.ends_at)
    found: list[tuple[OrderPlace, Order]] = []
    read = 0
    while chunk := list(islice(places, PAGE_SIZE)):
        kept = [place for place in chunk if place.at >= (wanted.starts_at or place.at)]
        likely = [place for place in kept if wanted.has(place)]
        orders = store.get_many(Order, {Key(place.order) for place in likely})
        for place in likely:
            order = orders.get(Key(place.order))
            if order is not None and _in(place, order, wanted):
                found.append((place, order))
            if len(found) == PAGE_SIZE:
                return found, key_of(place).sort
        read += len(chunk)
        if len(kept) < len(chunk):
            return found, None
        if read >= PLACES_READ_MAX:
            return found, key_of(chunk[-1]).sort
    return found, None


def _in(place: OrderPlace, order: Order, wanted: WantedOrders) -> bool:
    """Tell what only the order itself tells; a place alone may be of an attempt that failed."""
    if order.digest is None or order.paid_at != place.at or order.member != place.member:
        return False
    starts, ends = wanted.starts_at, wanted.ends_at
    return (
        (wanted.state is None or _state(place, order) == wanted.state)
        and (starts is None or place.at >= starts)
        and (ends is None or place.at < ends)
    )


def _place(order: Order) -> OrderPlace:
    write = placed(order)[0]
    assert isinstance(write, Put), "places are put"
    place: OrderPlace = write.row
    return place


def _state(place: OrderPlace, order: Order) -> str:
    """Return one of `ORDER_STATES`; an order is refunded when nothing of it is left."""
    if 0 < place.paid <= _refunded(order):
        return "refunded"
    return "paid" if order.completed_at is None else "completed"


def _refunded(order: Order) -> Amount:
    before = (sum_of(each.amounts.values()) for each in order.refunds.values() if not each.refused)
    return sum_of(order.given_back) + sum_of(before)


def _shown(store: Store, pairs: Sequence[tuple[OrderPlace, Order]]) -> tuple[OrderFound, ...]:
    members = store.get_many(Member, {Key(each.member) for _, each in pairs if each.member})
    return tuple(
        OrderFound(
            order_id=order.id,
            member=order.member,
            nickname=member.nickname if (member := members.get(Key(order.member or ""))) else None,
            channel=order.channel,
            store_id=order.store,
            products=place.products,
            paid=place.paid,
            refunded=_refunded(order),
            state=_state(place, order),
            paid_at=datetime_of(place.at),
            completed_at=moment_of(order.completed_at),
        )
        for place, order in pairs
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.count("-") == 2 else None  # noqa: PLR2004
    except ValueError:
        return None


def _midnight(day: date, terms: Terms) -> Instant:
    return instant_of(datetime.combine(day, time(), terms.zone))


def _amount(text: str, currency: str) -> int | None:
    """Return an amount that people wrote, `168` or `168.00`, in minor units."""
    whole, _, fraction = text.partition(".")
    decimals = decimals_of(currency)
    digits = f"{whole}{fraction:0<{decimals}}"
    is_number = digits.isascii() and digits.isdigit() and whole.isdigit()
    return int(digits) if is_number and len(fraction) <= decimals else None
