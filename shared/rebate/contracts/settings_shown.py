"""Settings as the HTTP API tells operators: in force, planned, and what they mean."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class PlannedShown:
    """Settings that were planned instead of version `instead_of`, for `at`.

    `state`: `waiting`; or why they are not in force though they are due: `overtaken`, others were
    saved before, or `refused`, with the `reason`. `version` is what dropping them names.
    """

    version: int
    instead_of: int
    settings: Mapping[str, Any]
    at: datetime
    planned_by: str
    planned_at: datetime
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """The settings in force as they were written; version 0: none were saved.

    `plans` names the plans that there are, on or off. `planned` are settings that wait to be in
    force, or were not put in force and are to be dropped.
    """

    version: int
    settings: Mapping[str, Any]
    plans: tuple[str, ...]
    planned: PlannedShown | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sentence about one part of the settings."""

    part: str
    text: str
