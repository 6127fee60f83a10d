"""What operators take out: rows one after another, however many there are (contracts, section 5).

Nothing is gathered: a row is written before the next is read. `books` are lines that `rebate
import` takes, so that a shop can move to another deployment.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from heapq import merge
from itertools import islice
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from rebate.contracts.csv_text import BOM, Figure, csv_line
from rebate.contracts.figures import decimal
from rebate.contracts.identifiers import BYTES_MAX, CHARS_MAX
from rebate.domain import withdrawals
from rebate.domain.errors import Code, Rejected
from rebate.domain.ledger import BalanceType, QueueAccount, asset_of
from rebate.domain.money import sum_of
from rebate.domain.names import GUEST, WHOLE_ORDER
from rebate.domain.orders import LINES_PER_ROW, Order
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant, datetime_of
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.money.request_withdrawal import of_state
from rebate.usecases.office.order_lists import oldest_places
from rebate.usecases.office.places import ALL_ORDERS
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.in_time import oldest_first
from rebate.usecases.storage.moved_tickets import with_moved
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, owned_key, ticket_key
from rebate.usecases.storage.rows.lists import ListItem

ROWS_AT_ONCE = 100

_MONEY = frozenset({BalanceType.CASH, BalanceType.PENDING, BalanceType.HELD})


class Money(NamedTuple):
    """An amount; `in_money`: minor units of the currency, else hundredths."""

    amount: int
    in_money: bool = True


class ExportedInstant(NamedTuple):
    """An instant."""

    at: Instant


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant on, before another; None: without an end."""

    starts_at: Instant | None = None
    ends_at: Instant | None = None

    def has(self, at: Instant) -> bool:
        """Tell whether an instant lies in it."""
        starts, ends = self.starts_at, self.ends_at
        return (starts is None or at >= starts) and (ends is None or at < ends)


Row = Mapping[str, Any]
Rows = Callable[[Store, Terms, Period], Iterator[Row]]


def export_json(store: Store, terms: Terms, what: str, period: Period) -> Iterator[str]:
    """Yield an export as JSON lines: amounts in minor units or hundredths, instants in UTC."""
    for row in EXPORTS[what](store, terms, period):
        yield f"{_json(row)}\n"


def export_csv(store: Store, terms: Terms, what: str, period: Period) -> Iterator[str]:
    """Yield an export as CSV with BOM: amounts as people write them, times by the shop's clock."""
    yield f"{BOM}{csv_line(COLUMNS[what])}\r\n"
    for row in EXPORTS[what](store, terms, period):
        cells = (_cell(row.get(name), terms.currency, terms.zone) for name in COLUMNS[what])
        yield f"{csv_line(list(cells))}\r\n"


def gathered(lines: Iterable[str], *, bytes_max: int, is_late: Callable[[], bool]) -> str:
    """Return lines as one text, for whoever can only be given all at once.

    Raises:
        Rejected: `over_limit`: it would be longer than `bytes_max`, or takes too long.
    """
    found: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode())
        if size > bytes_max or is_late():
            message = "this is more than one answer holds: narrow from and to, or use rebate export"
            raise Rejected(Code.OVER_LIMIT, message)
        found.append(line)
    return "".join(found)


def _json(row: Row) -> str:
    plain = {name: _plain(value) for name, value in row.items()}
    return json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a row
    if isinstance(value, Money):
        return value.amount
    return datetime_of(value.at).isoformat() if isinstance(value, ExportedInstant) else value


def _cell(value: Any, currency: str, zone: ZoneInfo) -> object:  # noqa: ANN401 - as above
    if isinstance(value, Money):
        return Figure(decimal(value.amount, currency if value.in_money else None))
    if isinstance(value, ExportedInstant):
        return datetime_of(value.at, zone).isoformat()
    return " ".join(value) if isinstance(value, list) else value


def _orders(store: Store, _: Terms, period: Period) -> Iterator[Row]:
    for order in _orders_in(store, period):
        left = order.left()
        back = sum_of(line.paid for line in order.lines) - sum_of(left.values())
        for line in order.lines:
            yield {
                "order": order.id,
                "line": line.id,
                "member": order.member,
                "channel": order.channel,
                "store": order.store,
                "paid_at": ExportedInstant(order.paid_at or Instant(0)),
                "completed_at": None
                if order.completed_at is None
                else ExportedInstant(order.completed_at),
                "product": line.product,
                "quantity": line.quantity,
                "paid": Money(line.paid),
                "deducted": Money(line.deducted, in_money=True),
                "refunded": Money(line.paid - left[line.id]),
                "order_refunded": Money(back),
                "queue": line.queue,
                "extraction_bps": line.extraction_bps,
                "entitlement_bps": line.entitlement_bps,
            }


