"""Exports that take longer than an answer: asked for, carried out by the clock, fetched by link."""

from enum import StrEnum
from typing import Annotated

from rebate.domain.records import dataclass
from rebate.domain.times import DAY, SECOND, Instant
from rebate.domain.wire import stored_as, wire

KEPT = DAY
"""How long after it was asked for an export and its file are kept."""


class ExportState(StrEnum):
    """How far an export is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class ExportFormat(StrEnum):
    """What an export's file holds: a table with a head, or a JSON value a line."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        """As what its file is served."""
        return "text/csv; charset=utf-8" if self is ExportFormat.CSV else "application/x-ndjson"


@stored_as("export_job")
@dataclass(frozen=True, slots=True)
class ExportJob:
    """An export of `what`, of some time or all of it, as CSV or as JSON lines.

    `rows` and `bytes` grow while it is running. `until` is when whoever runs it has given up;
    `tries` counts how often somebody began. `reason` is why it failed.
    """

    id: Annotated[str, wire("id")]
    what: Annotated[str, wire("what")]
    is_csv: Annotated[bool, wire("is_csv")]
    asked_at: Annotated[Instant, wire("asked_at")]
    asked_by: Annotated[str, wire("asked_by")]
    starts_at: Annotated[Instant | None, wire("starts_at", absent=None)] = None
    ends_at: Annotated[Instant | None, wire("ends_at", absent=None)] = None
    state: Annotated[str, wire("state", absent="waiting")] = ExportState.WAITING
    rows: Annotated[int, wire("rows", absent=0)] = 0
    bytes: Annotated[int, wire("bytes", absent=0)] = 0
    tries: Annotated[int, wire("tries", absent=0)] = 0
    until: Annotated[Instant | None, wire("until", absent=None)] = None
    finished_at: Annotated[Instant | None, wire("finished_at", absent=None)] = None
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1

    @property
    def format(self) -> ExportFormat:
        """What its file holds."""
        return ExportFormat.CSV if self.is_csv else ExportFormat.JSONL

    @property
    def is_over(self) -> bool:
        """Whether it came to its end, well or not."""
        return self.state in {ExportState.DONE, ExportState.FAILED}

    @property
    def expires_at(self) -> Instant:
        """When it and its file are gone."""
        return Instant(self.asked_at + KEPT)

    @property
    def removed_at(self) -> int:
        """From when on the store may remove it, in seconds since 1970."""
        return self.expires_at // SECOND
