"""Giving back what was spent on an order, whole or in parts (Rule 3.3)."""

from rebate.domain.errors import Code, Rejected
from rebate.domain.events import GivenBack
from rebate.domain.money import Amount
from rebate.domain.movements import Leg, MovementKind, insist_amount, movement
from rebate.domain.names import OrderId
from rebate.domain.records import replace
from rebate.domain.requests import Request, by_shop
from rebate.domain.times import Instant
from rebate.usecases.money.ledger import WalletLedger, request_source
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import request_key


def give_back(
    ledger: WalletLedger, name: str, spend: str, amount: Amount, at: Instant, *, shop: str
) -> Request:
    """Return `amount` hundredths of a spend of the same shop; more than is left is refused.

    Raises:
        Rejected: `invalid_request`, `unknown_entry` (there is no such spend) or
            `refund_exceeds_paid`.
        Mismatch: the shop knows the id with other content.
        Unavailable: others kept writing to the spend.
    """
    insist_amount(amount)
    return ledger.carry_out(lambda: _give_back(ledger, name, spend, amount, at, by_shop(shop)))


def _give_back(
    ledger: WalletLedger, name: str, spend: str, amount: Amount, at: Instant, caller: str
) -> Request:
    spent = ledger.store.get(Request, request_key(MovementKind.SPEND, caller, spend))
    if spent is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no spend {spend}")
    asked = Request(
        MovementKind.GIVE_BACK, caller, name, spent.member, spent.pocket, amount, at, spend
    )
    known = ledger.store.get(Request, key_of(asked))
    if known:
        known.insist_same(asked)
        return known
    left = spent.amount - spent.returned
    if amount > left:
        message = f"{left} of spend {spend} can be given back, {amount} is wanted"
        raise Rejected(Code.REFUND_EXCEEDS_PAID, message)
    after = replace(spent, returned=spent.returned + amount, version=spent.version + 1)
    order, back = OrderId(spent.subject), (Leg(spent.member, spent.pocket, amount),)
    ledger.post(
        request_source(asked),
        1,
        movement(MovementKind.GIVE_BACK, back, {}, order=order),
        at=at,
        events=(GivenBack(name, spend, spent.member, order, spent.pocket, amount),),
        rows=[Put(asked), Put(after, expects=spent.version)],
    )
    return asked
