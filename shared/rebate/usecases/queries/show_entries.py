"""Entries as people see them: status, place, what stands ahead, what may be done (Rule 1.8)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from rebate.contracts import api
from rebate.domain.errors import Code, Rejected
from rebate.domain.ledger import BalanceType, Reason
from rebate.domain.money import NOTHING, WHOLE, Amount, AmountsBy, Bps, exchanged, ratio_of, sum_of
from rebate.domain.names import WHOLE_ORDER, MemberId, OrderId, QueueId, queue_left
from rebate.domain.orders import Order
from rebate.domain.place_index import nodes_above
from rebate.domain.plan import Plan
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Conversion, Entry, Status, Ticket
from rebate.domain.times import Instant, datetime_of, instant_of
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.settlement.plan_of import display_of, shown_plan_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Product, Shop
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, number

_ASSETS: Mapping[BalanceType, api.Asset] = {
    BalanceType.POINTS: "points",
    BalanceType.LOVE: "love",
    BalanceType.LOVE_FROZEN: "love",
    BalanceType.VOUCHER: "voucher",
}


TICKETS_SORTED_MAX = 5_000
"""Tickets of a member that are sorted for one page: no index has them in the order asked for."""


@dataclass(frozen=True, slots=True)
class WantedEntries:
    """Which entries, and in what order: as people see their `state`; None: any.

    `sort`: those `closest` to the head of their line first, or the `newest`; None: by queue.
    """

    state: str | None = None
    plan: str | None = None
    sort: str | None = None

    def has(self, entry: api.EntryShown, plan: str | None) -> bool:
        """Tell whether an entry of a plan is among them."""
        states = IN_LINE if self.state == api.IN_LINE else (self.state,)
        return (self.state is None or entry.status in states) and self.plan in {None, plan}


IN_LINE = (Status.HELD.value, Status.WAITING.value)
_ANY = WantedEntries()


def show_entries(
    store: Store,
    terms: Terms,
    member: MemberId,
    after: str | None = None,
    wanted: WantedEntries = _ANY,
    *,
    to_operators: bool = False,
) -> api.Entries:
    """Return a page of a member's entries, to the member as far as the shop shows them.

    It may be short where much is passed over. Entries move towards the head between two pages that
    are sorted by that.

    Raises:
        Rejected: `over_limit`: the member has more than can be sorted.
    """
    page = _page if wanted.sort is None else _sorted_page
    viewer = EntryViewer(store, terms)
    found, next_ = page(store, viewer, member, after, wanted, to_operators=to_operators)
    base = queue_rebate.PLAN.display(terms.of(queue_rebate.PLAN))
    return api.Entries(
        titles=api.Titles(base.plan, base.exchange),
        currency=terms.currency,
        entries=found,
        next=next_,
        timezone=terms.zone.key,
        names=owner_names(store, {QueueId(e.queue) for e in found if e.queue is not None}),
    )


_Page: TypeAlias = tuple[tuple[api.EntryShown, ...], str | None]


def _page(
    store: Store,
    viewer: "EntryViewer",
    member: MemberId,
    after: str | None,
    wanted: WantedEntries,
    *,
    to_operators: bool,
) -> _Page:
    tickets = store.query(Ticket, member, after=after, limit=api.PAGE_SIZE)
    seen = viewer.wanted(tickets, wanted, to_operators=to_operators)
    full = len(tickets) == api.PAGE_SIZE
    shown = viewer.with_rules([entry for _, entry in seen])
    return tuple(shown), key_of(tickets[-1]).sort if full else None


def _sorted_page(
    store: Store,
    viewer: "EntryViewer",
    member: MemberId,
    after: str | None,
    wanted: WantedEntries,
    *,
    to_operators: bool,
) -> _Page:
    tickets = store.query(Ticket, member, limit=TICKETS_SORTED_MAX + 1)
    if len(tickets) > TICKETS_SORTED_MAX:
        message = f"more than {TICKETS_SORTED_MAX} orders cannot be sorted: leave sort out"
        raise Rejected(Code.OVER_LIMIT, message)
    seen = viewer.wanted(tickets, wanted, to_operators=to_operators)
    order = _newest if wanted.sort == "newest" else _closest
    by_key = {joined(order(entry), name): entry for name, entry in seen}
    keys = sorted(key for key in by_key if after is None or key > after)
    page = keys[: api.PAGE_SIZE]
    shown = viewer.with_rules([by_key[key] for key in page])
    return tuple(shown), page[-1] if len(keys) > len(page) else None


def _newest(entry: api.EntryShown) -> str:
    return number(_LAST - instant_of(entry.paid_at))


def _closest(entry: api.EntryShown) -> str:
    return number(_LAST if entry.place is None else entry.place)


_LAST = 10**18
"""More than any place, and any instant."""


def entry_sums(store: Store, terms: Terms, member: MemberId) -> tuple[Amount | None, Amount | None]:
    """Return what a member's entries lack and were paid, as far as the shop shows it of each."""
    in_line, paid = [], []
    for ticket, entry, status in EntryViewer(store, terms).states(store.query(Ticket, member)):
        display = display_of(ticket.queue, terms)
        lacks = entry.outstanding if status.value in IN_LINE else NOTHING
        in_line.append(lacks if display.waiting else None)
        paid.append(entry.paid if display.earned else None)
    return _sum(in_line), _sum(paid)


