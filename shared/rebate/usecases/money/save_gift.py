"""Putting gifts on offer, and changing them (Rule 3.4)."""

from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.gifts import Gift
from rebate.domain.movements import insist_amount
from rebate.domain.records import replace
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem

GIFTS = "gifts"
"""The list of all gifts, by when they were first saved."""


def save_gift(
    ledger: WalletLedger,
    wanted: Gift,
    *,
    by: str,
    expects: int | None = None,
    stock_change: int | None = None,
) -> Gift:
    """Save a gift in place of version `expects` (0: a new one; None: whichever there is).

    `stock_change` adds to the stock that there is by then, so that it undoes no redemption;
    without it the stock becomes what is `wanted`, which only a known version makes safe.

    Raises:
        Rejected: `invalid_request`, or `out_of_stock`: less than nothing would be left.
        Conflict: somebody saved or redeemed it first.
        Unavailable: others kept writing to it.
    """
    insist_amount(wanted.price, "price")
    if wanted.stock is not None and wanted.stock < 0:
        raise Rejected(Code.INVALID_REQUEST, "stock must not be below zero")
    if expects is not None:
        return _save(ledger, wanted, by, expects, stock_change)
    return ledger.carry_out(lambda: _save(ledger, wanted, by, None, stock_change))


def _save(
    ledger: WalletLedger, wanted: Gift, by: str, expects: int | None, stock_change: int | None
) -> Gift:
    known = ledger.store.get(Gift, Key(wanted.id))
    version = known.version if known else 0
    if expects is not None and expects != version:
        message = f"gift {wanted.id} is no longer at version {expects}: read it again"
        raise Conflict(message)
    now = ledger.clock.now()
    if stock_change is not None:
        base = known.stock if known and known.stock is not None else 0
        wanted = replace(wanted, stock=base).less(-stock_change)
    after = replace(wanted, version=version + 1, saved_at=now, saved_by=by)
    writes: list[Write] = [Put(after, expects=version)]
    if known is None:
        writes.append(Put(ListItem(GIFTS, now, after.id)))
    ledger.store.commit(writes)
    return after
