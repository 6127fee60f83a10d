"""The ledger's preconditions: no movement that it does not want can be made (Rule 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.errors import Rejected
from rebate.domain.ledger import (
    COMMISSIONS,
    FEES,
    WITHDRAWN,
    Account,
    BalanceType,
    QueueAccount,
    adjusted,
    balances,
    gifts,
    is_known,
    issued,
    queue_account,
    spent,
    totals,
    wallet,
)
from rebate.domain.money import Amount
from rebate.domain.movements import AMOUNT_MAX, Leg, MovementKind, insist_amount, movement
from rebate.domain.names import MemberId, QueueId
from rebate.domain.wallets import Wallet

A, B = MemberId("A"), MemberId("B")
KINDS = st.sampled_from(MovementKind)
POCKETS = st.sampled_from(BalanceType)
LEGS = st.lists(
    st.builds(Leg, st.sampled_from((A, B)), POCKETS, st.integers(-50, 50)), min_size=1, max_size=3
)


def rich(amount: int = 20) -> dict[MemberId, Wallet]:
    return {
        member: Wallet(member, 1, dict.fromkeys(BalanceType, Amount(amount))) for member in (A, B)
    }


@given(KINDS, LEGS)
def test_what_can_be_made_balances_and_leaves_no_balance_below_zero(kind, legs):
    """Whatever is asked for: it is refused, or the books hold afterwards."""
    wallets = rich()
    try:
        entry = movement(kind, legs, wallets)
    except (Rejected, AssertionError):
        return
    assert not any(totals(entry.postings).values())
    assert all(is_known(posting.account) for posting in entry.postings)
    for leg in legs:
        if len({(each.member, each.pocket) for each in legs}) == len(legs):
            assert leg.amount > 0 or wallets[leg.member].has(leg.pocket) >= -leg.amount


@pytest.mark.parametrize("amount", [0, -1, AMOUNT_MAX + 1, 1.0, 1.5, True, "1", None])
def test_an_amount_is_a_whole_number_above_zero(amount):
    with pytest.raises(Rejected) as refused:
        insist_amount(amount)
    assert refused.value.code == "invalid_request"


@pytest.mark.parametrize("amount", [1, AMOUNT_MAX])
def test_an_amount_may_be_as_large_as_json_can_hold(amount):
    assert insist_amount(amount) == amount


@pytest.mark.parametrize(
    ("kind", "leg"),
    [
        (MovementKind.SPEND, Leg(A, BalanceType.CASH, Amount(-1))),
        (MovementKind.SPEND, Leg(A, BalanceType.LOVE_FROZEN, Amount(-1))),
        (MovementKind.SPEND, Leg(A, BalanceType.POINTS, Amount(1))),
        (MovementKind.GIVE_BACK, Leg(A, BalanceType.POINTS, Amount(-1))),
        (MovementKind.REDEMPTION, Leg(A, BalanceType.CASH, Amount(-1))),
        (MovementKind.ADJUSTMENT, Leg(A, BalanceType.HELD, Amount(-1))),
        (MovementKind.ADJUSTMENT, Leg(A, BalanceType.PENDING, Amount(1))),
        (MovementKind.WITHDRAWAL_APPROVED, Leg(A, BalanceType.CASH, Amount(-1))),
    ],
)
def test_a_kind_touches_only_its_own_balances(kind, leg):
    with pytest.raises(Rejected) as refused:
        movement(kind, [leg], rich())
    assert refused.value.code == "invalid_request"


def test_the_floor_of_every_balance_is_zero_but_where_an_adjustment_says_otherwise():
    for pocket in (BalanceType.CASH, BalanceType.POINTS, BalanceType.LOVE, BalanceType.VOUCHER):
        legs = [Leg(A, pocket, -21)]
        with pytest.raises(Rejected):
            movement(MovementKind.ADJUSTMENT, legs, rich())
        assert movement(MovementKind.ADJUSTMENT, legs, rich(), below_zero=True)
    with pytest.raises(Rejected):
        movement(MovementKind.SPEND, [Leg(A, BalanceType.POINTS, -21)], rich(), below_zero=True)


def test_a_fee_stays_with_the_platform_and_a_failure_takes_it_back():
    out = movement(MovementKind.WITHDRAWAL_APPROVED, [Leg(A, BalanceType.HELD, -20)], rich(), fee=3)
    assert balances([out]) == {wallet(A, BalanceType.HELD): -20, WITHDRAWN: 17, FEES: 3}
    back = movement(MovementKind.WITHDRAWAL_FAILED, [Leg(A, BalanceType.CASH, 20)], {}, fee=3)
    assert balances([out, back]) == {
        wallet(A, BalanceType.HELD): -20,
        wallet(A, BalanceType.CASH): 20,
    }


@pytest.mark.parametrize(
    "account",
    [
        COMMISSIONS,
        FEES,
        WITHDRAWN,
        adjusted(BalanceType.CASH),
        spent(BalanceType.POINTS),
        gifts(BalanceType.LOVE),
        issued(QueueId("a/b"), BalanceType.VOUCHER),
        queue_account(QueueId("store/W"), QueueAccount.POOL),
        wallet(MemberId("a/b"), BalanceType.HELD),
    ],
)
def test_accounts_that_there_are(account):
    assert is_known(account)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "wallet",
        "wallet/cash",
        "wallet/cash/",
        "wallet/gold/A",
        "queue/cash/mall",
        "platform/bonus/all",
        "spent/points/A",
        "issued/cash/mall",
        "treasury/cash/all",
    ],
)
def test_accounts_that_there_are_not(name):
    assert not is_known(Account(name))
