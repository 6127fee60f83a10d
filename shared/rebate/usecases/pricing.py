"""What an order gives and gets under every plan that is on."""

from collections.abc import Callable

from rebate.domain.draws import Luck, luck_of
from rebate.domain.names import EntryId, ProductId, QueueId
from rebate.domain.orders import Order
from rebate.domain.plans import (
    alliance,
    order_queue,
    queue_rebate,
    queue_rebate_terms,
    red_packet,
    referral,
    union,
)
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import day_of
from rebate.usecases.ports import Store
from rebate.usecases.rows import Key, Product, Shop, Spend, joined
from rebate.usecases.seeds import Seeds


@dataclass(frozen=True, slots=True)
class Priced:
    """An order with its trace, and its tickets.

    `limited`: how many entries the buyer has had counted, so no other order of the same buyer
    may be accepted at the same time.
    """

    order: Order
    tickets: tuple[Ticket, ...]
    limited: bool


def price_order(store: Store, terms: Terms, order: Order, seeds: Seeds) -> Priced:
    """Price a paid order under the terms, with what the catalog and the buyer's past say."""
    products = _products(store, order)
    lines = tuple(
        replace(line, margin_bps=_margin(terms, products.get(line.product or ProductId(""))))
        for line in order.lines
    )
    order = replace(order, lines=lines)
    tickets: list[Ticket] = []
    limited = False
    if "queue_rebate" in terms.on:
        spending, limited = queue_rebate.needs_history(terms.queue_rebate, order)
        facts = queue_rebate.Facts(
            absent=frozenset(name for name, each in products.items() if not each.takes_part),
            off_sale=frozenset(name for name, each in products.items() if not each.on_sale),
            spending=_spending(store, order) if spending else (),
            tickets=_tickets(store, order) if limited else (),
            luck_of=_luck(terms.queue_rebate, order, seeds),
        )
        order, tickets = queue_rebate.price(terms.queue_rebate, order, facts)
    whole, counted = _whole_orders(store, terms, order)
    tickets += whole
    queues = [ticket.queue for ticket in tickets]
    if "referral" in terms.on:
        queues.append(referral.queue_of(order.id))
    return Priced(replace(order, queues=tuple(queues)), tuple(tickets), limited or counted)


def _luck(
    terms: queue_rebate_terms.Terms, order: Order, seeds: Seeds
) -> Callable[[EntryId], Luck] | None:
    """Return how to look up luck in random return: the seed is fetched where it is wanted."""
    if terms.random_return_of(order) is None or order.paid_at is None:
        return None
    seed = seeds.of(day_of(order.paid_at, terms.zone))
    return lambda entry: luck_of(seed, entry)


def _whole_orders(store: Store, terms: Terms, order: Order) -> tuple[list[Ticket], bool]:
    found: list[Ticket | None] = []
    counted = False
    if "order_queue" in terms.on:
        found.append(order_queue.price(terms.order_queue, order))
    if "alliance" in terms.on:
        counted = terms.alliance.frequency is not None and order.member is not None
        mine = _tickets(store, order, alliance.QUEUE) if counted else ()
        found.append(alliance.price(terms.alliance, order, _concession(store, order), mine))
    if "red_packet" in terms.on:
        found.append(red_packet.price(terms.red_packet, order))
    if "union" in terms.on:
        found.append(union.price(terms.union, order))
    return [ticket for ticket in found if ticket], counted


def _products(store: Store, order: Order) -> dict[ProductId, Product]:
    keys = {Key(line.product) for line in order.lines if line.product}
    return {product.id: product for product in store.get_many(Product, keys).values()}


def _margin(terms: Terms, product: Product | None) -> int:
    if product and product.margin_bps is not None:
        return product.margin_bps
    return terms.default_margin_bps


def _concession(store: Store, order: Order) -> int | None:
    shop = store.get(Shop, Key(order.store)) if order.store else None
    return shop.concession_bps if shop else None


def _spending(store: Store, order: Order) -> tuple[queue_rebate.Spending, ...]:
    rows = store.query(Spend, order.member or "")
    others = (row for row in rows if row.order != order.id)
    return tuple(queue_rebate.Spending(row.completed_at, row.groups) for row in others)


def _tickets(store: Store, order: Order, queue: QueueId | None = None) -> tuple[Ticket, ...]:
    prefix = f"{joined(queue)}#" if queue else ""
    rows = store.query(Ticket, order.member or "", prefix=prefix)
    return tuple(ticket for ticket in rows if ticket.order != order.id)
