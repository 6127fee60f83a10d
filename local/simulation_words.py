"""What simulations came to, in words and small charts for a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.simulating import SimulationPlayed
from rebate.contracts.figures import money, percent
from rebate.domain.money import Bps

_WIDTH = 40
_BLOCKS = " ▏▎▍▌▋▊▉█"


def told(played: Sequence[SimulationPlayed]) -> Iterator[str]:
    """Yield lines for all cases: one in full, several beside each other."""
    if len(played) == 1:
        currency = played[0].case.document["currency"]
        yield from sentences(played[0].report, currency)
        return
    yield from table(played)


def sentences(report: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield what one simulation came to."""
    yield (
        f"{_count(report['orders'])} orders of {_count(report['members'])} members for "
        f"{money(report['sales'], currency)}."
    )
    yield (
        f"The shop gives back {money(report['rebated'], currency)} in rebates and "
        f"{money(report['commissions'], currency)} in commissions: "
        f"{_percent(report['cost_bps'])} of sales."
    )
    yield from _promises(report, currency)
    yield ""
    yield from _months(report, currency)
    if len(report["plans"]) > 1:
        yield ""
        for name, figures in report["plans"].items():
            yield f"{name}: {_short(figures, currency)}"


def _promises(report: Mapping[str, Any], currency: str) -> Iterator[str]:
    if report["promised"]:
        yield (
            f"Promised {money(report['promised'], currency)}; paid of it so far "
            f"{_percent(report['paid_bps'])}; never paid at these ratios "
            f"{_percent(report['never_bps'])}."
        )
    waits = report["waits"]
    if waits["p50_days"] is None:
        yield f"No entry was paid in full; {_count(waits['unpaid'])} are not."
    else:
        yield (
            f"Of the entries paid in full half waited {waits['p50_days']} days or less, nine of "
            f"ten {waits['p90_days']}; {_count(waits['unpaid'])} entries are not paid in full."
        )
    yield f"{_count(report['nothing'])} members who bought got nothing."
    if report["cleared"]:
        yield f"Clearings took away {money(report['cleared'], currency)}."


def _months(report: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield a bar for each month: what was still owed at its end, and what was paid in it."""
    months = report["by_month"]
    most = max((max(each["owed"], each["rebated"]) for each in months), default=0)
    if most <= 0:
        return
    yield f"By month: rebates paid (top) and still owed at its end (below), in {currency}"
    for each in months:
        yield f"{each['month']}  {bar(each['rebated'], most)} {money(each['rebated'], currency)}"
        yield f"         {bar(each['owed'], most)} {money(each['owed'], currency)}"


def bar(amount: int, most: int) -> str:
    """Return a bar of text as long as `amount` is of `most`."""
    eighths = max(0, amount) * _WIDTH * 8 // most if most > 0 else 0
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_BLOCKS[rest] if rest else "")).ljust(_WIDTH)


def _short(figures: Mapping[str, Any], currency: str) -> str:
    return (
        f"{_count(figures['orders'])} orders, {money(figures['rebated'], currency)} rebated, "
        f"{money(figures['commissions'], currency)} in commissions, "
        f"{_percent(figures['cost_bps'])} of their sales"
    )


_COLUMNS = (
    "cost",
    "paid",
    "never",
    "half wait",
    "9 of 10 wait",
    "unpaid entries",
    "got nothing",
    "cleared",
)


def table(played: Sequence[SimulationPlayed]) -> Iterator[str]:
    """Yield a row for each case, behind what it differs in."""
    names = [_name(each) for each in played]
    rows = [_row(each) for each in played]
    first = max(map(len, names))
    widths = [
        max(len(title), *(len(row[place]) for row in rows)) for place, title in enumerate(_COLUMNS)
    ]
    yield _line("", _COLUMNS, first, widths)
    for name, row in zip(names, rows, strict=True):
        yield _line(name, row, first, widths)


def _name(played: SimulationPlayed) -> str:
    differs = ", ".join(f"{path} {value}" for path, value in played.case.differs.items())
    return differs if differs and len(differs) <= 2 * _WIDTH else played.case.name


def _line(name: str, cells: Sequence[str], first: int, widths: Sequence[int]) -> str:
    told = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{name.ljust(first)}  {told}"


def _row(played: SimulationPlayed) -> tuple[str, ...]:
    report, waits = played.report, played.report["waits"]
    return (
        _percent(report["cost_bps"]),
        _percent(report["paid_bps"]),
        _percent(report["never_bps"]),
        _days(waits["p50_days"]),
        _days(waits["p90_days"]),
        _count(waits["unpaid"]),
        _count(report["nothing"]),
        money(report["cleared"], played.case.document["currency"]),
    )


def _days(days: float | None) -> str:
    return "-" if days is None else f"{days} d"


def _percent(bps: int | None) -> str:
    return "-" if bps is None else percent(Bps(bps))


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")
