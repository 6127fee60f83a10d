"""Withdrawals: held, decided, paid or failed, each once (Rule 3.1)."""

import pytest

from rebate.domain.errors import Rejected
from rebate.domain.names import MemberId
from rebate.domain.withdrawals import PayoutAccount, masked
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.storage.rows.lists import ListItem
from tests.usecases.money.told import give, platform, players, wallet

A = MemberId("A")


def ask(amount=1000, name="w1", member="A", **more):
    return {"withdraw": {"member": member, "amount": amount, "id": name, **more}}


def decide(name="w1", **more):
    return {"decide": {"id": name, **(more or {"approve": True})}}


def approve(by, name="w1"):
    return decide(name, approve=True, by=by)


def test_what_is_asked_for_is_held_and_cannot_be_spent_again():
    """Pitfall 3: held from the request on."""
    player = players(give("A", 1000), ask(800), ask(201, "w2"))
    assert player.refusals == [None, None, "insufficient_balance"]
    assert wallet(player, "A") == {"cash": 200, "held": 800}


def test_approval_takes_it_out_with_the_fee_to_an_account_of_its_own():
    player = players(give("A", 1000), ask(999), decide(), withdraw_fee_bps=100)
    assert wallet(player, "A") == {"cash": 1}
    assert platform(player) == {"withdrawn": 999, "fees": 9, "adjusted": 1000}


def test_rejection_gives_it_back():
    player = players(give("A", 1000), ask(), decide(approve=False, reason="who are you?"))
    assert wallet(player, "A") == {"cash": 1000}


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (decide(), None),
        (decide(approve=False), "conflicting_event"),
        (decide(paid="b1"), None),
    ],
)
def test_what_is_decided_stays_so(second, code):
    assert players(give("A", 1000), ask(), decide(), second).refusals[-1] == code


@pytest.mark.parametrize("told", [{"paid": "b1"}, {"failed": True}])
@pytest.mark.parametrize("before", [[], [decide(approve=False)]])
def test_only_what_is_approved_is_paid_or_fails(told, before):
    player = players(give("A", 1000), ask(), *before, decide(**told))
    assert player.refusals[-1] == "conflicting_event"
    assert platform(player) == {"adjusted": 1000}


@pytest.mark.parametrize("paid", [[], [decide(paid="b1")]])
@pytest.mark.parametrize("failed", [decide(failed=True), decide(failed=True, paid="b1")])
def test_what_failed_is_given_back_once_with_its_fee(paid, failed):
    """Pitfall 7: banks return payouts, also after they were paid."""
    player = players(give("A", 1000), ask(), decide(), *paid, failed, failed, withdraw_fee_bps=500)
    assert set(player.refusals) == {None}
    assert wallet(player, "A") == {"cash": 1000}
    assert platform(player) == {"adjusted": 1000}


def test_a_payout_fails_only_under_its_own_reference():
    steps = [decide(paid="b1"), decide(failed=True, paid="b2"), decide(paid="b2")]
    player = players(give("A", 1000), ask(), decide(), *steps)
    assert player.refusals[-3:] == [None, "conflicting_event", "conflicting_event"]
    assert wallet(player, "A") == {}


def test_after_a_failure_the_id_is_dead_and_a_new_payout_is_a_new_withdrawal():
    """Pitfall 5."""
    late = [decide(paid="b1"), ask(), ask(name="w2"), decide("w2"), decide("w2", paid="b2")]
    player = players(give("A", 1000), ask(), decide(), decide(failed=True), *late)
    assert player.refusals[-5:] == ["conflicting_event", None, None, None, None]
    assert platform(player) == {"withdrawn": 1000, "adjusted": 1000}


def test_two_operators_approve_above_the_limit_and_one_twice_is_one():
    steps = [approve("x"), approve("x"), decide("w1", paid="b1")]
    player = players(give("A", 3000), ask(2001), *steps, two_approvals_above=2000)
    assert player.refusals[-3:] == [None, None, "conflicting_event"]
    assert wallet(player, "A") == {"cash": 999, "held": 2001}
    player.step(approve("y"))
    assert platform(player)["withdrawn"] == 2001


def test_one_is_enough_at_the_limit():
    player = players(give("A", 3000), ask(2000), approve("x"), two_approvals_above=2000)
    assert platform(player)["withdrawn"] == 2000


def test_one_rejection_rejects_whoever_approved_before():
    steps = [approve("x"), decide(approve=False, by="y"), approve("z")]
    player = players(give("A", 3000), ask(2001), *steps, two_approvals_above=2000)
    assert player.refusals[-1] == "conflicting_event"
    assert wallet(player, "A") == {"cash": 3000}


