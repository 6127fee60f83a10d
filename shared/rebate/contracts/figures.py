"""Ratios and amounts in words that a shopkeeper reads."""

from rebate.domain.currencies import decimals_of


def percent(bps: int) -> str:
    """Return basis points as a percentage without needless zeros: 1250 is `12.5 %`."""
    whole, rest = divmod(bps, 100)
    digits = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"{digits} %"


def part_percent(part: int, whole: int) -> str:
    """Return `part / whole` as a percentage, rounded down to a hundredth; `whole` is above 0."""
    return percent(part * 10_000 // whole)


def money(amount: int, currency: str) -> str:
    """Return minor units as an amount of the currency: 120050 is `1 200.50 CNY` (rule 0.9.1)."""
    decimals = decimals_of(currency)
    whole, rest = divmod(abs(amount), 10**decimals)
    grouped = f"{whole:,}".replace(",", " ")
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{'-' if amount < 0 else ''}{grouped}{fraction} {currency}"
