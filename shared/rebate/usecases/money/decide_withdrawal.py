"""Deciding on withdrawals, by one operator or two (Rule 3.1)."""

from collections.abc import Collection

from rebate.domain.deciders import insist_not_own, own
from rebate.domain.events import WithdrawalDecided
from rebate.domain.ledger import BalanceType, JournalEntry
from rebate.domain.money import NOTHING
from rebate.domain.movements import Leg, MovementKind, insist_covered, movement
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.money.ledger import WalletLedger
from rebate.usecases.money.request_withdrawal import moved_to, of_state, withdrawal_source
from rebate.usecases.people.shared_accounts import forgotten
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined
from rebate.usecases.storage.rows.lists import ListItem


def decide_withdrawal(
    ledger: WalletLedger,
    name: str,
    *,
    approve: bool,
    by: str,
    member: MemberId | None = None,
    reason: str | None = None,
    own_members: Collection[MemberId] = (),
) -> Withdrawal:
    """Approve a withdrawal, which takes the held amount out, or give it back.

    `member` is needed where several called one of theirs so. `own_members` are those that the
    operator is: neither theirs nor what goes to the same account is theirs to decide.

    Raises:
        Rejected: `unknown_entry`, `not_yours`, `invalid_request` (several are called so), or
            `insufficient_balance`: the member's cash is below zero.
        Mismatch: it was decided otherwise.
        Unavailable: others kept writing to the wallet.
    """

    def attempt() -> Withdrawal:
        known = ledger.find(Withdrawal, "withdrawal", name, member)
        return _decide(ledger, known, by, own_members, approve=approve, reason=reason)

    return ledger.carry_out(attempt)


def keep(ledger: WalletLedger, known: Withdrawal, after: Withdrawal) -> list[Write]:
    """Return the rows of a withdrawal that changes, and its place in the list of its state.

    Of a member who was erased meanwhile, the account goes with the end of it (Rule 8.10).
    """
    writes: list[Write] = [Put(after, expects=known.version)]
    if known.state != after.state:
        left = moved_to(of_state(known.state), known)
        writes.append(Remove(ListItem, key_of(left)))
        writes.append(Put(moved_to(of_state(after.state), after)))
    if after.is_over and known.has_account and _is_erased(ledger, known.member):
        account = ledger.store.get(PayoutAccount, Key(known.member, joined(known.id)))
        writes += forgotten(account, known) if account else ()
    return writes


def insist_not_own_withdrawal(
    ledger: WalletLedger, withdrawal: Withdrawal, own_members: Collection[MemberId]
) -> None:
    """Insist that a withdrawal is not one of these members', nor goes to an account of theirs.

    Raises:
        Rejected: `not_yours`.
    """
    what = f"withdrawal {withdrawal.id}"
    insist_not_own(withdrawal.member, own_members, what)
    if _goes_to(ledger, withdrawal, own_members):
        raise own(what)


def _is_erased(ledger: WalletLedger, member: MemberId) -> bool:
    known = ledger.store.get(Member, Key(member))
    return known is not None and known.erased_at is not None


def _decide(
    ledger: WalletLedger,
    known: Withdrawal,
    by: str,
    own_members: Collection[MemberId],
    *,
    approve: bool,
    reason: str | None,
) -> Withdrawal:
    insist_not_own_withdrawal(ledger, known, own_members)
    two_above = ledger.rules.two_approvals_above
    needs = 2 if two_above is not None and known.amount > two_above else 1
    after = known.approve(by, needs=needs) if approve else known.reject(by, reason)
    if after is known:
        return known
    held = ledger.wallet(known.member)
    if approve:
        insist_covered(held, BalanceType.CASH, NOTHING)
    is_decided = after.approved is not None
    decided_at = ledger.clock.now() if is_decided else None
    after = replace(after, version=known.version + 1, decided_at=decided_at)
    ledger.post(
        withdrawal_source(known),
        after.version,
        _moved(after, held) if is_decided else None,
        at=known.at,
        rests_on=[held] if is_decided else (),
        events=(_told(after),) if is_decided else (),
        rows=keep(ledger, known, after),
    )
    return after


def _moved(decided: Withdrawal, held: Wallet) -> JournalEntry:
    """Return what a decision moves: out of the wallet, or back from held to cash."""
    wallets = {decided.member: held}
    out = Leg(decided.member, BalanceType.HELD, -decided.amount)
    if decided.approved:
        return movement(MovementKind.WITHDRAWAL_APPROVED, (out,), wallets, fee=decided.fee)
    back = Leg(decided.member, BalanceType.CASH, decided.amount)
    return movement(MovementKind.WITHDRAWAL_REJECTED, (out, back), wallets)


def _told(decided: Withdrawal) -> WithdrawalDecided:
    return WithdrawalDecided(
        decided.id,
        decided.member,
        decided.amount,
        decided.fee,
        bool(decided.approved),
        decided.reason,
    )


def _goes_to(
    ledger: WalletLedger, withdrawal: Withdrawal, own_members: Collection[MemberId]
) -> bool:
    """Tell whether a withdrawal goes where one of these members had theirs go."""
    if not own_members:
        return False
    key = Key(withdrawal.member, joined(withdrawal.id))
    account = ledger.store.get(PayoutAccount, key)
    theirs = (row for member in own_members for row in ledger.store.query(PayoutAccount, member))
    return account is not None and any(row.reference == account.reference for row in theirs)
