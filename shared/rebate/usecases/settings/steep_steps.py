"""Ratios that rise so much at once that it may be a slip of a zero (Rule 8.4)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rebate.contracts.figures import percent
from rebate.contracts.problems import Problem, render_path
from rebate.contracts.settings import InvalidSettings, Settings
from rebate.contracts.settings.risks import acknowledged_up_to, unacknowledged
from rebate.domain.money import WHOLE
from rebate.usecases.settings.changes import differences

STEEP_TIMES = 3

NAME_CHARS_MAX = 100
"""Characters of a path by which it is acknowledged, which is an id; of a longer one its end."""


def insist_on_small_steps(
    before: Mapping[str, Any], after: Mapping[str, Any], settings: Settings
) -> None:
    """Insist that no ratio rises steeply, or that it is acknowledged.

    Raises:
        InvalidSettings: `needs_acknowledgement`, each at its figure.
    """
    if steep := tuple(steep_problems(before, after, settings)):
        raise InvalidSettings(steep)


def steep_problems(
    before: Mapping[str, Any], after: Mapping[str, Any], settings: Settings
) -> Iterator[Problem]:
    """Yield each ratio that is to be three times what it was, or is to pass the whole.

    It has to be acknowledged at its figure, by its path: `queue_rebate.extraction_bps=8000`.
    """
    for change in differences(before, after):
        if _is_steep(change.path, change.before, change.after):
            path = render_path(change.path)
            name = path if len(path) <= NAME_CHARS_MAX else path[-NAME_CHARS_MAX // 2 :].strip()
            if not acknowledged_up_to(settings, name, change.after):
                steps = f"rises from {percent(change.before)} to {percent(change.after)} at once"
                yield unacknowledged(path, steps, name, change.after)


def _is_steep(path: tuple[str | int, ...], before: object, after: object) -> bool:
    if not str(path[-1]).endswith("_bps"):
        return False
    if not isinstance(before, int) or not isinstance(after, int):
        return False
    return 0 < before * STEEP_TIMES <= after or before <= WHOLE < after
