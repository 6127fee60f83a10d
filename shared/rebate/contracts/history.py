"""The history of the settings, as the API gives it (rule 8.5)."""

from datetime import datetime
from typing import Any

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """A field that differs from the version before; null: it was not, or is not set."""

    path: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class SettingsSaved:
    """A version of the settings: who saved it, when, and what differs from the one before."""

    version: int
    saved_at: datetime
    saved_by: str
    changed: tuple[SettingChanged, ...]


@dataclass(frozen=True, slots=True)
class SettingsHistory:
    """A page of versions, the newest first."""

    versions: tuple[SettingsSaved, ...]
    next: str | None = None
