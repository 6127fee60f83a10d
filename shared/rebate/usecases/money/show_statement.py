"""A member's statement: every movement once, with the balance after it (Rule 3.7).

Wallets are added to and never overwritten, so no movement knows the balance after it. It follows
from the balances now, less all that is newer; where a page ends, its cursor keeps what they were
there, so that pages fit together however much arrives meanwhile. The sequence is that of the
instants at which movements were stored; of those of one instant, that of their names.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from rebate.contracts.csv_text import as_csv
from rebate.contracts.money import StatementLine, StatementPage
from rebate.contracts.problems import Invalid, Problem
from rebate.domain.errors import Unavailable
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import EntryId, MemberId, OrderId, QueueId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, datetime_of
from rebate.domain.wallets import Wallet
from rebate.usecases.money.show_requests import amount_text
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import StatementEntry, StatementMovement
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

LINES_MAX = 50
"""Lines of a page."""

CSV_LINES_MAX = 2_000
"""Lines of a page as CSV."""

ROWS_READ_MAX = 2_000
"""Rows that one page reads: where most is passed over it is short, and the next goes on."""

ROWS_AT_ONCE = 100
ATTEMPTS = 5

COLUMNS = ("time", "kind", "asset", "amount", "balance", "order", "entry", "reason", "counterpart")


class InvalidCursor(Invalid):
    """An `after` that no page gave."""

    code = "invalid_request"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: of a pocket, kind, order, queue or entry, between two instants; None: all."""

    pocket: BalanceType | None = None
    kind: str | None = None
    order: OrderId | None = None
    queue: QueueId | None = None
    entry: EntryId | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None

    def has(self, row: StatementEntry, moved: StatementMovement) -> bool:
        """Tell whether a movement is among them; those before `starts_at` are never asked about."""
        return (
            (self.pocket is None or moved.pocket is self.pocket)
            and (self.kind is None or moved.kind == self.kind)
            and (self.order is None or moved.order == self.order)
            and (self.queue is None or row.source == self.queue)
            and (self.entry is None or moved.entry == self.entry)
            and (self.ends_at is None or row.at < self.ends_at)
        )


@dataclass(slots=True)
class _Walk:
    """How far a statement is read: `after` is the last row read whole, `skip` of the next is read.

    `balances` are those after the movement that comes next.
    """

    balances: dict[str, Amount]
    after: str | None = None
    skip: int = 0
    read: int = 0
    is_over: bool = False

    def cursor(self) -> str | None:
        if self.is_over:
            return None
        said = json.dumps([self.after, self.skip, self.balances], separators=(",", ":"))
        return urlsafe_b64encode(said.encode()).decode()


def show_statement(
    store: Store,
    currency: str,
    member: MemberId,
    wanted: Wanted,
    *,
    after: str | None = None,
    most: int | None = None,
) -> StatementPage:
    """Return a page of a member's movements, the newest first.

    Raises:
        InvalidCursor: no page gave `after`.
        Unavailable: the wallet changed all the time.
    """
    if after is not None:
        return _page(store, currency, member, wanted, _walk_from(after), most or LINES_MAX)
    for _ in range(ATTEMPTS):
        before = store.get(Wallet, Key(member)) or Wallet(member)
        walk = _Walk({pocket.value: amount for pocket, amount in before.balances.items()})
        page = _page(store, currency, member, wanted, walk, most or LINES_MAX)
        now = store.get(Wallet, Key(member)) or Wallet(member)
        if now.version == before.version:
            return page
    raise Unavailable("this wallet is written to all the time")


def statement_csv(page: StatementPage, zone: ZoneInfo) -> str:
    """Return a page as CSV, its times by the shop's clock and amounts as people write them."""
    return as_csv(
        COLUMNS,
        [
            (
                each.at.astimezone(zone).isoformat(timespec="seconds"),
                each.kind,
                each.asset,
                amount_text(each.amount, BalanceType(each.asset), page.currency),
                amount_text(each.balance, BalanceType(each.asset), page.currency),
                each.order_id,
                each.entry,
                each.reason,
                each.counterpart,
            )
            for each in page.lines
        ],
    )


def _page(
    store: Store, currency: str, member: MemberId, wanted: Wanted, walk: _Walk, most: int
) -> StatementPage:
    lines: list[StatementLine] = []
    for row, moved, balance in _movements(store, member, walk):
        if wanted.starts_at is not None and row.at < wanted.starts_at:
            walk.is_over = True
            break
        if wanted.has(row, moved):
            lines.append(_line(row, moved, balance))
        if len(lines) == most:
            break
    return StatementPage(tuple(lines), currency, walk.cursor())


def _movements(
    store: Store, member: MemberId, walk: _Walk
) -> Iterator[tuple[StatementEntry, StatementMovement, Amount]]:
    """Yield movements from where the walk stands, each with the balance after it."""
    while walk.read < ROWS_READ_MAX:
        rows = store.query(
            StatementEntry, member, after=walk.after, limit=ROWS_AT_ONCE, backwards=True
        )
        for row in rows:
            newest_first = row.movements[::-1]
            for moved in newest_first[walk.skip :]:
                balance = walk.balances.get(moved.pocket, NOTHING)
                walk.balances[moved.pocket] = balance - moved.amount
                walk.skip += 1
                yield row, moved, balance
            walk.after, walk.skip = key_of(row).sort, 0
        walk.read += len(rows)
        if len(rows) < ROWS_AT_ONCE:
            walk.is_over = True
            return


def _line(row: StatementEntry, moved: StatementMovement, balance: Amount) -> StatementLine:
    return StatementLine(
        at=datetime_of(row.at),
        kind=moved.kind,
        asset=moved.pocket.value,
        amount=moved.amount,
        balance=balance,
        order_id=moved.order,
        entry=moved.entry,
        reason=moved.reason.value if moved.reason else None,
        counterpart=moved.counterpart,
        source=row.source,
    )


def _walk_from(cursor: str) -> _Walk:
    invalid = InvalidCursor([Problem("after", "must be the next of a page")])
    try:
        after, skip, balances = json.loads(urlsafe_b64decode(cursor.encode()))
        amounts = {BalanceType(name).value: Amount(amount) for name, amount in balances.items()}
    except (ValueError, TypeError, AttributeError):
        raise invalid from None
    if not isinstance(after, str | None) or type(skip) is not int or skip < 0:
        raise invalid
    return _Walk(amounts, after, skip)
