"""Amounts of platforms in our minor units, and how one is divided over lines (Rule 0.3)."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from rebate.domain.currencies import DECIMALS
from rebate.domain.money import NOTHING, Amount, split_in_proportion, sum_of

_EXACT = Context(prec=60)


def minor_units(amount: Decimal, currency: str) -> Amount:
    """Return an amount in minor units of its currency, halves of one away from zero."""
    scaled = _EXACT.scaleb(amount, DECIMALS[currency])
    return Amount(int(scaled.to_integral_value(ROUND_HALF_UP)))


def divide(amount: Amount, weights: Mapping[str, Amount]) -> dict[str, Amount]:
    """Divide an amount in proportion to weights (Rule 0.3): the parts sum to the whole.

    Each part is rounded down; what is left over goes one each, in order, past weights of 0.
    At least one weight is above 0.
    """
    return dict(zip(weights, split_in_proportion(amount, tuple(weights.values())), strict=True))


def divide_within(
    amount: Amount, weights: Mapping[str, Amount], limits: Mapping[str, Amount]
) -> dict[str, Amount]:
    """Divide an amount in proportion to weights, giving no line more than its limit.

    What a line cannot take goes to the others in proportion to what they still can; what none can
    take is nobody's.
    """
    amount = min(amount, sum_of(limits.values()))
    parts = dict.fromkeys(limits, NOTHING)
    shares = {name: weight for name, weight in weights.items() if name in limits}
    while amount > 0:
        open_weights = shares if any(shares.values()) else _rooms(limits, parts)
        for name, part in divide(amount, open_weights).items():
            taken = min(part, limits[name] - parts[name])
            parts[name] += taken
            amount -= taken
        shares = _rooms(limits, parts)
    return parts


def _rooms(limits: Mapping[str, Amount], parts: Mapping[str, Amount]) -> dict[str, Amount]:
    return {name: limit - parts[name] for name, limit in limits.items()}