def _entries(store: Store, terms: Terms, period: Period) -> Iterator[Row]:
    for order in _orders_in(store, period):
        for ticket in _tickets_of(store, order):
            queue = store.get(Queue, Key(ticket.queue)) or Queue(ticket.queue)
            first = shown_plan_of(ticket.queue, terms).completed_first
            for index, line in enumerate(ticket.lines):
                if line.entry:
                    status = queue.status_of(ticket, line.entry, completed_first=first)
                    promised = line.entry.entitlement
                    yield {
                        "queue": ticket.queue,
                        "entry": ticket.entry_id(index),
                        "member": ticket.member,
                        "paid_at": ExportedInstant(ticket.paid_at),
                        "status": status.value,
                        "entitlement": None if promised is None else Money(promised),
                        "paid": Money(line.entry.paid),
                        "rewards": line.entry.rewards,
                        "ratio_bps": line.entitlement_bps,
                    }


def _statements(store: Store, _: Terms, period: Period) -> Iterator[Row]:
    """Yield what moved in wallets, wallet by wallet."""
    for wallet in store.scan(Wallet):
        for row in _between(store, StatementEntry, wallet.member, period):
            for moved in row.movements:
                yield {
                    "member": row.member,
                    "at": ExportedInstant(row.at),
                    "kind": moved.kind,
                    "asset": moved.pocket.value,
                    "amount": Money(moved.amount, in_money=moved.pocket in _MONEY),
                    "order": moved.order,
                    "entry": moved.entry,
                    "reason": moved.reason.value if moved.reason else None,
                    "counterpart": moved.counterpart,
                    "source": row.source,
                }


_REWARDS = frozenset({"commission", "dividend"})


def _rewards(store: Store, terms: Terms, period: Period) -> Iterator[Row]:
    """Yield of statements what plans, referrals and dividends gave, and what was taken back."""
    for row in _statements(store, terms, period):
        if row["reason"] is not None or row["kind"] in _REWARDS:
            yield row


def _wallets(store: Store, _: Terms, __: Period) -> Iterator[Row]:
    for wallet in store.scan(Wallet):
        held = {
            pocket.value: Money(wallet.has(pocket), in_money=pocket in _MONEY)
            for pocket in BalanceType
        }
        yield {"member": wallet.member, **held}


def _withdrawals(store: Store, _: Terms, period: Period) -> Iterator[Row]:
    """Yield withdrawals by when they were asked for; accounts stand in the file for the bank."""
    lists = (
        _between(store, ListItem, of_state(state), period) for state in withdrawals.WithdrawalState
    )
    items = merge(*lists, key=lambda item: key_of(item).sort)
    while some := list(islice(items, ROWS_AT_ONCE)):
        keys = [owned_key(item.id, item.member) for item in some]
        found = store.get_many(Withdrawal, keys)
        for each in (found[key] for key in dict.fromkeys(keys) if key in found):
            yield {
                "withdrawal": each.id,
                "member": each.member,
                "at": ExportedInstant(each.at),
                "amount": Money(each.amount),
                "fee": Money(each.fee),
                "payout": Money(each.amount - each.fee),
                "state": each.state,
                "approvals": list(each.approvals),
                "decided_by": each.decided_by,
                "reason": each.reason,
            }


def _journal(store: Store, _: Terms, period: Period) -> Iterator[Row]:
    """Yield every posting, entry by entry, in no order of time: the journal is kept by source."""
    for row in store.scan(Journal):
        if not period.has(row.at):
            continue
        for place, entry in enumerate(row.entries):
            for posting in entry.postings:
                yield {
                    "source": row.source,
                    "number": row.number,
                    "entry_number": place,
                    "at": ExportedInstant(row.at),
                    "kind": entry.kind,
                    "order": entry.order,
                    "line": entry.line,
                    "account": posting.account,
                    "asset": asset_of(posting.account),
                    "amount": Money(posting.amount, in_money=asset_of(posting.account) == "money"),
                    "entry": posting.entry,
                    "reason": posting.reason.value if posting.reason else None,
                }


def _books(store: Store, terms: Terms, _: Period) -> Iterator[Row]:
    """Yield lines to import: members, what they have, and queue by queue places in their order.

    Behind these stands what the queue's pool holds. Cash that is pending or held is cash there:
    settle withdrawals first.
    """
    yield from _book_members(store)
    for wallet in store.scan(Wallet):
        cash = sum_of(wallet.has(pocket) for pocket in _MONEY)
        others = {p.value: wallet.has(p) for p in BalanceType if p not in _MONEY}
        for asset, amount in {"cash": cash, **others}.items():
            if amount > 0:
                line = {"kind": "balance", "member": wallet.member, "asset": asset}
                yield {"id": _name("balance", asset, wallet.member), **line, "amount": amount}
    for queue in sorted(store.scan(Queue), key=lambda queue: queue.id):
        if shown_plan_of(queue.id, terms).rewards_to_exit is None:
            yield from _book_places(store, queue)
            if (pool := queue.figure(QueueAccount.POOL)) > 0:
                line = {"id": _name("pool", queue.id), "kind": "pool", "queue": queue.id}
                yield {**line, "amount": pool}


