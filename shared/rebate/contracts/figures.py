"""Ratios and amounts in words that a shopkeeper reads."""

from collections.abc import Iterator

from rebate.domain.currencies import decimals_of
from rebate.domain.money import WHOLE, Bps

_HUNDREDTHS = 2


def percent(bps: Bps) -> str:
    """Return basis points as a percentage without needless zeros: 1250 is `12.5 %`."""
    whole, rest = divmod(bps, 100)
    digits = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"{digits} %"


def part_percent(part: int, whole: int) -> str:
    """Return `part / whole` as a percentage, rounded down to a hundredth; `whole` is above 0."""
    return percent(Bps(part * WHOLE // whole))


def money(amount: int, currency: str) -> str:
    """Return minor units as an amount of the currency: 120050 is `1 200.50 CNY` (rule 0.9.1)."""
    whole, point, fraction = decimal(amount, currency).lstrip("-").partition(".")
    grouped = f"{int(whole):,}".replace(",", " ")
    return f"{'-' if amount < 0 else ''}{grouped}{point}{fraction} {currency}"


def decimal(amount: int, currency: str | None) -> str:
    """Return an amount as a plain number, `1200.50`; without a currency it is of hundredths."""
    decimals = _HUNDREDTHS if currency is None else decimals_of(currency)
    whole, rest = divmod(abs(amount), 10**decimals)
    fraction = f".{rest:0{decimals}d}" if decimals else ""
    return f"{'-' if amount < 0 else ''}{whole}{fraction}"


def ever_paid(contribution_bps: Bps, promised_bps: Bps, where: str) -> Iterator[str]:
    """Yield what part of the promises can ever be paid: e/r of them at most (rule 8.2).

    `contribution_bps` is what an order gives to the entries (e), `promised_bps` what it may get
    (r).
    """
    if promised_bps == 0:
        return
    at_most = f"{where}at most" if where else "At most"
    orders = f"{where}orders" if where else "Orders"
    ratio = f"e/r = {percent(contribution_bps)} / {percent(promised_bps)}"
    if contribution_bps >= promised_bps:
        yield (
            f"{orders} give as much as they are promised ({ratio}); what waits is paid only "
            "as far as later orders come."
        )
        return
    paid = Bps(contribution_bps * WHOLE // promised_bps)
    yield (
        f"{at_most} {part_percent(contribution_bps, promised_bps)} of all that is promised can "
        f"ever be paid ({ratio}); the rest, {percent(WHOLE - paid)}, waits for ever."
    )