def test_nothing_is_approved_while_cash_is_below_zero_and_rejecting_still_works():
    """Rule 3.6."""
    steps = [give("A", -1, below_zero=True, id="a2"), decide(), decide(approve=False)]
    player = players(give("A", 1000), ask(), *steps)
    assert player.refusals[-2:] == ["insufficient_balance", None]
    assert wallet(player, "A") == {"cash": 999}


def test_rewards_make_good_what_is_below_zero_before_anything_is_approved():
    debt = give("A", -500, below_zero=True, id="a2")
    player = players(give("A", 1000), ask(), debt, decide(), give("A", 500, id="a3"), decide())
    assert player.refusals[-3:] == ["insufficient_balance", None, None]
    assert wallet(player, "A") == {}


@pytest.mark.parametrize("amount", [0, -5, 2**53, 10.5])
def test_no_amount_but_a_whole_one_above_zero_leaves_a_row(amount):
    """Pitfall 10: refused in the domain too, not only at the door."""
    player = players(give("A", 1000), ask(amount))
    assert player.refusals[-1] == "invalid_request"
    assert wallet(player, "A") == {"cash": 1000}
    assert not [row for row in player.store.scan(ListItem) if row.list.startswith("withdrawals")]


def test_a_whole_amount_written_with_a_point_is_that_amount():
    """Pitfall 40."""
    assert wallet(players(give("A", 1000), ask(100.0)), "A") == {"cash": 900, "held": 100}


def test_requests_of_a_day_count_whatever_became_of_them():
    """Rule 3.1: of the shop's day."""
    late = {**ask(1, "w4"), "at": "2026-03-02T00:00:00+08:00"}
    steps = [ask(1, "w2"), decide("w2", approve=False), ask(1, "w3"), late]
    player = players(give("A", 1000), ask(1), *steps, withdraw_per_day=2)
    assert player.refusals[-2:] == ["over_limit", None]


def test_of_several_refusals_the_balance_comes_before_the_minimum_and_that_before_the_limit():
    rules = {"withdraw_per_day": 1, "withdraw_min": 10}
    player = players(give("A", 30), ask(10), ask(21, "w2"), ask(9, "w3"), ask(20, "w4"), **rules)
    assert player.refusals[-3:] == ["insufficient_balance", "below_minimum", "over_limit"]


def test_the_same_again_is_no_second_request_and_another_is_refused():
    """Pitfall 4."""
    player = players(give("A", 1000), ask(600), ask(600), ask(300), withdraw_per_day=2)
    assert player.refusals == [None, None, None, "conflicting_event"]
    assert wallet(player, "A") == {"cash": 400, "held": 600}


def test_two_members_may_call_theirs_the_same():
    """Rule 3: an id is known per caller; where several fit, the member is needed."""
    steps = [ask(), ask(member="B"), decide(), decide(approve=True, member="B")]
    player = players(give("A", 1000), give("B", 1000), *steps)
    assert player.refusals[-4:] == [None, None, "invalid_request", None]
    assert (wallet(player, "A"), wallet(player, "B")) == ({"held": 1000}, {})


def test_a_withdrawal_that_nobody_asked_for_is_unknown():
    assert players(decide("w9")).refusals == ["unknown_entry"]


def with_account(player, name, member, reference):
    request_withdrawal(
        player.app.wallets, name, MemberId(member), 100, player.now, PayoutTo("bank", reference)
    )


def test_nobody_decides_on_what_is_their_own():
    """Pitfall 13: their own, and what goes to the account that theirs went to."""
    player = players(give("A", 1000), give("B", 1000))
    with_account(player, "w1", "A", "6222 0001")
    with_account(player, "w2", "B", "6222 0001")
    with_account(player, "w3", "B", "6222 0002")
    for name in ("w1", "w2"):
        for yes in (True, False):
            with pytest.raises(Rejected, match="own"):
                decide_withdrawal(player.app.wallets, name, approve=yes, by="olga", own_members=[A])
    decide_withdrawal(player.app.wallets, "w3", approve=True, by="olga", own_members=[A])


def test_another_account_under_the_same_id_is_other_content():
    player = players(give("A", 1000))
    with_account(player, "w1", "A", "6222 0001")
    with_account(player, "w1", "A", "6222 0001")
    with pytest.raises(Rejected, match="other content"):
        with_account(player, "w1", "A", "6222 0002")
    with pytest.raises(Rejected, match="other content"):
        request_withdrawal(player.app.wallets, "w1", A, 100, player.now)
    assert len(list(player.store.scan(PayoutAccount))) == 1


@pytest.mark.parametrize(
    ("reference", "shown"),
    [("6222021234567890", "****7890"), ("12345678901", "****"), ("", "****")],
)
def test_of_a_reference_only_the_end_is_shown_if_it_is_long(reference, shown):
    assert masked(reference) == shown
