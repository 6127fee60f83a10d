"""A deployment's own orders, to be played under other settings (Rule 8.3)."""

from collections.abc import Iterable, Iterator
from itertools import islice, takewhile
from typing import Any

from rebate.domain.names import MemberId
from rebate.domain.orders import LINES_PER_ROW, Order, OrderLine, Refunded
from rebate.domain.times import Instant, iso
from rebate.simulation.tape import COMPLETED, ORDER, REFUNDED, SAVED, Tape
from rebate.usecases.office.order_lists import newest_places
from rebate.usecases.office.places import ALL_ORDERS
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member, Product, Shop
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import OrderRefund

UPLINE_MAX = 12
"""Referrers above a buyer that are read: no settings reward more."""


def past_orders(store: Store) -> Tape:
    """Return all paid orders with what followed them, by instant; the catalog is as it is now.

    Levels are those of each order. Forced repurchases are left out: they follow from the settings.
    """
    members, products = store.scan(Member), store.scan(Product)
    return _tape(store, store.scan(Order), members, products)


def recent_orders(store: Store, since: Instant, most: int) -> Tape:
    """Return the most recent paid orders, at most so many, from an instant on, as `past_orders`.

    What is looked at is found by the list of orders, and of the catalog only what they name.
    """
    places = newest_places(store, ALL_ORDERS)
    found = islice(takewhile(lambda place: place.at >= since, places), most)
    names = dict.fromkeys(Key(place.order) for place in found)
    orders = list(store.get_many(Order, names).values())
    members = _with_upline(store, {order.member for order in orders if order.member})
    sold = {Key(line.product) for order in orders for line in order.lines if line.product}
    return _tape(store, orders, members, store.get_many(Product, sold).values())


def _with_upline(store: Store, buyers: set[MemberId]) -> Iterable[Member]:
    """Return members and those above them, as far up as anybody is rewarded."""
    known: dict[Key, Member] = {}
    wanted = set(map(Key, buyers))
    for _ in range(UPLINE_MAX):
        found = store.get_many(Member, wanted - known.keys())
        known |= found
        wanted = {Key(member.referrer) for member in found.values() if member.referrer}
        if wanted <= known.keys():
            break
    return known.values()


def _tape(
    store: Store,
    orders: Iterable[Order],
    members: Iterable[Member],
    products: Iterable[Product],
) -> Tape:
    tape = Tape()
    happened = sorted(_happened(store, orders), key=lambda each: each[:3])
    first = happened[0][0] if happened else Instant(0)
    for event, saved in _catalog(store, members, products):
        tape.add(SAVED, first, event, saved)
    for source, (at, name, kind, detail) in enumerate(happened, start=1):
        if kind == COMPLETED:
            tape.add_completed(at, name, source)
        else:
            tape.add(kind, at, name, detail, source)
    return tape


def _catalog(
    store: Store, members: Iterable[Member], products: Iterable[Product]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what is saved of members, products and all stores, by name."""
    for member in sorted(members, key=lambda row: row.id):
        yield (
            "MemberSaved",
            {
                "member_id": member.id,
                "level": member.level,
                "rank": member.rank,
                "referrer_id": member.referrer,
            },
        )
    for product in sorted(products, key=lambda row: row.id):
        yield (
            "ProductSaved",
            {
                "product_id": product.id,
                "supply": product.supply,
                "on_sale": product.on_sale,
                "margin_bps": product.margin_bps,
                "takes_part": product.takes_part,
            },
        )
    for shop in sorted(store.scan(Shop), key=lambda row: row.id):
        told = {"referrer_id": shop.referrer, "concession_bps": shop.concession_bps}
        agreed = {"merchant_bps": shop.merchant_bps}
        yield "StoreSaved", {"store_id": shop.id, **told, **agreed}


def _happened(
    store: Store, orders: Iterable[Order]
) -> Iterator[tuple[Instant, str, int, dict[str, Any]]]:
    """Yield (instant, order, kind, detail); kinds are in the order in which things follow."""
    for header in orders:
        if header.paid_at is None or header.digest is None or header.repurchase_of is not None:
            continue
        is_whole = len(header.lines) < LINES_PER_ROW
        order = header if is_whole else load_order(store, header.id)
        yield header.paid_at, order.id, ORDER, _paid(order)
        if order.completed_at is not None:
            yield max(order.completed_at, header.paid_at), order.id, COMPLETED, {}
        for name, refund in _refunds(store, order):
            at = max(refund.at, header.paid_at)
            yield at, order.id, REFUNDED, _refunded(order, name, refund)


def _refunds(store: Store, order: Order) -> Iterator[tuple[str, Refunded | OrderRefund]]:
    """Yield an order's refunds: those of earlier releases stand in its own row."""
    for name, refund in order.refunds.items():
        if refund.refused is None:
            yield name, refund
    for row in store.query(OrderRefund, order.id) if any(order.given_back) else ():
        yield row.name, row


def _paid(order: Order) -> dict[str, Any]:
    buyer = None if order.member is None else {"id": order.member, "level": order.level}
    return {
        "order_id": order.id,
        "member": buyer,
        "channel": order.channel,
        "store_id": order.store,
        "paid_at": iso(order.paid_at or Instant(0)),
        "lines": [_line(line) for line in order.lines],
    }


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "line_id": line.id,
        "product_id": line.product,
        "supply": line.supply,
        "paid": line.paid,
        "deducted": line.deducted,
        "profit": line.profit,
    }


def _refunded(order: Order, name: str, refund: Refunded | OrderRefund) -> dict[str, Any]:
    lines = [{"line_id": line, "amount": amount} for line, amount in refund.amounts.items()]
    return {"order_id": order.id, "refund_id": name, "lines": lines}
