"""A wallet as its member sees it: balances, what is on its way, and what moved (Rule 3)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rebate.contracts import api
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount, AmountsBy, sum_of
from rebate.domain.names import MemberId
from rebate.domain.orders import Order
from rebate.domain.times import Instant, datetime_of
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key

HOLDS_READ_MAX = 300
"""Holds of which is told when each ends; what is held beyond them is told without an instant."""

_LAST = datetime.max.replace(tzinfo=UTC)


def show_wallet(store: Store, member: MemberId, after: str | None = None) -> api.WalletShown:
    """Return a member's balances and a page of the statement, the newest first."""
    wallet = store.get(Wallet, Key(member)) or Wallet(member)
    rows = store.query(StatementEntry, member, after=after, limit=api.PAGE_SIZE, backwards=True)
    pending = wallet.balances.get(BalanceType.PENDING, NOTHING)
    has_pending = pending > 0 and after is None
    holds = store.query(Hold, member, limit=HOLDS_READ_MAX) if has_pending else []
    collectable = sum_of(hold.amount for hold in holds if hold.collected)
    return api.WalletShown(
        member=member,
        balances={pocket.value: amount for pocket, amount in wallet.balances.items() if amount},
        statement=tuple(map(_statement, rows)),
        next=key_of(rows[-1]).sort if len(rows) == api.PAGE_SIZE else None,
        on_its_way=_on_its_way(store, holds, pending - collectable) if has_pending else (),
        collectable=collectable,
    )


def _on_its_way(store: Store, holds: Sequence[Hold], pending: Amount) -> tuple[api.OnItsWay, ...]:
    """Return when holds end, the soonest first; of what is `pending` beyond them nothing is known.

    What was credited together, for one order, ends together.
    """
    orders = store.get_many(Order, {Key(hold.order) for hold in holds if not hold.collected})
    ends: AmountsBy[datetime | None] = AmountsBy()
    for hold in holds:
        if not hold.collected:
            order = orders.get(Key(hold.order))
            ends[_end(hold, order.completed_at if order else None)] += hold.amount
    rest = pending - sum_of(ends.values())
    ends[None] += max(rest, NOTHING)
    known = sorted(ends.items(), key=lambda each: each[0] or _LAST)
    return tuple(api.OnItsWay(amount, at) for at, amount in known if amount)


def _end(hold: Hold, completed_at: Instant | None) -> datetime | None:
    due = hold.due_at(completed_at)
    return None if due is None else datetime_of(due)


def _statement(row: StatementEntry) -> api.StatementShown:
    movements = tuple(
        api.MovementShown(
            kind=moved.kind,
            pocket=moved.pocket.value,
            amount=moved.amount,
            order_id=moved.order,
            entry=moved.entry,
            reason=moved.reason.value if moved.reason else None,
        )
        for moved in row.movements
    )
    return api.StatementShown(at=datetime_of(row.at), source=row.source, movements=movements)
