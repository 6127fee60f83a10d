"""What an order gives in all: granted in turn, bounded, and never raised by a refund."""

from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.commissions import CommissionKind, Commissions, Reward
from rebate.domain.given import Given, LineContribution
from rebate.domain.money import Amount, Bps, share, sum_of
from rebate.domain.names import WHOLE_ORDER, LineId, MemberId, QueueId
from rebate.domain.profits import Source

ONE, TWO = LineId("1"), LineId("2")
RATIOS = st.integers(0, 12_000)


def rewards(*ratios: int, most: int | None = None) -> Commissions:
    found = (
        Reward(CommissionKind.DIRECT, MemberId(f"m{n}"), Bps(ratio))
        for n, ratio in enumerate(ratios)
    )
    return Commissions(tuple(found), None if most is None else Bps(most))


def whole(queue: str, ratio: int, **others: object) -> LineContribution:
    return LineContribution(QueueId(queue), WHOLE_ORDER, ratio, **others)  # type: ignore[arg-type]


def test_rewards_are_granted_in_turn_until_the_share_is_used_up() -> None:
    """Rule 2.6.1."""
    assert rewards(500, 300, 200, most=700).amounts(Amount(10_000)) == (500, 200, 0)
    assert rewards(9_000, 3_000).amounts(Amount(10_000)) == (9_000, 1_000), "no more than was paid"


def test_the_excess_is_cut_from_the_last_and_the_average_part_is_behind_commissions() -> None:
    """Rule 8.4."""
    packet = whole("red_packet/W", 2_000, parts_bps=(3_000, 5_000, 2_000), late=2)
    order = Given(rewards(500), revenue_bps=Bps(2_200), contributions=(packet,))
    now = order.priced({ONE: Amount(6_000), TWO: Amount(4_000)}, ())
    assert now.rewards == (500,)
    assert dict(now.bounds(QueueId("red_packet/W"))) == {WHOLE_ORDER: (600, 1_000, 100)}
    assert dict(now.bounds(QueueId("mall"))) == {}


def test_a_profit_is_net_of_commissions_whenever_they_are_paid() -> None:
    """Rule 7.1."""
    union = whole("union", 6_000, of_profit=True)
    order = Given(rewards(500), revenue_bps=Bps(10_000), contributions=(union,), net=True)
    now = order.priced(
        {ONE: Amount(10_000)}, (Source(ONE, Amount(10_000), Amount(10_000), profit=Amount(2_000)),)
    )
    assert (now.profit, now.parts) == (1_500, ((900,),))


def test_a_line_gives_of_what_was_paid_for_it() -> None:
    mall = LineContribution(QueueId("mall"), TWO, Bps(1_000))
    now = Given(revenue_bps=Bps(1_000), contributions=(mall,)).priced(
        {ONE: Amount(600), TWO: Amount(400)}, ()
    )
    assert now.parts == ((40,),)


@given(
    ratios=st.lists(RATIOS, max_size=3),
    own=st.lists(RATIOS, max_size=3),
    most=st.none() | RATIOS,
    revenue=RATIOS,
    paid=st.lists(st.integers(0, 500), min_size=2, max_size=5),
)
def test_whatever_is_refunded_no_part_rises_and_all_stay_within_the_share(
    ratios: list[int], own: list[int], most: int | None, revenue: int, paid: list[int]
) -> None:
    """Rules 2.6.1 and 8.4."""
    parts = tuple(whole(str(number), ratio) for number, ratio in enumerate(own))
    order = Given(rewards(*ratios, most=most), revenue_bps=Bps(revenue), contributions=parts)
    before = None
    for left in sorted(paid, reverse=True):
        order = order.priced({ONE: Amount(left)}, ())
        amounts = [*order.rewards, *(amount for part in order.parts for amount in part)]
        assert sum_of(amounts) <= share(Amount(left), Bps(revenue))
        assert before is None or all(now <= then for now, then in zip(amounts, before, strict=True))
        before = amounts
