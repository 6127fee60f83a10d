"""Movements that people and shops ask for, and what the ledger insists on in each (Rule 3).

Whatever door a request came in by, it is refused here if it is not an amount above zero, takes
from or gives to a balance that its kind does not touch, or would leave a balance below its floor.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from rebate.domain.errors import Code, Rejected
from rebate.domain.ledger import (
    FEES,
    WITHDRAWN,
    Account,
    BalanceType,
    Draft,
    JournalEntry,
    adjusted,
    gifts,
    parts_of,
    spent,
    wallet,
)
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.records import dataclass
from rebate.domain.wallets import Wallet

AMOUNT_MAX = 2**53 - 1
"""Largest amount of one movement: every JSON reader holds it exactly."""


class MovementKind(StrEnum):
    """What was asked for: the kind of the journal entry, and of the statement's line."""

    WITHDRAWAL = "withdrawal"
    WITHDRAWAL_APPROVED = "withdrawal_approved"
    WITHDRAWAL_REJECTED = "withdrawal_rejected"
    WITHDRAWAL_FAILED = "withdrawal_failed"
    TRANSFER = "transfer"
    SPEND = "spend"
    GIVE_BACK = "give_back"
    REDEMPTION = "redemption"
    REDEMPTION_CANCELLED = "redemption_cancelled"
    ADJUSTMENT = "adjustment"
    THAW = "thaw"
    OPENING = "opening"


class Leg(NamedTuple):
    """`amount` added to one balance of one member; below zero it is taken."""

    member: MemberId
    pocket: BalanceType
    amount: Amount


@dataclass(frozen=True, slots=True)
class _Rule:
    """Which balances a kind takes from and gives to, and the account on the other side."""

    takes: frozenset[BalanceType] = frozenset()
    gives: frozenset[BalanceType] = frozenset()
    other: Callable[[BalanceType], Account] | None = None


def _paid_out(_: BalanceType) -> Account:
    return WITHDRAWN


CASH, HELD = frozenset({BalanceType.CASH}), frozenset({BalanceType.HELD})
FROZEN, LOVE = frozenset({BalanceType.LOVE_FROZEN}), frozenset({BalanceType.LOVE})
TRANSFERABLE = frozenset({BalanceType.POINTS, BalanceType.LOVE})
SPENDABLE = frozenset({BalanceType.POINTS, BalanceType.LOVE, BalanceType.VOUCHER})
ADJUSTABLE = CASH | SPENDABLE | FROZEN

_RULES: Mapping[MovementKind, _Rule] = {
    MovementKind.WITHDRAWAL: _Rule(takes=CASH, gives=HELD),
    MovementKind.WITHDRAWAL_APPROVED: _Rule(takes=HELD, other=_paid_out),
    MovementKind.WITHDRAWAL_REJECTED: _Rule(takes=HELD, gives=CASH),
    MovementKind.WITHDRAWAL_FAILED: _Rule(gives=CASH, other=_paid_out),
    MovementKind.TRANSFER: _Rule(takes=TRANSFERABLE, gives=TRANSFERABLE),
    MovementKind.SPEND: _Rule(takes=SPENDABLE, other=spent),
    MovementKind.GIVE_BACK: _Rule(gives=SPENDABLE, other=spent),
    MovementKind.REDEMPTION: _Rule(takes=SPENDABLE, other=gifts),
    MovementKind.REDEMPTION_CANCELLED: _Rule(gives=SPENDABLE, other=gifts),
    MovementKind.ADJUSTMENT: _Rule(takes=ADJUSTABLE, gives=ADJUSTABLE, other=adjusted),
    MovementKind.THAW: _Rule(takes=FROZEN, gives=LOVE),
    MovementKind.OPENING: _Rule(gives=ADJUSTABLE, other=adjusted),
}


def insist_amount(amount: object, name: str = "amount") -> Amount:
    """Return `amount` if it is a whole number of minor units above zero.

    Raises:
        Rejected: `invalid_request`, naming the field.
    """
    if type(amount) is not int or not 0 < amount <= AMOUNT_MAX:
        message = f"{name} must be a whole number from 1 to {AMOUNT_MAX}, not {amount!r}"
        raise Rejected(Code.INVALID_REQUEST, message)
    return Amount(amount)


def insist_covered(held: Wallet, pocket: BalanceType, amount: Amount) -> None:
    """Insist that a balance covers what is taken of it.

    Raises:
        Rejected: `insufficient_balance`.
    """
    if held.has(pocket) < amount:
        message = f"{held.has(pocket)} of {pocket} is there, {amount} is wanted"
        raise Rejected(Code.INSUFFICIENT_BALANCE, message)


def pocket_of(asset: str, among: frozenset[BalanceType]) -> BalanceType:
    """Return the balance that an asset's name means, if it is `among` those that may be meant.

    Raises:
        Rejected: `invalid_request`.
    """
    found = next((pocket for pocket in among if pocket == asset), None)
    if found is None:
        message = f"asset must be one of {', '.join(sorted(among))}, not {asset!r}"
        raise Rejected(Code.INVALID_REQUEST, message)
    return found


def movement(
    kind: MovementKind,
    legs: Sequence[Leg],
    wallets: Mapping[MemberId, Wallet],
    *,
    fee: Amount = NOTHING,
    order: OrderId | None = None,
    below_zero: bool = False,
) -> JournalEntry:
    """Return the balanced entry of a movement; `fee` of what is paid out stays with the platform.

    `below_zero`: an adjustment may leave less than nothing (Rule 3.5). `wallets` hold at least
    those that something is taken from, as they are now.

    Raises:
        Rejected: `invalid_request` or `insufficient_balance`.
    """
    rule = _RULES[kind]
    draft = Draft(kind, order)
    for leg in legs:
        insist_amount(abs(leg.amount) if type(leg.amount) is int else leg.amount)
        touched = rule.takes if leg.amount < 0 else rule.gives
        pocket_of(leg.pocket, touched)
        if leg.amount < 0 and not (below_zero and kind is MovementKind.ADJUSTMENT):
            insist_covered(wallets[leg.member], leg.pocket, -leg.amount)
        draft.post(wallet(leg.member, leg.pocket), leg.amount)
    for account, amount in _other_side(rule, legs, fee):
        draft.post(account, amount)
    entry = draft.close()
    assert entry is not None, f"{kind} moves nothing"
    return entry


def _other_side(rule: _Rule, legs: Sequence[Leg], fee: Amount) -> Iterator[tuple[Account, Amount]]:
    if rule.other is None:
        return
    for leg in legs:
        kept = -fee if leg.amount > 0 else fee
        yield rule.other(leg.pocket), -leg.amount - kept
        yield FEES, kept


def counterpart_of(entry: JournalEntry, member: MemberId) -> MemberId | None:
    """Return to or from whom a transfer went, as `member` sees it (Rule 3.7)."""
    if entry.kind != MovementKind.TRANSFER:
        return None
    owners = (parts_of(posting.account)[2] for posting in entry.postings)
    return next((MemberId(owner) for owner in owners if owner != member), None)
