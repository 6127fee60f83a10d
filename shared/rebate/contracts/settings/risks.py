"""What an operator can accept the risk of, and up to which figure (rules 2.5, 3.6, 8.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts.problems import NEEDS_ACKNOWLEDGEMENT, Problem
from rebate.contracts.settings.model import Settings

DEPTH_RISK = "referral.max_depth"
MARGIN_RISK = "margin"
HOLD_RISK = "hold_days"
RISKS = {
    DEPTH_RISK: (DEPTH_RISK, "max_depth", "referral_depth"),
    MARGIN_RISK: (MARGIN_RISK,),
    HOLD_RISK: (HOLD_RISK, "queue_rebate.hold_days"),
}
"""By risk, the names by which `guards.acknowledged` accepts it (rules 2.5, 3.6, 8.4)."""

Figures = Mapping[str, str]
"""By risk, the figure that settings have for it."""


def acknowledged(settings: Settings, risk: str, figure: int) -> bool:
    """Tell whether the operator accepts the risk at a figure of which more is worse (rule 8.4).

    A bare name holds for any: `bound` has made those of older settings hold for their figure only.
    """
    return any(_holds(item, risk, figure) for item in settings.guards.acknowledged)


def _holds(item: str, risk: str, figure: int) -> bool:
    name, equals, most = item.partition("=")
    if name not in RISKS[risk]:
        return False
    return not equals or (most.isascii() and most.isdigit() and figure <= int(most))


def acknowledged_at(settings: Settings, risk: str, figure: str) -> bool:
    """Tell whether the operator accepts the risk at exactly this figure; a bare name: at any."""
    return any(name in settings.guards.acknowledged for name in (risk, f"{risk}={figure}"))


def unacknowledged(path: str, message: str, risk: str, figure: object) -> Problem:
    """Return the problem that a risk has to be acknowledged at its figure."""
    item = f"{risk}={figure}"
    return Problem(
        path,
        f'{message}, so guards.acknowledged must hold "{item}"',
        code=NEEDS_ACKNOWLEDGEMENT,
        acknowledge=item,
    )


def bare_names(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names that a document acknowledges without a figure."""
    guards = document.get("guards")
    items = guards.get("acknowledged") if isinstance(guards, Mapping) else None
    for item in items if isinstance(items, list | tuple) else ():
        if isinstance(item, str) and "=" not in item:
            yield item


def risk_called(name: str) -> str:
    """Return the risk that a name accepts; a name that is not known is one by itself."""
    return next((risk for risk, names in RISKS.items() if name in names), name)


def bound(document: Mapping[str, Any], figures: Mapping[str, str]) -> dict[str, Any]:
    """Return a document whose bare names hold for the figures given by name, where there is one."""
    if not figures:
        return dict(document)
    guards = dict(document["guards"])
    guards["acknowledged"] = [
        f"{item}={figures[item]}" if item in figures else item for item in guards["acknowledged"]
    ]
    return {**document, "guards": guards}
