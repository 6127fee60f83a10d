"""Rows of settings, and of the seeds of days."""

from enum import StrEnum
from typing import Annotated, Any

from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.times import Instant
from rebate.domain.wire import derived, stored_as, wire
from rebate.usecases.storage.rows.keys import Key

CURRENT = Key("current")
"""Where it stands which version is in force."""

PLANNED = Key("next")
"""Where the settings stand that were planned last."""


@stored_as("settings_version", 3, retired=("terms",))
@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """The settings document as it was saved, by whom and when (Rule 8.5).

    `terms` are what it means, by the `edition` of the code that saved it; `request` is the id by
    which whoever saved it knows that it was.
    """

    number: Annotated[int, wire("number")]
    document: Annotated[dict[str, Any], wire("document")]
    saved_at: Annotated[Instant, wire("saved_at")]
    saved_by: Annotated[str, wire("saved_by")]
    terms: Annotated[Terms | None, derived("terms_by_plan")] = None
    edition: Annotated[int, wire("edition", absent=0)] = 0
    request: Annotated[str | None, wire("request", absent=None)] = None


@stored_as("current_settings")
@dataclass(frozen=True, slots=True)
class CurrentSettings:
    """Which version of the settings is in force."""

    version: Annotated[int, wire("version")]


class PlannedState(StrEnum):
    """How it stands with settings that were planned."""

    WAITING = "waiting"
    DONE = "done"
    DROPPED = "dropped"
    OVERTAKEN = "overtaken"
    """Others were saved before they were due."""
    REFUSED = "refused"
    """When they were due, they could not be saved any more."""


@stored_as("planned_settings")
@dataclass(frozen=True, slots=True)
class PlannedSettings:
    """Settings that are to be in force from an instant on, instead of version `expects`.

    `reason` is why they were not. There is one row, of what was planned last; `request` is the id
    by which whoever planned it knows that it was.
    """

    document: Annotated[dict[str, Any], wire("document")]
    at: Annotated[Instant, wire("at")]
    expects: Annotated[int, wire("expects")]
    planned_by: Annotated[str, wire("planned_by")]
    planned_at: Annotated[Instant, wire("planned_at")]
    version: Annotated[int, wire("version")]
    state: Annotated[str, wire("state", absent="waiting")] = PlannedState.WAITING
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    request: Annotated[str | None, wire("request", absent=None)] = None


@stored_as("seed", 2)
@dataclass(frozen=True, slots=True)
class Seed:
    """What is known of a day's draws (Rule 1.3.4): the commitment before, the secret after.

    `day` is ISO 8601, with the timezone where an earlier one had that day before; `zone` is the
    timezone in which it was made. `secret` is empty until the day is over: the key of draws tells
    it to those who may draw. `late`: it was made when the day had begun, so was committed to too
    late. `mix` is what nobody chose, mixed in after the commitment and before the day (empty:
    nothing was there).
    """

    day: Annotated[str, wire("day")]
    secret: Annotated[str, wire("secret")]
    commitment: Annotated[str, wire("commitment")]
    late: Annotated[bool, wire("late", absent=False)] = False
    version: Annotated[int, wire("version", absent=1)] = 1
    zone: Annotated[str, wire("zone", absent="")] = ""
    mix: Annotated[str, wire("mix", absent="")] = ""
