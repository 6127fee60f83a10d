"""What an order gives and gets under every plan that is on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from rebate.domain.commissions import Above, Commissions, Merchant
from rebate.domain.draws import Luck, luck_of
from rebate.domain.fingerprints import order_fingerprint
from rebate.domain.given import Given, LineContribution
from rebate.domain.money import Bps
from rebate.domain.names import EntryId, ProductId, QueueId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans.facts import Spending
from rebate.domain.plans.orders import sources_of
from rebate.domain.plans.plan_type import PlanType
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.usecases.draws.seeds import Seeds
from rebate.usecases.orders.referrals import Referrals
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Product
from rebate.usecases.storage.rows.keys import Key, joined
from rebate.usecases.storage.rows.orders import CompletedSpend


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
    facts = OrderFacts(store, order, seeds, terms)
    order = replace(order, lines=facts.lines_with_margins(terms.default_margin_bps))
    tickets: list[tuple[PlanType[Any], Ticket]] = []
    queues: list[QueueId] = []
    waits: dict[QueueId, int] = {}
    commissions = None
    for plan in filter(terms.has_on, PLANS):
        priced = plan.price(terms.of(plan), order, facts)
        order = priced.order
        tickets += ((plan, ticket) for ticket in priced.tickets)
        its = (*(ticket.queue for ticket in priced.tickets), *priced.queues)
        queues += its
        if days := plan.settle_after_days(terms.of(plan)):
            waits |= dict.fromkeys(its, days)
        commissions = priced.commissions or commissions
    order = replace(order, queues=tuple(queues), settle_after_days=waits)
    order, bounded = _given(terms, order, tickets, commissions)
    fixed = order_fingerprint(order)
    known = (replace(ticket, order_digest=fixed) for ticket in bounded)
    return Priced(order, tuple(known), facts.counted)


def _given(
    terms: Terms,
    order: Order,
    tickets: Sequence[tuple[PlanType[Any], Ticket]],
    commissions: Commissions | None,
) -> tuple[Order, tuple[Ticket, ...]]:
    """Fix what the order gives in all, where commissions or a share of the revenue bound it."""
    most = terms.max_share_of_revenue_bps
    if commissions is None and most is None:
        return order, tuple(ticket for _, ticket in tickets)
    owed = commissions or Commissions()
    net = {plan.name for plan, _ in tickets if plan.net_of_commissions(terms.of(plan))}
    found = [(plan, _net(ticket, owed) if plan.name in net else ticket) for plan, ticket in tickets]
    given = Given(owed, revenue_bps=most, net=bool(net))
    if most is not None:
        given = replace(given, contributions=tuple(_contributions(found)))
    given = given.priced(order.left(), sources_of(order))
    bounded = tuple(_bounded(ticket, given) for _, ticket in found)
    return replace(order, given=given), bounded


def _net(ticket: Ticket, commissions: Commissions) -> Ticket:
    return replace(ticket, lines=tuple(line.net(commissions) for line in ticket.lines))


def _contributions(tickets: Iterable[tuple[PlanType[Any], Ticket]]) -> Iterator[LineContribution]:
    for plan, ticket in tickets:
        for line in ticket.lines:
            if line.contributes:
                yield LineContribution(
                    ticket.queue,
                    line.id,
                    line.contribution_bps,
                    ticket.parts_bps,
                    plan.gives_of_profit,
                    plan.late_part,
                )


def _bounded(ticket: Ticket, given: Given) -> Ticket:
    bounds = dict(given.bounds(ticket.queue))
    lines = (line.at_most(bounds.get(line.id, ())) for line in ticket.lines)
    return replace(ticket, lines=tuple(lines)) if bounds else ticket


class OrderFacts:
    """What is known of an order (`rebate.domain.plans.facts.Facts`), read when it is asked for.

    `counted` says whether the buyer's tickets were asked for.
    """

    def __init__(self, store: Store, order: Order, seeds: Seeds, terms: Terms) -> None:
        """Read from `store` what is known of `order`, to be priced by `terms`."""
        self._referrals = Referrals(store, terms, order)
        self._store = store
        self._order = order
        self._seeds = seeds
        self._zone = terms.zone
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
        shop = self._referrals.shop
        return shop.concession_bps if shop else None

    @property
    def merchant(self) -> Merchant | None:
        return self._referrals.merchant

    def above(self, depth: int) -> Sequence[Above]:
        return self._referrals.above(depth)

    @property
    def spending(self) -> tuple[Spending, ...]:
        if self._order.member is None:
            return ()
        if self._spending is None:
            rows = self._store.query(CompletedSpend, self._order.member)
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
        if self._order.member is None:
            return ()
        if queue not in self._tickets:
            prefix = f"{joined(queue)}#" if queue else ""
            rows = self._store.query(Ticket, self._order.member, prefix=prefix)
            self._tickets[queue] = tuple(row for row in rows if row.order != self._order.id)
        return self._tickets[queue]

    def luck(self, day: date, entry: EntryId) -> Luck:
        if day not in self._seed_of:
            self._seed_of[day], _ = self._seeds.of(day, self._zone)
        return luck_of(self._seed_of[day], entry)

    def lines_with_margins(self, default_bps: Bps) -> tuple[OrderLine, ...]:
        """Return the order's lines with the margins of their products, or the default's."""
        known = self._catalog()

        def margin_of(name: ProductId | None) -> Bps:
            product = known.get(name) if name else None
            margin = product.margin_bps if product else None
            return default_bps if margin is None else margin

        return tuple(
            replace(line, margin_bps=margin_of(line.product)) for line in self._order.lines
        )
