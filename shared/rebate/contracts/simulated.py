"""What playing settings over made-up orders comes to (rule 8.3)."""

from collections.abc import Mapping
from typing import Any

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class SimulatedCaseShown:
    """What one of the settings came to, and in which paths it differs from the others."""

    differs: Mapping[str, Any]
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SimulationShown:
    """A case for each of the settings that a sweep tries; `notes` say what was left out."""

    cases: tuple[SimulatedCaseShown, ...]
    notes: tuple[str, ...]
