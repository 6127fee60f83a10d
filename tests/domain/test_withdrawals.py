"""A withdrawal's steps, in any order: money leaves once, and comes back once (Rule 3.1)."""

from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.errors import Mismatch
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.times import Instant
from rebate.domain.withdrawals import Withdrawal, WithdrawalState

ASKED = Withdrawal(MemberId("A"), "w1", Amount(1000), Instant(0), fee=Amount(10))
STEPS = st.one_of(
    st.builds(
        lambda by, needs: lambda w: w.approve(by, needs=needs), st.sampled_from("xy"), st.just(2)
    ),
    st.builds(lambda by: lambda w: w.reject(by, None), st.sampled_from("xy")),
    st.builds(lambda reference: lambda w: w.pay(reference), st.sampled_from(("b1", "b2"))),
    st.builds(lambda reference: lambda w: w.fail(reference), st.sampled_from((None, "b1", "b2"))),
)
LATER = {
    "asked": set(WithdrawalState),
    "approved": {"approved", "paid", "failed"},
    "rejected": {"rejected"},
    "paid": {"paid", "failed"},
    "failed": {"failed"},
}


@given(st.lists(STEPS, max_size=12))
def test_a_withdrawal_goes_on_and_never_back(steps):
    now = ASKED
    for step in steps:
        try:
            after = step(now)
        except Mismatch:
            continue
        assert after.state in LATER[now.state]
        assert now.paid in {None, after.paid}, "its reference never changes"
        assert after.is_out == (after.state in {"approved", "paid"})
        assert not after.is_out or len(set(after.approvals)) == 2
        now = after


@given(STEPS)
def test_a_step_taken_twice_is_taken_once(step):
    for start in (ASKED, ASKED.approve("x", needs=1)):
        try:
            after = step(start)
        except Mismatch:
            continue
        assert step(after) == after
