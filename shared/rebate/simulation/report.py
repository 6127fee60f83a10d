"""What a simulation shows an operator: cost, waits, who gets nothing (Rule 8.3)."""

from collections.abc import Iterable, Mapping
from typing import Any

from rebate.domain.money import WHOLE
from rebate.domain.times import DAY
from rebate.simulation.books import Figures

_HUNDREDTHS = 100


def report_of(whole: Figures, by_plan: Mapping[str, Figures], on: Iterable[str]) -> dict[str, Any]:
    """Return the report of all plans together, and the same figures of each plan that is on."""
    return {
        **_figures(whole),
        "plans": {name: _figures(by_plan[name]) for name in on},
    }


def _figures(sums: Figures) -> dict[str, Any]:
    """Return one set of figures: amounts in minor units, `_bps` in basis points."""
    return {
        "orders": sums.orders,
        "members": len(sums.members),
        "sales": sums.sales,
        "contributed": sums.contributed,
        "rebated": sums.rebated,
        "commissions": sums.commissions,
        "cost_bps": _part(sums.rebated + sums.commissions, sums.sales),
        "promised": sums.promised,
        "paid_bps": _part(sums.paid_of_promised, sums.promised),
        "never_bps": _never(sums),
        "waits": _waits(sums),
        "nothing": len(sums.members - sums.got),
        "cleared": sums.cleared,
        "by_month": sums.by_month(),
    }


def _part(amount: int, whole: int) -> int | None:
    """Return what part of a whole an amount is, in basis points; None of nothing."""
    return amount * WHOLE // whole if whole > 0 else None


def _never(sums: Figures) -> int | None:
    """Return the share of all promises that is never paid at these ratios (Rules 8.2 and 8.6).

    Of what is promised no more can ever be paid than is contributed for it.
    """
    if sums.promised <= 0:
        return None
    return max(0, WHOLE - sums.for_line * WHOLE // sums.promised)


def _waits(sums: Figures) -> dict[str, Any]:
    """Return how long entries waited that were paid in full, and how many were not."""
    waits = sorted(sums.waits)
    return {
        "p50_days": _at_rank(waits, 50),
        "p90_days": _at_rank(waits, 90),
        "unpaid": sums.unpaid,
    }


def _at_rank(waits: list[int], percent: int) -> float | None:
    """Return the wait that so many per cent do not exceed, in days to a hundredth."""
    if not waits:
        return None
    rank = -(-len(waits) * percent // 100)
    return waits[rank - 1] * _HUNDREDTHS // DAY / _HUNDREDTHS
