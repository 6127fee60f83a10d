"""Queue rebate (排队返利), the base plan: line by line, first in, first out (Rule 1)."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from rebate.domain.allocation import fifo
from rebate.domain.commands import Clear
from rebate.domain.draws import RandomReturnTerms
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, AmountsBy, share, sum_of
from rebate.domain.names import GUEST, ProductId, QueueId, StoreId, entry_id
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plan import Part, Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.plan_type import PlanType, Pricing, Run
from rebate.domain.plans.queue_rebate_terms import QueueRebateTerms
from rebate.domain.queue_names import QueueKind, QueueName
from rebate.domain.records import dataclass, field, replace
from rebate.domain.scopes import Ratio, Scope, Scopes, entitlement, extraction, takes_part
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import DAY, Instant, day_of
from rebate.domain.windows import inside

MALL = QueueId("mall")
"""The queue of all self-operated and supplier products; stalled ones may be merged into it."""

PRODUCT = QueueKind("product", owned=True)
STORE = QueueKind("store", owned=True)
CASHIER = QueueKind("cashier", owned=True)


def settlement(terms: QueueRebateTerms) -> Plan:
    """Return the plan's choices: fill the first entry, then the next."""
    part = Part(fifo(), due=terms.settle_on, leftover=terms.surplus)
    return Plan(
        parts=(part,),
        completed_first=terms.completed_first,
        self_funding=terms.self_funding,
        paused=terms.paused,
        exchange_bps=terms.exchange_bps,
        hold_days=terms.hold_days,
        prize_max=terms.prize_max,
        home=partial(_home, terms),
    )


def _clear(_terms: QueueRebateTerms, at: Instant) -> Clear:
    """Return what sets all that waits in a queue to zero (Rule 1.6.3)."""
    return Clear(at)


def queue_of(terms: QueueRebateTerms, order: Order, line: OrderLine) -> QueueId:
    """Return the queue that a line belongs to (Rule 1.1); queues never mix."""
    return _queue_of(terms, order.channel, order.store, line.product)


def _queue_of(
    terms: QueueRebateTerms, channel: str, store: StoreId | None, product: ProductId | None
) -> QueueId:
    if channel == "mall":
        per_product = terms.mall_per_product and product is not None
        return QueueName(PLAN, PRODUCT, product).id if per_product else MALL
    if channel == STORE.name:
        own = QueueName(PLAN, STORE, store)
        return QueueId("stores") if terms.stores_shared else own.id
    own = QueueName(PLAN, CASHIER, store)
    return QueueId("cashiers") if terms.cashiers_shared else own.id


def _home(
    terms: QueueRebateTerms, queue: QueueId, store: StoreId | None, product: ProductId | None
) -> QueueId:
    """Return where what a queue took in belongs, now that queues may be set otherwise (1.4.1)."""
    name = PLAN.queue(queue)
    if name is None:
        return queue
    channel = name.kind.all_of or name.kind.name
    return _queue_of(terms, "mall" if channel == PRODUCT.name else channel, store, product)


def is_in_use(terms: QueueRebateTerms, queue: QueueId) -> bool:
    """Tell whether lines still join a queue of this plan, by how its queues are set (Rule 1.4.1).

    After a switch from shared to apart or back what waits in the old ones is stalled. The mall
    queue stays in use: lines without a product join it, and what comes of products that are off
    sale; whether those who wait there are stalled, the first of them tells (`belongs_elsewhere`).
    """
    name = PLAN.queue(queue)
    if name is None:
        return True
    return {
        MALL: True,
        PRODUCT.name: terms.mall_per_product,
        "stores": terms.stores_shared,
        STORE.name: not terms.stores_shared,
        "cashiers": terms.cashiers_shared,
        CASHIER.name: not terms.cashiers_shared,
    }[name.kind.name]


def belongs_elsewhere(terms: QueueRebateTerms, ticket: Ticket) -> bool:
    """Tell whether any that waits of an order would join another queue now (Rule 1.4.1).

    What an operator merged into a queue of which its lines were none stays there (`Ticket.stays`).
    """
    return any(queue != ticket.queue for queue in homes_of(terms, ticket))


