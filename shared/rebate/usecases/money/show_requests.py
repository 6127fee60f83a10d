"""Withdrawals, redemptions, gifts and adjustments, in lists of which none needs a scan."""

from collections.abc import Iterable

from rebate.contracts import money as shown
from rebate.contracts.csv_text import Figure, as_csv
from rebate.contracts.figures import decimal
from rebate.domain.gifts import Gift, Redemption
from rebate.domain.ledger import BalanceType
from rebate.domain.money import sum_of
from rebate.domain.movements import MovementKind
from rebate.domain.names import MemberId
from rebate.domain.requests import OPERATORS, Request
from rebate.domain.times import Instant, datetime_of
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import PayoutAccount, Withdrawal, WithdrawalState, masked
from rebate.usecases.money import redeem_gift, request_withdrawal
from rebate.usecases.money.adjust import ASKED
from rebate.usecases.money.save_gift import GIFTS
from rebate.usecases.people.nicknames import nicknames_of
from rebate.usecases.queries.show_entries import moment_of
from rebate.usecases.storage.listed import listed
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, joined, owned_key, request_key
from rebate.usecases.storage.rows.lists import ListItem

FILE_ROWS_MAX = 2_000
"""Payouts in one bank file: what is left is in the next one, once these are told as paid."""

FILE_COLUMNS = ("withdrawal", "member", "label", "reference", "amount", "currency")


def show_withdrawals(
    store: Store, currency: str, *, state: str, after: str | None = None
) -> shown.Withdrawals:
    """Return a page of all withdrawals in a state, the oldest first; with the first, what all are.

    Of more than `FILE_ROWS_MAX` no totals are told.
    """
    list_ = request_withdrawal.of_state(state)
    rows, end = listed(store, Withdrawal, list_, after, key=_owned, backwards=False)
    totals = _totals(store, list_) if after is None else None
    return shown.Withdrawals(
        withdrawals_shown(store, rows, names=True),
        currency,
        end,
        totals,
        nicknames=nicknames_of(store, (row.member for row in rows)),
    )


def _totals(store: Store, list_: str) -> shown.WithdrawalTotals | None:
    items = store.query(ListItem, list_, limit=FILE_ROWS_MAX + 1)
    if len(items) > FILE_ROWS_MAX:
        return None
    rows = store.get_many(Withdrawal, map(_owned, items)).values()
    amount, fee = sum_of(row.amount for row in rows), sum_of(row.fee for row in rows)
    return shown.WithdrawalTotals(len(rows), amount, fee, amount - fee)


def show_own_withdrawals(
    store: Store, currency: str, member: MemberId, after: str | None = None
) -> shown.Withdrawals:
    """Return a page of a member's withdrawals, the newest first."""
    rows, end = listed(
        store, Withdrawal, request_withdrawal.of_member(member), after, key=_owned, backwards=True
    )
    return shown.Withdrawals(withdrawals_shown(store, rows, names=False), currency, end)


def withdrawals_shown(
    store: Store, rows: Iterable[Withdrawal], *, names: bool
) -> tuple[shown.WithdrawalShown, ...]:
    """Return withdrawals as they are shown; with the operators' `names` to operators only."""
    found = list(rows)
    accounts = store.get_many(PayoutAccount, [_account_key(each) for each in found])
    return tuple(
        shown.WithdrawalShown(
            id=each.id,
            member=each.member,
            amount=each.amount,
            fee=each.fee,
            payout=each.amount - each.fee,
            state=each.state,
            at=datetime_of(each.at),
            account=_masked(accounts.get(_account_key(each))),
            reason=each.reason,
            payment=each.paid,
            approvals=each.approvals if names else None,
            decided_at=moment_of(each.decided_at),
            settled_at=moment_of(each.settled_at),
        )
        for each in found
    )


def bank_file(store: Store, currency: str) -> str:
    """Return what is approved and not yet paid as CSV, for the payout service.

    It is the only place where references stand whole. Amounts have the currency's decimals.
    """
    items = store.query(
        ListItem, request_withdrawal.of_state(WithdrawalState.APPROVED), limit=FILE_ROWS_MAX
    )
    found = store.get_many(Withdrawal, map(_owned, items))
    rows = [found[_owned(item)] for item in items if _owned(item) in found]
    accounts = store.get_many(PayoutAccount, map(_account_key, rows))
    return as_csv(FILE_COLUMNS, [_payout(each, accounts, currency) for each in rows])


