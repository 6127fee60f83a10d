"""Amounts and ratios are whole numbers, and parts sum to the whole (Rules 0.1 to 0.3)."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.money import (
    WHOLE,
    Amount,
    Bps,
    exchanged,
    share,
    split,
    split_in_proportion,
    sum_of,
    whole_number,
)
from tests.strategies import examples

amounts = st.integers(0, 10**12).map(Amount)
ratios = st.integers(0, 3 * WHOLE).map(Bps)
shares = st.lists(st.integers(0, 5000).map(Bps), min_size=1, max_size=8)


@examples(200)
@given(amounts, ratios)
def test_a_share_is_the_exact_part_rounded_down(amount: Amount, ratio: Bps) -> None:
    exact = Fraction(amount * ratio, WHOLE)
    assert share(amount, ratio) <= exact < share(amount, ratio) + 1


@examples(200)
@given(amounts, shares)
def test_parts_sum_to_what_the_shares_cover(amount: Amount, ratios: list[Bps]) -> None:
    assert sum_of(split(amount, ratios)) == share(amount, sum_of(ratios))


@examples(200)
@given(amounts, shares)
def test_each_part_is_its_share_or_one_unit_more(amount: Amount, ratios: list[Bps]) -> None:
    parts = split(amount, ratios)
    extra = [part - share(amount, ratio) for part, ratio in zip(parts, ratios, strict=True)]
    assert set(extra) <= {0, 1}


@examples(200)
@given(amounts, shares)
def test_units_left_over_go_to_the_first_receivers(amount: Amount, ratios: list[Bps]) -> None:
    """In order, passing over shares of nothing, which stay at nothing."""
    parts = split(amount, ratios)
    extra = [part - share(amount, ratio) for part, ratio in zip(parts, ratios, strict=True)]
    received = [unit for unit, ratio in zip(extra, ratios, strict=True) if ratio]
    assert received == sorted(received, reverse=True)
    assert all(part == 0 for part, ratio in zip(parts, ratios, strict=True) if not ratio)


def test_a_hundred_in_three_equal_parts_gives_the_first_the_odd_cents() -> None:
    """The example that everybody tries."""
    assert split(Amount(100), (Bps(3333), Bps(3333), Bps(3334))) == (34, 33, 33)
    assert split(Amount(1), (Bps(3333), Bps(3333), Bps(3334))) == (1, 0, 0)


@pytest.mark.parametrize("value", [1.0, True, "1", None, Fraction(1)])
def test_what_is_no_whole_number_is_refused(value: object) -> None:
    """No float or bool ever holds money."""
    with pytest.raises(TypeError, match="whole number"):
        whole_number(value)
    with pytest.raises(TypeError):
        share(value, Bps(1))  # type: ignore[call-overload]


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=20), st.data())
def test_an_amount_is_split_in_proportion_to_what_is_left(
    left: list[int], data: st.DataObject
) -> None:
    """Rule 1.6.6: the parts sum to the whole, and none exceeds what is left of its line."""
    amount = data.draw(st.integers(0, sum(left)))
    parts = split_in_proportion(Amount(amount), left)
    assert sum_of(parts) == amount
    assert all(0 <= part <= most for part, most in zip(parts, left, strict=True))
    exact = [amount * most // sum(left) if amount else 0 for most in left]
    assert all(part - floor in {0, 1} for part, floor in zip(parts, exact, strict=True))


@pytest.mark.parametrize(
    ("amount", "bps", "decimals", "hundredths"),
    [(5800, 10_000, 0, 580_000), (5800, 10_000, 2, 5800), (12_345, 5000, 3, 617), (1, 9999, 2, 0)],
)
def test_one_unit_of_a_currency_is_one_point_whatever_its_decimals(
    amount: int, bps: int, decimals: int, hundredths: int
) -> None:
    assert exchanged(Amount(amount), Bps(bps), decimals) == hundredths
