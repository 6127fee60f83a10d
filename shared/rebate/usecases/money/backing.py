"""What stands behind movements: the rows that asked for them, and what each comes to.

The audit holds the journal against this, so that no movement stands there that nobody asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from rebate.domain.gifts import Redemption, RedemptionState
from rebate.domain.ledger import (
    FEES,
    WITHDRAWN,
    Account,
    BalanceType,
    adjusted,
    gifts,
    spent,
    wallet,
)
from rebate.domain.money import Amount, AmountsBy
from rebate.domain.movements import MovementKind
from rebate.domain.names import MemberId
from rebate.domain.requests import Request, RequestState
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.money import redeem_gift, request_withdrawal
from rebate.usecases.money.ledger import request_source
from rebate.usecases.storage.office import ImportedLine

Posted: TypeAlias = Iterator[tuple[Account, Amount]]

IMPORTED = "import"
"""With what the sources begin of the journal rows by which an older system's books were opened."""

SOURCES = frozenset(
    {IMPORTED, "withdrawal", "transfer", "spend", "give_back", "redemption", "adjustment", "thaw"}
)
"""With what the sources begin of the journal rows that somebody asked for."""


def is_asked_for(source: str, kind: str) -> bool:
    """Tell whether an entry of that kind and source needs a row that asked for it."""
    return source.partition("/")[0] in SOURCES or kind in set(MovementKind)


def backed_by(row: Withdrawal | Request | Redemption) -> tuple[str, Mapping[Account, Amount]]:
    """Return the source of a row's movements, and what they come to by account."""
    sums: AmountsBy[Account] = AmountsBy()
    match row:
        case Withdrawal():
            source, posted = request_withdrawal.withdrawal_source(row), _withdrawn(row)
        case Redemption():
            source, posted = redeem_gift.redemption_source(row), _redeemed(row)
        case Request():
            source, posted = request_source(row), _requested(row)
    for account, amount in posted:
        sums[account] += amount
    return source, sums


def opened_by(rows: Iterable[ImportedLine]) -> Mapping[tuple[str, Account], Amount]:
    """Return what imported balances come to, by the source of their journal rows and account."""
    sums: AmountsBy[tuple[str, Account]] = AmountsBy()
    for row in rows:
        if row.pocket is not None:
            sums[row.source, wallet(row.member, row.pocket)] += row.amount
            sums[row.source, adjusted(row.pocket)] -= row.amount
    return sums


def places_of(row: Withdrawal | Redemption) -> set[tuple[str, str, MemberId]]:
    """Return the lists that a row stands in, with its id and member."""
    where = request_withdrawal if isinstance(row, Withdrawal) else redeem_gift
    lists = {where.of_member(row.member), where.of_state(row.state)}
    return {(each, row.id, row.member) for each in lists}


def _withdrawn(row: Withdrawal) -> Posted:
    cash, held = wallet(row.member, BalanceType.CASH), wallet(row.member, BalanceType.HELD)
    yield cash, -row.amount
    if row.approved is None:
        yield held, row.amount
    elif row.is_out:
        yield WITHDRAWN, row.amount - row.fee
        yield FEES, row.fee
    else:
        yield cash, row.amount


def _redeemed(row: Redemption) -> Posted:
    if row.state != RedemptionState.CANCELLED:
        yield wallet(row.member, row.pocket), -row.price
        yield gifts(row.pocket), row.price


def _requested(row: Request) -> Posted:
    own = wallet(row.member, row.pocket)
    match row.kind:
        case MovementKind.TRANSFER:
            yield own, -row.amount
            yield wallet(MemberId(row.subject), row.pocket), row.amount
        case MovementKind.SPEND:
            yield own, -row.amount
            yield spent(row.pocket), row.amount
        case MovementKind.GIVE_BACK:
            yield own, row.amount
            yield spent(row.pocket), -row.amount
        case MovementKind.THAW:
            yield own, -row.amount
            yield wallet(row.member, BalanceType.LOVE), row.amount
        case MovementKind.ADJUSTMENT if row.state == RequestState.DONE:
            yield own, row.amount
            yield adjusted(row.pocket), -row.amount
