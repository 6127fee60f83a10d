"""Asking for cash to be paid out: it is held until that is decided (Rule 3.1)."""

from typing import NamedTuple

from rebate.contracts.money import WithdrawalTerms
from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.events import WithdrawalRequested
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount, share
from rebate.domain.movements import Leg, MovementKind, insist_amount, insist_covered, movement
from rebate.domain.names import MemberId
from rebate.domain.times import Instant
from rebate.domain.withdrawals import PayoutAccount, Withdrawal, WithdrawalState
from rebate.usecases.money.ledger import WalletLedger, source_of
from rebate.usecases.people.shared_accounts import shared_writes
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import owned_key
from rebate.usecases.storage.rows.lists import ListItem

_COUNTED = "withdrawal"
"""As what withdrawals of a day are counted."""


class PayoutTo(NamedTuple):
    """Where to: a label for people, and a reference that the payout service understands."""

    label: str
    reference: str


def request_withdrawal(
    ledger: WalletLedger,
    name: str,
    member: MemberId,
    amount: Amount,
    at: Instant,
    account: PayoutTo | None = None,
) -> Withdrawal:
    """Hold `amount` of a member's cash for a payout; the same again is no second request.

    Raises:
        Rejected: `invalid_request`, `insufficient_balance`, `below_minimum` or `over_limit`.
        Mismatch: the id is known with other content.
        Unavailable: others kept writing to the wallet.
    """
    insist_amount(amount)
    return ledger.carry_out(lambda: _request(ledger, name, member, amount, at, account))


def terms_now(ledger: WalletLedger, member: MemberId, at: Instant) -> WithdrawalTerms:
    """Return what holds for a withdrawal of a member now."""
    rules = ledger.rules
    most = rules.withdraw_per_day
    left = None
    if most is not None:
        left = max(most - ledger.asked_today(member, _COUNTED, at).count, 0)
    return WithdrawalTerms(rules.withdraw_min, rules.withdraw_fee_bps, most, left)


def withdrawal_source(withdrawal: Withdrawal) -> str:
    """Return the source of all that the journal says of a withdrawal."""
    return source_of("withdrawal", withdrawal.member, withdrawal.id)


def moved_to(list_: str, withdrawal: Withdrawal) -> ListItem:
    """Return the withdrawal's place in a list."""
    return ListItem(list_, withdrawal.at, withdrawal.id, withdrawal.member)


def of_state(state: str) -> str:
    """Return the list of all withdrawals in a state."""
    return f"withdrawals/{state}"


def of_member(member: MemberId) -> str:
    """Return the list of a member's withdrawals."""
    return f"withdrawals of/{member}"


def _request(
    ledger: WalletLedger,
    name: str,
    member: MemberId,
    amount: Amount,
    at: Instant,
    account: PayoutTo | None,
) -> Withdrawal:
    known = ledger.store.get(Withdrawal, owned_key(name, member))
    if known:
        _insist_same(ledger, known, amount, account)
        return known
    rules, held = ledger.rules, ledger.wallet(member)
    insist_covered(held, BalanceType.CASH, amount)
    if amount < rules.withdraw_min:
        message = f"the least to withdraw is {rules.withdraw_min}"
        raise Rejected(Code.BELOW_MINIMUM, message)
    counted = ledger.one_more_today(member, _COUNTED, at, rules.withdraw_per_day)
    fee = share(amount, rules.withdraw_fee_bps)
    asked = Withdrawal(member, name, amount, at, fee, has_account=account is not None)
    legs = (Leg(member, BalanceType.CASH, -amount), Leg(member, BalanceType.HELD, amount))
    rows: list[Write] = [Put(asked), *counted]
    rows += [
        Put(moved_to(of_member(member), asked)),
        Put(moved_to(of_state(WithdrawalState.ASKED), asked)),
    ]
    if account:
        rows.append(Put(PayoutAccount(member, name, *account)))
        rows += shared_writes(ledger.store, asked, account.reference)
    ledger.post(
        withdrawal_source(asked),
        asked.version,
        movement(MovementKind.WITHDRAWAL, legs, {member: held}),
        at=at,
        rests_on=[held],
        events=(WithdrawalRequested(name, member, amount, fee),),
        rows=rows,
    )
    return asked


def _insist_same(
    ledger: WalletLedger, known: Withdrawal, amount: Amount, account: PayoutTo | None
) -> None:
    """Insist on the same content; of an account that was erased nothing is left to compare."""
    same = known.amount == amount and known.has_account == (account is not None)
    if same and account:
        now = PayoutAccount(known.member, known.id, *account)
        same = (ledger.store.get(PayoutAccount, key_of(now)) or now) == now
    if not same:
        raise Mismatch(f"withdrawal {known.id} is known with other content")
