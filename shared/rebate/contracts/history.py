"""The history of the settings, as the API gives it (rule 8.5)."""

from typing import Any

from rebate.contracts.scalars import PositiveCount, Text, UtcInstant
from rebate.contracts.validation import Tolerant


class SettingChanged(Tolerant):
    """A field that differs from the version before; null: it was not, or is not set."""

    path: Text
    before: Any
    after: Any


class SettingsSaved(Tolerant):
    """A version of the settings: who saved it, when, and what differs from the one before."""

    version: PositiveCount
    saved_at: UtcInstant
    saved_by: Text
    changed: tuple[SettingChanged, ...]


class SettingsHistory(Tolerant):
    """A page of versions, the newest first."""

    versions: tuple[SettingsSaved, ...]
    next: str | None = None
