"""What the payout service tells of an approved withdrawal: paid, or failed (Rule 3.1)."""

from collections.abc import Callable, Collection

from rebate.domain.events import WithdrawalPaid
from rebate.domain.ledger import BalanceType
from rebate.domain.movements import Leg, MovementKind, movement
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.money.decide_withdrawal import insist_not_own_withdrawal, keep
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.money.request_withdrawal import withdrawal_source


def mark_paid(
    ledger: WalletLedger,
    name: str,
    reference: str,
    member: MemberId | None = None,
    own_members: Collection[MemberId] = (),
) -> Withdrawal:
    """Remember that a withdrawal was paid, and under which reference.

    `own_members` are those that the operator is: what became of theirs another has to tell.

    Raises:
        Rejected: `unknown_entry`, `not_yours`, or `invalid_request` where several are called so.
        Mismatch: it is not approved, failed before, or was paid under another reference.
        Unavailable: others kept writing to it.
    """
    return _settle(ledger, name, member, own_members, lambda known: known.pay(reference))


def mark_failed(
    ledger: WalletLedger,
    name: str,
    reference: str | None,
    member: MemberId | None = None,
    own_members: Collection[MemberId] = (),
) -> Withdrawal:
    """Give a whole amount back to cash, its fee included: once, also after it was paid.

    `own_members` are those that the operator is: what became of theirs another has to tell.

    Raises:
        Rejected: `unknown_entry`, `not_yours`, or `invalid_request` where several are called so.
        Mismatch: it is not approved, or was paid under another reference.
        Unavailable: others kept writing to the wallet.
    """
    return _settle(ledger, name, member, own_members, lambda known: known.fail(reference))


def _settle(
    ledger: WalletLedger,
    name: str,
    member: MemberId | None,
    own_members: Collection[MemberId],
    step: Callable[[Withdrawal], Withdrawal],
) -> Withdrawal:
    def attempt() -> Withdrawal:
        known = ledger.find(Withdrawal, "withdrawal", name, member)
        insist_not_own_withdrawal(ledger, known, own_members)
        return _store(ledger, known, step)

    return ledger.carry_out(attempt)


def _store(
    ledger: WalletLedger, known: Withdrawal, step: Callable[[Withdrawal], Withdrawal]
) -> Withdrawal:
    after = step(known)
    if after == known:
        return known
    after = replace(after, version=known.version + 1, settled_at=ledger.clock.now())
    back = (Leg(known.member, BalanceType.CASH, known.amount),)
    failed = movement(MovementKind.WITHDRAWAL_FAILED, back, {}, fee=known.fee)
    event = WithdrawalPaid(known.id, known.member, known.amount, known.fee, failed=after.failed)
    ledger.post(
        withdrawal_source(known),
        after.version,
        failed if after.failed else None,
        at=known.at,
        events=(event,),
        rows=keep(ledger, known, after),
    )
    return after
