"""A wallet as its member sees it: balances, and what moved (Rule 3)."""

from rebate.contracts import api
from rebate.domain.names import MemberId
from rebate.domain.times import datetime_of
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import Key, StatementEntry, key_of


def show_wallet(store: Store, member: MemberId, after: str | None = None) -> api.WalletShown:
    """Return a member's balances and a page of the statement, the newest first."""
    wallet = store.get(Wallet, Key(member)) or Wallet(member)
    rows = store.query(StatementEntry, member, after=after, limit=api.PAGE_SIZE, backwards=True)
    return api.WalletShown(
        member=member,
        balances={pocket.value: amount for pocket, amount in wallet.balances.items() if amount},
        statement=tuple(map(_statement, rows)),
        next=key_of(rows[-1]).sort if len(rows) == api.PAGE_SIZE else None,
    )


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
