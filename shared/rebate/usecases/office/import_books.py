"""Bringing members, balances and waiting places of an older system (contracts, section 5).

A file is checked whole first. Then its lines count in their order, some in each transaction with
the rows by which they are known: so cut off anywhere and repeated, each counts once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TypeVar

from rebate.contracts.events_in import MemberSaved
from rebate.contracts.imports import (
    BalanceLine,
    ImportFile,
    ImportLine,
    MemberLine,
    PlaceLine,
    PoolLine,
    digest_of,
)
from rebate.domain.commands import Receive
from rebate.domain.ledger import BalanceType, JournalEntry
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, ratio_of, sum_of
from rebate.domain.movements import Leg, MovementKind, movement
from rebate.domain.names import (
    NO_QUEUE,
    WHOLE_ORDER,
    LineId,
    MemberId,
    OrderId,
    ProductId,
    QueueId,
    StoreId,
    TicketKey,
)
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans.registry import PLANS
from rebate.domain.queue_names import QueueName
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Ticket, TicketLine
from rebate.domain.times import Instant, instant_of
from rebate.usecases.catalog.save_catalog import CatalogAcceptance
from rebate.usecases.money.backing import IMPORTED
from rebate.usecases.money.ledger import lot_of
from rebate.usecases.office.check_import import import_digest, new_lines
from rebate.usecases.office.places import placed
from rebate.usecases.orders.store_order import spending_of
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.ports import Clock, Credit, Put, Store, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import (
    Journal,
    StatementEntry,
    movements_of,
)
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import joined, number

Line = TypeVar("Line", bound=ImportLine)

TOGETHER = 20
"""Members or balances of one transaction, each of which takes up to five rows of it."""

ROWS_MAX = 90
"""Rows of the orders of one transaction."""

TICKETS_A_STEP = 40
"""Tickets that one command lets join, all in one transaction of the queue."""

_STORES, _CASHIERS = ("store", "stores"), ("cashier", "cashiers")


@dataclass(frozen=True, slots=True)
class Imported:
    """What of a file counts: lines `new` now, and those `known` before; `balances` by asset.

    `places` are the new ones by queue, `pools` what comes to their pools.
    """

    encoding: str
    form: str
    new: int
    known: int
    members: int
    balances: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    pools: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookImport:
    """Imports files; what lets places join waits in their queues' inboxes."""

    store: Store
    clock: Clock
    settings: SettingsReader
    catalog: CatalogAcceptance

    def check(self, file: ImportFile) -> Imported:
        """Return what would count of a file, and let nothing count.

        Raises:
            InvalidImport: something stands against it.
        """
        new = [line for _, line in new_lines(self.store, self.settings.in_force().terms, file)]
        balances: Counter[str] = Counter()
        pools: Counter[str] = Counter()
        for line in new:
            if isinstance(line, BalanceLine):
                balances[line.asset] += line.amount
            elif isinstance(line, PoolLine):
                pools[line.queue] += line.amount
        return Imported(
            file.encoding,
            file.form,
            len(new),
            len(file.lines) - len(new),
            sum(isinstance(line, MemberLine) for line in new),
            dict(balances),
            dict(Counter(line.queue for line in new if isinstance(line, PlaceLine))),
            dict(pools),
        )

    def carry_out(self, file: ImportFile) -> Iterator[int]:
        """Let the lines count that do not yet; yield how many more do, transaction by transaction.

        Raises:
            InvalidImport: something stands against it; nothing of it counts.
            Conflict: somebody else imports the same just now.
            Unavailable: the store did not answer; the same again goes on.
        """
        lines = [line for _, line in new_lines(self.store, self.settings.in_force().terms, file)]
        source = f"{IMPORTED}/{file.name}"
        members = [line for line in lines if isinstance(line, MemberLine)]
        balances = [line for line in lines if isinstance(line, BalanceLine)]
        for own in _parts(members):
            yield self._members(source, own)
        for some in _parts(balances):
            yield self._balances(source, some)
        yield from self._places(source, [line for line in lines if isinstance(line, PlaceLine)])
        for line in lines:
            if isinstance(line, PoolLine):
                yield self._pool(source, line)

    def _members(self, source: str, lines: Sequence[MemberLine]) -> int:
        """Save members as the shop would: again changes nothing, so they are known afterwards."""
        for line in lines:
            given = line.model_dump(exclude_none=True, exclude={"id", "kind", "member", "referrer"})
            bound = {"referrer_id": line.referrer} if line.referrer else {}
            self.catalog.save(MemberSaved(member_id=line.member, **bound, **given))
        self.store.commit([_counted(source, line) for line in lines])
        return len(lines)

    def _balances(self, source: str, lines: Sequence[BalanceLine]) -> int:
        """Open wallets by one balanced entry an asset."""
        now = self.clock.now()
        entries = tuple(_openings(lines))
        row = Journal(source, int(now), now, entries)
        writes: list[Write] = [Put(row), *(_counted(source, line) for line in lines)]
        for member, moved in movements_of(entries).items():
            writes.append(Credit(member, tuple((each.pocket, each.amount) for each in moved)))
            writes.append(Put(StatementEntry(member, now, source, row.number, tuple(moved))))
            frozen = sum_of(m.amount for m in moved if m.pocket is BalanceType.LOVE_FROZEN)
            name = joined(source, number(row.number))
            writes += lot_of(member, frozen, now, name) if frozen else []
        self.store.commit(writes)
        return len(lines)

    def _places(self, source: str, lines: Sequence[PlaceLine]) -> Iterator[int]:
        """Store orders with their tickets; then let these join, queue by queue as in the file.

        An order stands in several queues, so its places cannot all be in order where it is stored.
        """
        orders = _by(lines, lambda line: line.order)
        stored: dict[str, Order] = {}
        writes: list[Write] = []
        for name, places in orders.items():
            stored[name] = order = order_of(places, self.settings.in_force().version)
            own = [] if self.store.get(Order, key_of(order)) else _rows_of(order, places)
            if len(writes) + len(own) > ROWS_MAX:
                self.store.commit(writes)
                writes = []
            writes += own
        if writes:
            self.store.commit(writes)
        for queue, places in _by(lines, lambda line: line.queue).items():
            for some in _steps(_by(places, lambda line: line.order).items()):
                yield self._join(source, QueueId(queue), some, stored)

    def _join(
        self,
        source: str,
        queue: QueueId,
        places: Sequence[tuple[str, list[PlaceLine]]],
        orders: Mapping[str, Order],
    ) -> int:
        now = self.clock.now()
        keys = [_ticket(orders[name], queue, own).key for name, own in places]
        lines = [line for _, own in places for line in own]
        command = _receiving(queue, now, keys)
        self.store.commit([Put(command), *(_counted(source, line) for line in lines)])
        return len(lines)

    def _pool(self, source: str, line: PoolLine) -> int:
        """Let a queue's pool receive what it held, behind its places."""
        command = _receiving(QueueId(line.queue), self.clock.now(), (), Amount(line.amount))
        self.store.commit([Put(command), _counted(source, line)])
        return 1