def _sum(amounts: list[Amount | None]) -> Amount | None:
    """Return the sum of amounts; of which one is not shown their sum is not."""
    shown = [amount for amount in amounts if amount is not None]
    return sum_of(shown) if len(shown) == len(amounts) else None


def owner_names(store: Store, queues: Iterable[QueueId]) -> dict[str, str]:
    """Return what the shop calls the stores and products that queues are of, by queue."""
    named = [PLANS.queue(queue) for queue in queues]
    owned = [(n.id, n.kind == queue_rebate.PRODUCT, Key(n.owner)) for n in named if n and n.owner]
    shops = store.get_many(Shop, {key for _, is_product, key in owned if not is_product})
    products = store.get_many(Product, {key for _, is_product, key in owned if is_product})
    owners = ((queue, (products if is_p else shops).get(key)) for queue, is_p, key in owned)
    return {queue: owner.name for queue, owner in owners if owner and owner.name}


def as_member_sees(entry: api.EntryShown, terms: Terms) -> api.EntryShown:
    """Hide what the display switches of the entry's plan hide (Rule 1.4, 19 to 21).

    The queue of an entry that may be drawn is named all the same, since the draw has to name it.
    """
    if entry.status == Status.CONVERTED.value:
        entry = replace(entry, status="completed", conversion=None)
    display = display_of(None if entry.queue is None else QueueId(entry.queue), terms)
    hidden: dict[str, Any] = {}
    if not display.progress:
        hidden |= {"place": None, "ahead": None, "progress_bps": None, "exchange": {}}
        hidden |= {} if entry.may_draw else {"queue": None}
        hidden |= {"merged_from": None, "merged_into": None}
    if not display.earned:
        hidden |= {"paid": None, "paid_by_reason": None}
    if not display.waiting:
        hidden["waiting"] = None
    return replace(entry, **hidden)


def rewards_by_kind(entries: Iterable[Entry]) -> dict[str, Amount]:
    """Return what entries were paid together, by kind, those that gave nothing left out."""
    sums: AmountsBy[Reason] = AmountsBy()
    for entry in entries:
        for reason, amount in entry.by_reason.items():
            sums[reason] += amount
    return {reason.value: sums[reason] for reason in Reason if sums[reason]}


def moment_of(instant: Instant | None) -> datetime | None:
    """Return an instant as the API gives it."""
    return None if instant is None else datetime_of(instant)