def homes_of(terms: QueueRebateTerms, ticket: Ticket) -> tuple[QueueId, ...]:
    """Return the queues to which what waits of an order belongs now, in order of its lines."""
    if ticket.stays:
        return (ticket.queue,)
    waiting = (line for line in ticket.lines if line.entry and line.entry.waits)
    homes = (_home(terms, ticket.queue, ticket.store, line.product) for line in waiting)
    return tuple(dict.fromkeys(homes))


def may_go_home(terms: QueueRebateTerms, queue: QueueId) -> bool:
    """Tell whether some who wait in a queue that is in use may belong to others (Rule 1.4.1)."""
    return queue == MALL and terms.mall_per_product


def shared_queue(queue: QueueId) -> QueueId | None:
    """Return the queue that a queue's lines belong to where they share one; None: it is that."""
    name = PLAN.queue(queue)
    kind = name.kind.name if name else ""
    shared = {PRODUCT.name: "mall", STORE.name: "stores", CASHIER.name: "cashiers"}.get(kind)
    return QueueId(shared) if shared else None


def _spending_group(order: Order, line: OrderLine) -> str | None:
    """Return with which goods a line adds up (Rule 1.3.2), or None if it does not count."""
    if order.channel != "mall":
        return f"store/{order.store}"
    return None if line.supply == "aggregated" else "mall"


def spent_in(order: Order) -> AmountsBy[str]:
    """Return what is left of an order after refunds, by the goods it adds up with (Rule 1.3.2)."""
    groups: AmountsBy[str] = AmountsBy()
    left = order.left()
    for line in order.lines:
        group = _spending_group(order, line)
        if group:
            groups[group] += left[line.id]
    return groups


def price(terms: QueueRebateTerms, order: Order, facts: PricingFacts) -> Pricing:
    """Price an order's lines: what each gives and gets, in which queue, and why (Rule 1.2)."""
    pricing = _LinePricing(terms, order, facts)
    lines = tuple(pricing.price(line) for line in order.lines)
    return Pricing(replace(order, lines=lines), tuple(pricing.tickets()))