def _parts(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), TOGETHER):
        yield lines[start : start + TOGETHER]


def _counted(source: str, line: ImportLine) -> Put:
    """Return the row by which a line is known."""
    name, digest = line.id, digest_of(line)
    if isinstance(line, PoolLine):
        return Put(ImportedLine(name, digest, source, amount=Amount(line.amount)), expects=0)
    if not isinstance(line, BalanceLine):
        return Put(ImportedLine(name, digest, source), expects=0)
    member, pocket = MemberId(line.member), BalanceType(line.asset)
    return Put(ImportedLine(name, digest, source, member, pocket, line.amount), expects=0)


def _openings(lines: Iterable[BalanceLine]) -> Iterator[JournalEntry]:
    by_asset = sorted(lines, key=lambda line: line.asset)
    for asset, some in groupby(by_asset, key=lambda line: line.asset):
        legs = [Leg(MemberId(line.member), BalanceType(asset), line.amount) for line in some]
        yield movement(MovementKind.OPENING, legs, {})


def _by(lines: Iterable[PlaceLine], name: Callable[[PlaceLine], str]) -> dict[str, list[PlaceLine]]:
    found: dict[str, list[PlaceLine]] = {}
    for line in lines:
        found.setdefault(name(line), []).append(line)
    return found


def _steps(
    tickets: Iterable[tuple[str, list[PlaceLine]]],
) -> Iterator[list[tuple[str, list[PlaceLine]]]]:
    """Yield places as many at a time as one transaction takes, those of an order together."""
    some: list[tuple[str, list[PlaceLine]]] = []
    lines = 0
    for order, places in tickets:
        if some and (len(some) == TICKETS_A_STEP or lines + len(places) > ROWS_MAX):
            yield some
            some, lines = [], 0
        some.append((order, places))
        lines += len(places)
    if some:
        yield some