def _book_members(store: Store) -> Iterator[Row]:
    for member in store.scan(Member):
        said = {
            "level": member.level,
            "rank": member.rank,
            "referrer": member.referrer,
            "nickname": member.nickname,
            "avatar_url": member.avatar_url,
        }
        line = {"id": _name("member", member.id), "kind": "member", "member": member.id}
        yield {**line, **{name: value for name, value in said.items() if value is not None}}


def _book_places(store: Store, queue: Queue) -> Iterator[Row]:
    line, start = QueueReader(store, queue.id), queue.cleared_below
    while True:
        tickets, end = line.payable(queue, start=start, count=ROWS_AT_ONCE, completed_only=False)
        for ticket in sorted(tickets, key=lambda ticket: ticket.place or 0):
            for index, each in enumerate(ticket.lines):
                if each.entry and each.entry.waits:
                    yield _book_place(ticket, index)
        if end is None:
            return
        start = end + 1


def _book_place(ticket: Ticket, index: int) -> Row:
    line = ticket.lines[index]
    entry = line.entry
    assert entry is not None, "it waits"
    assert entry.entitlement is not None, "rewards are not counted here"
    is_whole = line.id == WHOLE_ORDER
    optional = {
        "line": None if is_whole else line.id,
        "store": ticket.store,
        "product": line.product,
        "completed_at": _iso(ticket.completed_at or (ticket.paid_at if is_whole else None)),
    }
    return {
        "id": _name("place", ticket.queue, ticket.entry_id(index)),
        "kind": "place",
        "queue": ticket.queue,
        "order": ticket.order,
        "member": ticket.member,
        "entitlement": entry.entitlement,
        "paid": entry.paid,
        "order_paid": line.entitlement_base,
        "paid_at": _iso(ticket.paid_at),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _name(*parts: str) -> str:
    """Return the id of a line: what it is of, or where that is too long a digest of it."""
    whole = "/".join(parts)
    if len(whole) <= CHARS_MAX and len(whole.encode()) <= BYTES_MAX:
        return whole
    return f"{parts[0]}/{sha256(whole.encode()).hexdigest()}"


def _iso(at: Instant | None) -> str | None:
    return None if at is None else datetime_of(at).isoformat()


BOOKS = "books"

EXPORTS: Mapping[str, Rows] = {
    "orders": _orders,
    "entries": _entries,
    "rewards": _rewards,
    "wallets": _wallets,
    "statements": _statements,
    "withdrawals": _withdrawals,
    "journal": _journal,
    BOOKS: _books,
}
"""What can be taken out, by name."""

_MOVEMENT = (
    "member",
    "at",
    "kind",
    "asset",
    "amount",
    "order",
    "entry",
    "reason",
    "counterpart",
    "source",
)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "orders": (
        *("order", "line", "member", "channel", "store", "paid_at", "completed_at", "product"),
        *("quantity", "paid", "deducted", "refunded", "order_refunded", "queue"),
        *("extraction_bps", "entitlement_bps"),
    ),
    "entries": (
        *("queue", "entry", "member", "paid_at", "status", "entitlement", "paid", "rewards"),
        "ratio_bps",
    ),
    "rewards": _MOVEMENT,
    "wallets": ("member", *(pocket.value for pocket in BalanceType)),
    "statements": _MOVEMENT,
    "withdrawals": (
        *("withdrawal", "member", "at", "amount", "fee", "payout", "state", "approvals"),
        *("decided_by", "reason"),
    ),
    "journal": (
        *("source", "number", "entry_number", "at", "kind", "order", "line", "account", "asset"),
        *("amount", "entry", "reason"),
    ),
    BOOKS: (
        *("id", "kind", "member", "level", "rank", "referrer", "nickname", "avatar_url", "asset"),
        *("amount", "queue", "order", "line", "store", "product", "entitlement", "paid"),
        *("order_paid", "paid_at", "completed_at"),
    ),
}
"""The columns of each as CSV."""


def _orders_in(store: Store, period: Period) -> Iterator[Order]:
    """Yield paid orders by when they were paid."""
    starts, ends = period.starts_at, period.ends_at
    places = oldest_places(store, ALL_ORDERS, starts_at=starts, ends_at=ends)
    while some := list(islice(places, ROWS_AT_ONCE)):
        headers = store.get_many(Order, [Key(place.order) for place in some])
        for place in some:
            order = headers.get(Key(place.order))
            if order is not None and order.digest is not None and order.paid_at == place.at:
                is_long = len(order.lines) >= LINES_PER_ROW
                yield load_order(store, order.id) if is_long else order


def _tickets_of(store: Store, order: Order) -> list[Ticket]:
    keys = [ticket_key(queue, order.member or GUEST, order.id) for queue in order.queues]
    found = store.get_many(Ticket, keys)
    return with_moved(store, [found[key] for key in keys if key in found])


def _between(store: Store, kind: type[Any], list_: str, period: Period) -> Iterator[Any]:
    """Return the rows of a list in a period, the oldest first."""
    starts, ends = period.starts_at, period.ends_at
    return oldest_first(store, kind, list_, at_once=ROWS_AT_ONCE, starts_at=starts, ends_at=ends)
