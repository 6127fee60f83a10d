"""Amounts, ratios, and how an amount is divided (Rules 0.1 to 0.3).

`Amount` and `Bps` are two kinds of number that the type checker keeps apart: an amount plus an
amount is one, an amount plus a ratio is refused, and a bare `int` (a count, a product of two
numbers) is neither until somebody says so, as in `Amount(rows * LEAST)`. At run time both are
`int` itself, so that they cost nothing and are stored and shown as whole numbers.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

if TYPE_CHECKING:

    class Amount(int):
        """Integer minor units (fen, cents; hundredths for points, love value and vouchers)."""

        def __add__(self, other: "Amount", /) -> "Amount": ...  # type: ignore[override]
        def __radd__(self, other: "Amount", /) -> "Amount": ...  # type: ignore[override]
        def __sub__(self, other: "Amount", /) -> "Amount": ...  # type: ignore[override]
        def __rsub__(self, other: "Amount", /) -> "Amount": ...  # type: ignore[override]
        def __neg__(self) -> "Amount": ...
        def __abs__(self) -> "Amount": ...

    class Bps(int):
        """Integer basis points: 10 000 is 100 %; may exceed it."""

        def __add__(self, other: "Bps", /) -> "Bps": ...  # type: ignore[override]
        def __radd__(self, other: "Bps", /) -> "Bps": ...  # type: ignore[override]
        def __sub__(self, other: "Bps", /) -> "Bps": ...  # type: ignore[override]
        def __rsub__(self, other: "Bps", /) -> "Bps": ...  # type: ignore[override]
        def __neg__(self) -> "Bps": ...

else:
    Amount: TypeAlias = int
    Bps: TypeAlias = int

Key = TypeVar("Key")
Number = TypeVar("Number", Amount, Bps)

WHOLE = Bps(10_000)
NOTHING = Amount(0)
ZERO_BPS = Bps(0)
LEAST = Amount(1)
"""The smallest amount above nothing."""


def whole_number(value: object) -> int:
    """Return `value` if it is an integer, and not a float or a bool in disguise (Rule 0.1).

    Raises:
        TypeError: for anything else; money is never rounded on the way in.
    """
    if type(value) is not int:
        message = f"expected a whole number of minor units or basis points, not {value!r}"
        raise TypeError(message)
    return value


@overload
def share(whole: Amount, ratio_bps: Bps) -> Amount: ...
@overload
def share(whole: Bps, ratio_bps: Bps) -> Bps: ...
def share(whole: int, ratio_bps: Bps) -> int:
    """Return the part of an amount or a ratio that `ratio_bps` gives, rounded down (Rule 0.3)."""
    return whole_number(whole) * whole_number(ratio_bps) // WHOLE


def ratio_of(part: int, whole: int) -> Bps:
    """Return what part of `whole`, which is not 0, another number is, rounded down."""
    return Bps(part * WHOLE // whole)


def in_proportion(amount: Amount, part: int, whole: int) -> Amount:
    """Return as much of an amount as `part` is of `whole`, which is not 0, rounded down."""
    return Amount(amount * part // whole)


class AmountsBy(dict[Key, Amount]):
    """Amounts by what they are of, nothing where there is none yet."""

    def __missing__(self, key: Key) -> Amount:
        return NOTHING


def sum_of(numbers: Iterable[Number]) -> Number:
    """Return the sum of amounts, or of ratios: 0 if there are none."""
    nothing: Any = 0
    return sum(numbers, nothing)


def times(amount: Amount, count: int) -> Amount:
    """Return `count` times an amount."""
    return Amount(amount * count)


def equal_part(amount: Amount, count: int) -> Amount:
    """Return what each of `count` gets of an amount, rounded down."""
    return Amount(amount // count)


def split(amount: Amount, shares_bps: Sequence[Bps]) -> tuple[Amount, ...]:
    """Divide `amount` by shares so that the parts sum to the whole of what the shares cover.

    Each part is rounded down; the units left over go one each to the parts in order
    (Rule 0.3), passing over shares of 0: they receive nothing. Shares that sum to less than
    100 % divide `share(amount, their sum)`.
    """
    parts = [share(amount, ratio) for ratio in shares_bps]
    covered = share(amount, sum_of(shares_bps))
    return _with_left_over(parts, covered - sum_of(parts), shares_bps)


def split_in_proportion(amount: Amount, weights: Sequence[int]) -> tuple[Amount, ...]:
    """Divide `amount` in proportion to weights, by Rule 0.3: the parts sum to the whole.

    A weight of 0 receives nothing. No part exceeds its weight where `amount` does not exceed
    their sum.
    """
    whole = sum(weights)
    assert whole > 0 or not amount, "there is nobody to receive it"
    parts = [Amount(amount * weight // whole) if whole else NOTHING for weight in weights]
    return _with_left_over(parts, amount - sum_of(parts), weights)


def _with_left_over(
    parts: list[Amount], left_over: Amount, weights: Sequence[int]
) -> tuple[Amount, ...]:
    """Give what rounding left over, a unit each, to the parts in order that have a weight."""
    receivers = [place for place, weight in enumerate(weights) if weight]
    for place in receivers[:left_over]:
        parts[place] += LEAST
    return tuple(parts)


def exchanged(amount: Amount, ratio_bps: Bps, decimals: int) -> Amount:
    """Return the hundredths of points, love value or vouchers that an amount comes to at a ratio.

    One unit of the currency is worth one of theirs at 100 %, however many `decimals` it has
    (Rule 0.9.1): 5 800 yen become 5 800.00 points.
    """
    in_hundredths = whole_number(amount) * 100 * whole_number(ratio_bps)
    unit: int = 10**decimals
    return Amount(in_hundredths // (unit * WHOLE))