def _rows_of(order: Order, places: Sequence[PlaceLine]) -> list[Write]:
    """Return an order, what it is found by, and its tickets, which wait to join."""
    of_queues = _by(places, lambda line: line.queue)
    tickets = [_ticket(order, queue, of_queues[queue]) for queue in order.queues]
    return [Put(order, expects=0), *spending_of(order), *placed(order), *map(Put, tickets)]


def order_of(places: Sequence[PlaceLine], settings: int) -> Order:
    """Return the order of an older system: nobody's by sender, and paid for as the file says.

    Its digest tells it from any other, so that it is known where an import was cut off.
    """
    first = places[0]
    name = _queue(first)
    return Order(
        id=OrderId(first.order),
        version=1,
        digest=import_digest(places),
        member=MemberId(first.member),
        channel=_channel(name),
        store=_store(name, first),
        paid_at=instant_of(first.paid_at),
        completed_at=_instant(first.completed_at),
        lines=tuple(
            OrderLine(
                id=_line_id(place) or LineId("1"),
                paid=_paid(place),
                product=None if place.product is None else ProductId(place.product),
                supply="self" if _channel(name) == "mall" else "store",
                queue=QueueId(place.queue) if place.line is not None else None,
                extraction_bps=ZERO_BPS,
                entitlement_bps=_ratio(place),
            )
            for place in _lines_of_order(places)
        ),
        queues=tuple(dict.fromkeys(QueueId(place.queue) for place in places)),
        settings=settings,
    )


def _lines_of_order(places: Sequence[PlaceLine]) -> list[PlaceLine]:
    """Return the places whose order lines there are: of several plans', one is of the whole."""
    by_line = {place.line: place for place in places if place.line is not None}
    return list(by_line.values()) or [places[0]]


def _ticket(order: Order, queue: QueueId, places: Sequence[PlaceLine]) -> Ticket:
    name = _queue(places[0])
    whole = sum_of(line.paid for line in order.lines)
    assert order.paid_at is not None, "it was paid"
    return Ticket(
        queue=queue,
        order=order.id,
        member=order.member or MemberId(""),
        lines=tuple(_place(name, place, whole) for place in places),
        paid_at=order.paid_at,
        store=order.store,
        completed_at=order.completed_at,
    )


def _place(name: QueueName, place: PlaceLine, whole: Amount) -> TicketLine:
    """Return a line that gives nothing, and gets what is left of its entitlement."""
    base = _paid(place) if place.line is not None else whole
    return TicketLine(
        id=_line_id(place),
        contribution_base=NOTHING if name.plan.gives_of_profit else base,
        entitlement_base=base,
        entitlement_bps=-ratio_of(-place.entitlement, base),
        cap=place.entitlement,
        contributes=False,
        product=None if place.product is None else ProductId(place.product),
        received_before=place.paid,
    )


def _receiving(
    queue: QueueId, now: Instant, tickets: Sequence[TicketKey], pool: Amount = NOTHING
) -> Inbox:
    sort = joined(number(now), number(now), IMPORTED)
    return Inbox(queue, sort, Receive(now, NO_QUEUE, tuple(tickets), pool))


def _queue(place: PlaceLine) -> QueueName:
    name = PLANS.queue(QueueId(place.queue))
    assert name is not None, "the file was checked"
    return name


def _channel(name: QueueName) -> str:
    if name.kind.name in _STORES:
        return "store"
    return "cashier" if name.kind.name in _CASHIERS else "mall"


def _store(name: QueueName, place: PlaceLine) -> StoreId | None:
    if place.store is not None:
        return StoreId(place.store)
    owned = name.owner if name.kind.name in {"store", "cashier", "red_packet"} else None
    return None if owned is None else StoreId(owned)


def _line_id(place: PlaceLine) -> LineId:
    return WHOLE_ORDER if place.line is None else LineId(place.line)


def _paid(place: PlaceLine) -> Amount:
    return place.order_paid or place.entitlement


def _ratio(place: PlaceLine) -> Bps:
    return -ratio_of(-place.entitlement, _paid(place))


def _instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else instant_of(moment)
