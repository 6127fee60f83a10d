"""What the audits of the clock found, as operators see it (rules 0.10 and 8.5)."""

from datetime import datetime

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class AuditDifferenceShown:
    """Where the books do not add up, and how."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class AuditShown:
    """An audit of all books; `finished_at` and `passed` are null while it is under way.

    `rows` counts what it read. `more`: not all `differences` are named. `waiting` counts
    what was accepted and not settled yet, `unjudged` what looked wrong and was being written
    meanwhile. `head` names what was signed of the books and archived outside the tables.
    """

    began_at: datetime
    finished_at: datetime | None
    passed: bool | None
    steps: int
    rows: int
    differences: tuple[AuditDifferenceShown, ...]
    more: bool
    waiting: int
    unjudged: int
    head: str | None


@dataclass(frozen=True, slots=True)
class Audits:
    """A page of audits, the newest first."""

    audits: tuple[AuditShown, ...]
    next: str | None = None