class EntryViewer:
    """Shows entries of any queues; queues and their lines are read once."""

    def __init__(self, store: Store, terms: Terms) -> None:
        """Read from `store`, under the terms in force."""
        self._store = store
        self._terms = terms
        self._queues: dict[QueueId, Queue] = {}
        self._lines: dict[QueueId, QueueReader] = {}

    def view(self, tickets: Sequence[Ticket]) -> list[api.EntryShown]:
        """Return the entries of tickets, in the same order, as operators see them."""
        return self.with_rules(self._entries(tickets))

    def with_rules(self, entries: Sequence[api.EntryShown]) -> list[api.EntryShown]:
        """Return entries with what decided their ratios, which stands in their orders."""
        lines = {(e.order_id, e.line_id) for e in entries if e.line_id is not None}
        rules = _rules(self._store, lines)
        return [replace(e, decided_by=rules.get((e.order_id, e.line_id))) for e in entries]

    def _entries(self, tickets: Sequence[Ticket]) -> list[api.EntryShown]:
        self._read(tickets)
        return [
            self._entry(ticket, index, entry)
            for ticket in tickets
            for index, line in enumerate(ticket.lines)
            if (entry := line.entry)
        ]

    def wanted(
        self, tickets: Sequence[Ticket], wanted: WantedEntries, *, to_operators: bool
    ) -> Iterator[tuple[str, api.EntryShown]]:
        """Yield those entries of tickets that are wanted, each with a name that no other has.

        They are without rules, which orders have to be read for: see `with_rules`.
        """
        for entry in self._entries(tickets):
            assert entry.queue is not None, "operators see where an entry stands"
            queue = PLANS.queue(QueueId(entry.queue))
            seen = entry if to_operators else as_member_sees(entry, self._terms)
            if wanted.has(seen, queue.plan.name if queue else None):
                yield joined(entry.queue, entry.entry, entry.merged_from or ""), seen

    def states(self, tickets: Sequence[Ticket]) -> Iterator[tuple[Ticket, Entry, Status]]:
        """Yield the entries of tickets, each with its status; no line is read for it."""
        self._read_queues(tickets)
        for ticket in tickets:
            for entry in (line.entry for line in ticket.lines if line.entry):
                yield ticket, entry, self._status(ticket, entry)

    def _status(self, ticket: Ticket, entry: Entry) -> Status:
        first = shown_plan_of(ticket.queue, self._terms).completed_first
        return self._queues[ticket.queue].status_of(ticket, entry, completed_first=first)

    def _read_queues(self, tickets: Sequence[Ticket]) -> None:
        keys = {Key(ticket.queue) for ticket in tickets if ticket.queue not in self._queues}
        found = self._store.get_many(Queue, keys).values()
        self._queues.update({queue.id: queue for queue in found})
        for name in {ticket.queue for ticket in tickets}:
            self._queues.setdefault(name, Queue(name))

    def _read(self, tickets: Sequence[Ticket]) -> None:
        """Read queues, and in one go for each queue all that its tickets' places need."""
        self._read_queues(tickets)
        for name in {ticket.queue for ticket in tickets}:
            queue = self._queues[name]
            line = self._lines.setdefault(name, QueueReader(self._store, name))
            places = (t.place for t in tickets if t.queue == name and t.place is not None)
            line.nodes(key for place in places for key in nodes_above(queue, place))

    def _entry(self, ticket: Ticket, index: int, entry: Entry) -> api.EntryShown:
        line, queue = ticket.lines[index], self._queues[ticket.queue]
        plan = shown_plan_of(ticket.queue, self._terms)
        status = self._status(ticket, entry)
        in_line = status in {Status.HELD, Status.WAITING}
        place, ahead = self._standing(queue, ticket, index) if in_line else (None, None)
        counts = entry.entitlement is None
        return api.EntryShown(
            queue=ticket.queue,
            entry=ticket.entry_id(index),
            order_id=ticket.order,
            line_id=None if line.id == WHOLE_ORDER else line.id,
            member=ticket.member,
            paid_at=datetime_of(ticket.paid_at),
            completed_at=moment_of(ticket.completed_at),
            status=status.value,
            entitlement=entry.entitlement,
            paid=entry.paid,
            paid_by_reason=rewards_by_kind([entry]),
            waiting=None if counts else entry.outstanding if in_line else NOTHING,
            rewards=entry.rewards,
            ratio_bps=line.entitlement_bps,
            decided_by=None,
            place=place,
            ahead=ahead,
            progress_bps=_progress(entry, plan),
            exchange=_offers(entry, plan) if status is Status.WAITING else {},
            may_draw=bool(line.lottery) and in_line and not entry.drawn and not entry.paid,
            drawn=entry.drawn,
            conversion=_conversion(entry.conversion),
            merged_from=queue_left(ticket.merged_from) or None,
            merged_into=ticket.into_of(index) or None,
        )

    def _standing(
        self, queue: Queue, ticket: Ticket, index: int
    ) -> tuple[int | None, Amount | None]:
        """Return an entry's place, and what those before it lack."""
        if ticket.place is None:
            return None, None
        ahead = self._lines[queue.id].ahead(queue, ticket.place)
        own = [line.entry for line in ticket.lines[:index] if line.entry and line.entry.waits]
        return ahead.waiting + len(own) + 1, ahead.owed + sum_of(entry.outstanding for entry in own)


def _rules(
    store: Store, wanted: Collection[tuple[str, str | None]]
) -> dict[tuple[str, str | None], str | None]:
    """Return what decided the ratios of lines, each named with its order, from orders' traces."""
    headers = store.get_many(Order, {Key(order) for order, _ in wanted}).values()
    rules: dict[tuple[str, str | None], str | None] = {}
    for order in headers:
        rules |= {(order.id, line.id): line.decided_by for line in order.lines}
    for long in {order for order, line in wanted if (order, line) not in rules}:
        lines = load_order(store, OrderId(long)).lines
        rules |= {(long, line.id): line.decided_by for line in lines}
    return rules


def _progress(entry: Entry, plan: Plan) -> Bps | None:
    if entry.entitlement is None:
        return ratio_of(entry.rewards, plan.rewards_to_exit) if plan.rewards_to_exit else None
    return ratio_of(entry.paid, entry.entitlement) if entry.entitlement else WHOLE


def _offers(entry: Entry, plan: Plan) -> dict[api.Asset, Amount]:
    return {
        _ASSETS[pocket]: exchanged(entry.outstanding, ratio, plan.decimals)
        for pocket, ratio in plan.exchange_bps
    }


def _conversion(into: Conversion | None) -> api.ConversionShown | None:
    if into is None:
        return None
    return api.ConversionShown(
        pocket=into.pocket.value, ratio_bps=into.ratio_bps, amount=into.amount
    )
