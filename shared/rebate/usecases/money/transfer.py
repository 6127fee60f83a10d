"""Passing points and love value on to another member (Rule 3.2)."""

from rebate.domain.errors import Code, Rejected
from rebate.domain.events import Transferred
from rebate.domain.money import Amount
from rebate.domain.movements import (
    SPENDABLE,
    Leg,
    MovementKind,
    insist_amount,
    insist_covered,
    movement,
    pocket_of,
)
from rebate.domain.names import MemberId
from rebate.domain.requests import Request, by_member
from rebate.domain.times import Instant
from rebate.usecases.money.ledger import WalletLedger, request_source
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of


def transfer(
    ledger: WalletLedger,
    name: str,
    giver: MemberId,
    taker: MemberId,
    asset: str,
    amount: Amount,
    at: Instant,
) -> Request:
    """Pass `amount` hundredths on; the same again is no second transfer.

    Raises:
        Rejected: `invalid_request`, `unknown_member`, `transfer_off`, `insufficient_balance` or
            `over_limit`.
        Mismatch: the id is known with other content.
        Unavailable: others kept writing to the wallet.
    """
    insist_amount(amount)
    pocket = pocket_of(asset, SPENDABLE)
    asked = Request(MovementKind.TRANSFER, by_member(giver), name, giver, pocket, amount, at, taker)
    return ledger.carry_out(lambda: _transfer(ledger, asked, taker))


def _transfer(ledger: WalletLedger, asked: Request, taker: MemberId) -> Request:
    known = ledger.store.get(Request, key_of(asked))
    if known:
        known.insist_same(asked)
        return known
    giver, pocket, rules = asked.member, asked.pocket, ledger.rules
    if giver == taker:
        raise Rejected(Code.INVALID_REQUEST, "to must be another member than the one who gives")
    ledger.insist_known(giver)
    ledger.insist_known(taker)
    if pocket not in rules.transfer:
        raise Rejected(Code.TRANSFER_OFF, f"{pocket} may not be passed on")
    held = ledger.wallet(giver)
    insist_covered(held, pocket, asked.amount)
    counted = ledger.one_more_today(giver, asked.kind, asked.at, rules.transfer_per_day)
    legs = (Leg(giver, pocket, -asked.amount), Leg(taker, pocket, asked.amount))
    ledger.post(
        request_source(asked),
        1,
        movement(MovementKind.TRANSFER, legs, {giver: held}),
        at=asked.at,
        rests_on=[held],
        events=(Transferred(asked.id, giver, taker, pocket, asked.amount),),
        rows=[Put(asked), *counted],
    )
    return asked
