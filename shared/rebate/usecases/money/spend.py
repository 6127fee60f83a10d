"""Spending points, love value or vouchers on an order (Rule 3.3)."""

from rebate.domain.events import Spent
from rebate.domain.money import Amount
from rebate.domain.movements import (
    SPENDABLE,
    Leg,
    MovementKind,
    insist_amount,
    movement,
    pocket_of,
)
from rebate.domain.names import MemberId, OrderId
from rebate.domain.requests import Request, by_shop
from rebate.domain.times import Instant
from rebate.usecases.money.ledger import WalletLedger, request_source
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of


def spend(
    ledger: WalletLedger,
    name: str,
    member: MemberId,
    asset: str,
    amount: Amount,
    order: OrderId,
    at: Instant,
    *,
    shop: str,
) -> Request:
    """Take `amount` hundredths of a member for an order: final until it is given back.

    Raises:
        Rejected: `invalid_request`, `unknown_member` or `insufficient_balance`.
        Mismatch: the shop knows the id with other content.
        Unavailable: others kept writing to the wallet.
    """
    insist_amount(amount)
    pocket = pocket_of(asset, SPENDABLE)
    asked = Request(MovementKind.SPEND, by_shop(shop), name, member, pocket, amount, at, order)
    return ledger.carry_out(lambda: _spend(ledger, asked, order))


def _spend(ledger: WalletLedger, asked: Request, order: OrderId) -> Request:
    known = ledger.store.get(Request, key_of(asked))
    if known:
        known.insist_same(asked)
        return known
    ledger.insist_known(asked.member)
    held = ledger.wallet(asked.member)
    taken = (Leg(asked.member, asked.pocket, -asked.amount),)
    ledger.post(
        request_source(asked),
        1,
        movement(MovementKind.SPEND, taken, {asked.member: held}, order=order),
        at=asked.at,
        rests_on=[held],
        events=(Spent(asked.id, asked.member, order, asked.pocket, asked.amount),),
        rows=[Put(asked)],
    )
    return asked