def show_redemptions(store: Store, *, state: str, after: str | None = None) -> shown.Redemptions:
    """Return a page of all redemptions in a state, the oldest first."""
    list_ = redeem_gift.of_state(state)
    rows, end = listed(store, Redemption, list_, after, key=_owned, backwards=False)
    nicknames = nicknames_of(store, (row.member for row in rows))
    return shown.Redemptions(tuple(map(redemption_shown, rows)), end, nicknames)


def show_own_redemptions(
    store: Store, member: MemberId, after: str | None = None
) -> shown.Redemptions:
    """Return a page of a member's redemptions, the newest first."""
    list_ = redeem_gift.of_member(member)
    rows, end = listed(store, Redemption, list_, after, key=_owned, backwards=True)
    return shown.Redemptions(tuple(map(redemption_shown, rows)), end)


def show_gifts(store: Store, at: Instant, *, closed: bool, after: str | None = None) -> shown.Gifts:
    """Return a page of gifts; those that cannot be redeemed now only with `closed`."""
    rows, end = listed(store, Gift, GIFTS, after, key=lambda item: Key(item.id), backwards=False)
    kept = [each for each in rows if closed or each.is_open(at)]
    return shown.Gifts(tuple(gift_shown(each, at) for each in kept), end)


def show_adjustments(store: Store, after: str | None = None) -> shown.Receipts:
    """Return a page of the adjustments that wait for a second operator, the oldest first."""

    def key(item: ListItem) -> Key:
        return request_key(MovementKind.ADJUSTMENT, OPERATORS, item.id)

    rows, end = listed(store, Request, ASKED, after, key=key, backwards=False)
    return shown.Receipts(tuple(map(receipt, rows)), end)


def show_balances(store: Store, member: MemberId) -> shown.Balances:
    """Return what a member has."""
    wallet = store.get(Wallet, Key(member)) or Wallet(member)
    return shown.Balances(
        member, {pocket.value: amount for pocket, amount in wallet.balances.items() if amount}
    )


def receipt(row: Request) -> shown.Receipt:
    """Return a request as its caller sees it."""
    is_spend = row.kind == MovementKind.SPEND
    return shown.Receipt(
        id=row.id,
        kind=row.kind,
        member=row.member,
        asset=row.pocket.value,
        amount=row.amount,
        subject=row.subject,
        state=row.state,
        at=datetime_of(row.at),
        approvals=row.approvals,
        left=row.amount - row.returned if is_spend else None,
    )


def redemption_shown(row: Redemption) -> shown.RedemptionShown:
    """Return a redemption as it is shown."""
    return shown.RedemptionShown(
        id=row.id,
        member=row.member,
        gift=row.gift,
        quantity=row.quantity,
        asset=row.pocket.value,
        price=row.price,
        state=row.state,
        tracking=row.tracking,
        reason=row.reason,
        at=datetime_of(row.at),
    )


def gift_shown(gift: Gift, at: Instant) -> shown.GiftShown:
    """Return a gift as it is shown at an instant."""
    left = gift.stock is None or gift.stock > 0
    return shown.GiftShown(
        id=gift.id,
        name=gift.name,
        picture_url=gift.picture_url,
        asset=gift.pocket.value,
        price=gift.price,
        stock=gift.stock,
        limit=gift.limit,
        on=gift.on,
        starts_at=None if gift.starts_at is None else datetime_of(gift.starts_at),
        ends_at=None if gift.ends_at is None else datetime_of(gift.ends_at),
        open=gift.is_open(at) and left,
        version=gift.version,
    )


def amount_text(amount: int, pocket: BalanceType, currency: str) -> Figure:
    """Return an amount as people write it: with the decimals of its currency, or of hundredths."""
    in_money = pocket in {BalanceType.CASH, BalanceType.PENDING, BalanceType.HELD}
    return Figure(decimal(amount, currency if in_money else None))


def _owned(item: ListItem) -> Key:
    return owned_key(item.id, item.member)


def _account_key(withdrawal: Withdrawal) -> Key:
    return Key(withdrawal.member, joined(withdrawal.id))


def _masked(account: PayoutAccount | None) -> shown.ShownAccount | None:
    return shown.ShownAccount(account.label, masked(account.reference)) if account else None


def _payout(
    row: Withdrawal, accounts: dict[Key, PayoutAccount], currency: str
) -> tuple[object, ...]:
    account = accounts.get(_account_key(row))
    paid = amount_text(row.amount - row.fee, BalanceType.CASH, currency)
    label, reference = (account.label, account.reference) if account else ("", "")
    return row.id, row.member, label, reference, paid, currency
