"""What people did, as operators see it (rule 8.9)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ActChangeShown:
    """What an act made of one thing; `hidden` names the fields that changed and are never told."""

    target: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    hidden: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActShown:
    """What a person did (rule 8.9); `more` counts changes that are not told one by one."""

    id: str
    at: datetime
    who: str
    role: str
    what: str
    reason: str | None
    request: str | None
    changes: tuple[ActChangeShown, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Acts:
    """A page of acts, the newest first; it may be short where much is passed over."""

    acts: tuple[ActShown, ...]
    next: str | None = None
