"""What schedules send: which run, and the instant for which it was scheduled.

Read by hand: those whom a schedule starts each minute load nothing else that checks documents.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, instant_of

RELEASE = "release"
"""The run that lets go of what is held (rule 1.2.8) or frozen (rule 3.6); it is of no plan."""


LEVELS = "levels"
"""The run that lets levels and ranks fall (rule 2.9); it is of no plan."""


def payouts() -> tuple[str, ...]:
    """Return the names of the runs that pay out, those of plans, and of those that are of none."""
    return (*(run.name for _, run in PLANS.runs() if run.pays), RELEASE, LEVELS)


class UnreadableTick(Invalid):
    """A start that says no instant, or no run that there is."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A start for an instant, which a retried start repeats.

    `if_due`: only where the settings in force have such a run at that minute.
    """

    instant: Instant
    if_due: bool = False


def read_tick(event: Mapping[str, Any]) -> Tick:
    """Return what a schedule says: `{"at": instant, "if_due": boolean}`.

    Raises:
        UnreadableTick: naming the field.
    """
    if_due = event.get("if_due", False)
    if not isinstance(if_due, bool):
        raise UnreadableTick([Problem("if_due", f"must be true or false, not {shown(if_due)}")])
    return Tick(_instant(event.get("at")), if_due)


def endings() -> tuple[str, ...]:
    """Return the names of the runs that only end entries."""
    return tuple(run.name for _, run in PLANS.runs() if not run.pays)


def read_run(event: Mapping[str, Any], known: tuple[str, ...]) -> str:
    """Return the run that a schedule names as `run`, one of those that are `known`.

    Raises:
        UnreadableTick: naming the nearest one.
    """
    name = event.get("run")
    run = next((each for each in known if each == name), None)
    if run is None:
        message = f"must be {one_of(known)}, not {shown(name)}"
        raise UnreadableTick([Problem("run", message, nearest(name, known))])
    return run


def _instant(text: object) -> Instant:
    try:
        return instant_of(datetime.fromisoformat(text if isinstance(text, str) else ""))
    except ValueError as error:
        message = f"must be an ISO 8601 time with an offset, not {shown(text)}"
        raise UnreadableTick([Problem("at", message)]) from error
