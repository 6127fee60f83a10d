"""What an order gives and gets under every plan that is on."""

from datetime import date

from rebate.domain.draws import Luck, luck_of
from rebate.domain.money import Bps
from rebate.domain.names import EntryId, ProductId, QueueId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans.facts import Spending
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.usecases.draws.seeds import Seeds
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import CompletedSpend, Key, Product, Shop, joined


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
    facts = OrderFacts(store, order, seeds)
    order = replace(order, lines=facts.lines_with_margins(terms.default_margin_bps))
    tickets: list[Ticket] = []
    queues: list[QueueId] = []
    for plan in filter(terms.has_on, PLANS):
        priced = plan.price(terms.of(plan), order, facts)
        order = priced.order
        tickets += priced.tickets
        queues += (*(ticket.queue for ticket in priced.tickets), *priced.queues)
    return Priced(replace(order, queues=tuple(queues)), tuple(tickets), facts.counted)


class OrderFacts:
    """What is known of an order (`rebate.domain.plans.facts.Facts`), read when it is asked for.

    `counted` says whether the buyer's tickets were asked for.
    """

    def __init__(self, store: Store, order: Order, seeds: Seeds) -> None:
        """Read from `store` what is known of `order`."""
        self._store = store
        self._order = order
        self._seeds = seeds
        self._products: dict[ProductId, Product] | None = None
        self._spending: tuple[Spending, ...] | None = None
        self._seed_of: dict[date, bytes] = {}
        self._tickets: dict[QueueId | None, tuple[Ticket, ...]] = {}

    @property
    def counted(self) -> bool:
        return bool(self._tickets)

    @property
    def absent(self) -> frozenset[ProductId]:
        return frozenset(name for name, each in self._catalog().items() if not each.takes_part)

    @property
    def off_sale(self) -> frozenset[ProductId]:
        return frozenset(name for name, each in self._catalog().items() if not each.on_sale)

    @property
    def concession_bps(self) -> Bps | None:
        store = self._order.store
        shop = self._store.get(Shop, Key(store)) if store else None
        return shop.concession_bps if shop else None

    @property
    def spending(self) -> tuple[Spending, ...]:
        if self._spending is None:
            rows = self._store.query(CompletedSpend, self._order.member or "")
            others = (row for row in rows if row.order != self._order.id)
            self._spending = tuple(Spending(row.completed_at, row.groups) for row in others)
        return self._spending

    def _catalog(self) -> dict[ProductId, Product]:
        if self._products is None:
            keys = {Key(line.product) for line in self._order.lines if line.product}
            found = self._store.get_many(Product, keys).values()
            self._products = {product.id: product for product in found}
        return self._products

    def tickets(self, queue: QueueId | None = None) -> tuple[Ticket, ...]:
        if queue not in self._tickets:
            prefix = f"{joined(queue)}#" if queue else ""
            rows = self._store.query(Ticket, self._order.member or "", prefix=prefix)
            self._tickets[queue] = tuple(row for row in rows if row.order != self._order.id)
        return self._tickets[queue]

    def luck(self, day: date, entry: EntryId) -> Luck:
        if day not in self._seed_of:
            self._seed_of[day] = self._seeds.of(day)
        return luck_of(self._seed_of[day], entry)

    def lines_with_margins(self, default_bps: Bps) -> tuple[OrderLine, ...]:
        """Return the order's lines with the margins of their products, or the default's."""
        return tuple(
            replace(line, margin_bps=self._margin(line.product, default_bps))
            for line in self._order.lines
        )

    def _margin(self, name: ProductId | None, default_bps: Bps) -> Bps:
        product = self._catalog().get(name or ProductId(""))
        margin = product.margin_bps if product else None
        return default_bps if margin is None else margin
