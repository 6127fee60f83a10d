"""What schedules send: which run, and the instant for which it was scheduled.

Read by hand: those whom a schedule starts each minute load nothing else that checks documents.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, get_args

from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.domain.records import dataclass
from rebate.domain.times import Instant, instant_of

Run = Literal["average", "union", "dividend", "release"]
"""Average rewards (rule 6.2), the union's pool (7.3), the dividend (2.3), holds (1.2.8)."""

RUNS: tuple[Run, ...] = get_args(Run)


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


def read_run(event: Mapping[str, Any]) -> Run:
    """Return the run that a schedule names as `run`.

    Raises:
        UnreadableTick: naming the nearest one.
    """
    name = event.get("run")
    run = next((each for each in RUNS if each == name), None)
    if run is None:
        message = f"must be {one_of(RUNS)}, not {shown(name)}"
        raise UnreadableTick([Problem("run", message, nearest(name, RUNS))])
    return run


def _instant(text: object) -> Instant:
    try:
        return instant_of(datetime.fromisoformat(text if isinstance(text, str) else ""))
    except ValueError as error:
        message = f"must be an ISO 8601 time with an offset, not {shown(text)}"
        raise UnreadableTick([Problem("at", message)]) from error
