"""Amounts, ratios, and how an amount is divided (Rules 0.1 to 0.3)."""

from collections.abc import Sequence
from typing import TypeAlias

Amount: TypeAlias = int
"""Integer minor units (fen, cents; hundredths for points, love value and vouchers)."""

Bps: TypeAlias = int
"""Integer basis points: 10 000 is 100 %; may exceed it."""

WHOLE: Bps = 10_000


def whole_number(value: object) -> int:
    """Return `value` if it is an integer, and not a float or a bool in disguise (Rule 0.1).

    Raises:
        TypeError: for anything else; money is never rounded on the way in.
    """
    if type(value) is not int:
        message = f"expected a whole number of minor units or basis points, not {value!r}"
        raise TypeError(message)
    return value


def share(amount: Amount, ratio_bps: Bps) -> Amount:
    """Return the part of `amount` (minor units) that `ratio_bps` gives, rounded down (Rule 0.3)."""
    return whole_number(amount) * whole_number(ratio_bps) // WHOLE


def split(amount: Amount, shares_bps: Sequence[Bps]) -> tuple[Amount, ...]:
    """Divide `amount` by shares so that the parts sum to the whole of what the shares cover.

    Each part is rounded down; the units left over go one each to the parts in order
    (Rule 0.3), passing over shares of 0: they receive nothing. Shares that sum to less than
    100 % divide `share(amount, their sum)`.
    """
    parts = [share(amount, ratio) for ratio in shares_bps]
    left_over = share(amount, sum(shares_bps)) - sum(parts)
    receivers = [place for place, ratio in enumerate(shares_bps) if ratio]
    for place in receivers[:left_over]:
        parts[place] += 1
    return tuple(parts)


def split_in_proportion(amount: Amount, weights: Sequence[int]) -> tuple[Amount, ...]:
    """Divide `amount` in proportion to weights, by Rule 0.3: the parts sum to the whole.

    A weight of 0 receives nothing. No part exceeds its weight where `amount` does not exceed
    their sum.
    """
    total = sum(weights)
    assert total > 0 or not amount, "there is nobody to receive it"
    parts = [amount * weight // total if total else 0 for weight in weights]
    receivers = [place for place, weight in enumerate(weights) if weight]
    for place in receivers[: amount - sum(parts)]:
        parts[place] += 1
    return tuple(parts)


def exchanged(amount: Amount, ratio_bps: Bps, decimals: int) -> Amount:
    """Return the hundredths of points, love value or vouchers that an amount comes to at a ratio.

    One unit of the currency is worth one of theirs at 100 %, however many `decimals` it has
    (Rule 0.9.1): 5 800 yen become 5 800.00 points.
    """
    in_hundredths = whole_number(amount) * 100 * whole_number(ratio_bps)
    unit: int = 10**decimals
    return in_hundredths // (unit * WHOLE)