@dataclass(slots=True)
class _LinePricing:
    """Prices the lines of one order in turn: earlier lines count against limits (Rule 1.5.4)."""

    terms: QueueRebateTerms
    order: Order
    facts: PricingFacts
    _lines: dict[QueueId, list[TicketLine]] = field(default_factory=dict)

    def price(self, line: OrderLine) -> OrderLine:
        scopes = self._scopes(line)
        contributes, earns = takes_part(scopes)
        if not contributes and not earns:
            return replace(line, no_entry_because="takes no part")
        ratio = entitlement(scopes, self.order.level, lambda days: self._spent(line, days))
        promised = _promised(line.paid, ratio, scopes)
        reason = self._no_entry(scopes, line, earns=earns)
        if not promised:
            reason = "an entitlement of 0"
        extracted = extraction(scopes) if contributes else ZERO_BPS
        queue = queue_of(self.terms, self.order, line)
        priced = TicketLine(
            id=line.id,
            contribution_base=line.paid,
            entitlement_base=line.paid,
            contribution_bps=extracted,
            entitlement_bps=ratio.bps,
            cap=highest_entitlement(scopes),
            joins=reason is None,
            contributes=contributes and not self._is_stalled(queue, line),
            product=line.product,
            lottery=ratio.lottery,
            random_return=self._random_return(line) if reason is None else None,
        )
        self._lines.setdefault(queue, []).append(priced)
        return replace(
            line,
            queue=queue,
            extraction_bps=extracted,
            entitlement_bps=ratio.bps,
            decided_by=ratio.decided_by,
            no_entry_because=reason,
            passed_over=ratio.passed_over,
        )

    def tickets(self) -> list[Ticket]:
        order = self.order
        assert order.paid_at is not None, "only a paid order is priced"
        return [
            Ticket(
                queue=queue,
                order=order.id,
                member=order.member or GUEST,
                lines=tuple(lines),
                paid_at=order.paid_at,
                store=order.store,
                referrer=order.referrer,
            )
            for queue, lines in self._lines.items()
        ]

    def _scopes(self, line: OrderLine) -> Scopes:
        """Return the line's scopes; the catalog answers for a product that names no part."""
        product, *wider = self.terms.scopes_of(self.order, line)
        in_catalog = self.order.channel == "mall" and line.product in self.facts.absent
        if in_catalog and product.part is None:
            product = replace(product, part="off")
        return [product, *wider]

    def _is_stalled(self, queue: QueueId, line: OrderLine) -> bool:
        """Rule 1.5.5: the own queue of a product that is off sale gets no more contributions."""
        own = QueueName(PLAN, PRODUCT, line.product).id
        return queue == own and line.product in self.facts.off_sale

    def _random_return(self, line: OrderLine) -> RandomReturnTerms | None:
        makeup = self.terms.random_return_of(self.order)
        if makeup is None:
            return None
        day = day_of(self.order.paid_at or Instant(0), self.terms.zone)
        return RandomReturnTerms(*makeup, self.facts.luck(day, entry_id(self.order.id, line.id)))

    def _no_entry(self, scopes: Scopes, line: OrderLine, *, earns: bool) -> str | None:
        """Return why the line contributes and earns no entry, or None if it earns one."""
        if self.order.member is None:
            return "the buyer is a guest"
        if not earns:
            return "the product only contributes"
        if self.terms.deducted_only_contribute and any(each.deducted for each in self.order.lines):
            return "the order was paid in part with points, love value or vouchers"
        if any(line.paid < scope.min_paid for scope in scopes):
            return "paid less than earns an entry"
        at = self.order.paid_at or Instant(0)
        if not all(inside(scope.windows, at, self.terms.zone) for scope in scopes):
            return "outside the reward windows"
        full = next((scope for scope in scopes if self._is_full(scope)), None)
        return f"the limit of {full.name} is reached" if full else None

    def _is_full(self, scope: Scope) -> bool:
        if not scope.is_limited:
            return False
        today = day_of(self.order.paid_at or Instant(0), self.terms.zone)
        days = list(self._entry_days(scope))
        per_day = scope.per_day is not None and days.count(today) >= scope.per_day
        return per_day or (scope.total is not None and len(days) >= scope.total)

    def _entry_days(self, scope: Scope) -> Iterable[date]:
        """Yield the day of every entry that ever joined under a scope, earlier lines included."""
        for ticket in (*self.facts.tickets(), *self.tickets()):
            day = day_of(ticket.paid_at, self.terms.zone)
            for each in ticket.lines:
                counts = counted_under(ticket, each)
                if scope.counts in counts and (each.entry or each.earns):
                    yield day

    def _spent(self, line: OrderLine, days: int) -> Amount:
        group = _spending_group(self.order, line) or "mall"
        until = self.order.paid_at or Instant(0)
        return sum_of(
            order.groups.get(group, NOTHING)
            for order in self.facts.spending
            if until - days * DAY <= order.completed_at <= until
        )


def counted_under(ticket: Ticket, line: TicketLine) -> tuple[str, ...]:
    """Return the names under which limits count an entry (Rule 1.5.4); none in other plans.

    What was merged is counted where it joined first.
    """
    name = PLAN.queue(ticket.queue)
    if ticket.merged_from or name is None:
        return ()
    match name.kind.all_of or name.kind.name:
        case STORE.name:
            return ("plan", f"store/{ticket.store}", f"store/{ticket.store}/{line.product}")
        case CASHIER.name:
            return ("plan", f"cashier/{ticket.store}")
    return ("plan", f"product/{line.product}")


def highest_entitlement(scopes: Scopes) -> Amount | None:
    """Return the highest entitlement of an entry, None: no bound (Rule 1.2.7)."""
    caps = [scope.max_entitlement for scope in scopes if scope.max_entitlement is not None]
    return min(caps, default=None)


def _promised(paid: Amount, ratio: Ratio, scopes: Scopes) -> Amount:
    cap = highest_entitlement(scopes)
    promised = share(paid, ratio.bps)
    return promised if cap is None else min(promised, cap)


PLAN = PlanType(
    name="queue_rebate",
    kinds=(
        QueueKind(MALL),
        PRODUCT,
        QueueKind("stores", all_of=STORE.name),
        STORE,
        QueueKind("cashiers", all_of=CASHIER.name),
        CASHIER,
    ),
    terms=QueueRebateTerms,
    price=price,
    settlement=settlement,
    runs=(Run("clear", lambda terms: terms.clearing, _clear, pays=False),),
    display=lambda terms: terms.display,
    settle_after_days=lambda terms: terms.settle_after_days,
)
