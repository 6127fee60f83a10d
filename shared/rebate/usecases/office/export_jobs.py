"""Exports as jobs (contracts, section 6): for what may be more than one answer holds.

Who asks gets a job; the clock carries it out, row by row into a file outside the tables; a link
that ends leads to it. One that is cut off begins anew, since rows may have come in between.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Protocol

from rebate.contracts.office import ExportShown, ExportsShown
from rebate.domain.errors import Conflict, Mismatch, Unavailable
from rebate.domain.exports import ExportJob, ExportState
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.times import SECOND, Instant, datetime_of
from rebate.usecases.office.exports import Period, export_csv, export_json
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import EXPORT_JOBS, Key

LEASE = 900 * SECOND
"""How long nobody else begins an export that somebody has begun: as long as a function may run."""

TOLD_EVERY = 5 * SECOND
"""How often a running export says how far it is."""

TRIES_MAX = 3


class ExportFiles(Protocol):
    """Files outside the tables, each for a day."""

    def write(self, name: str, media_type: str, parts: Iterable[bytes]) -> None:
        """Keep a file, the whole of it or nothing; raises Unavailable, and what `parts` raises."""

    def link(self, name: str) -> str:
        """Return where whoever knows the link can fetch a file, for a quarter of an hour."""


class TooLong(Exception):
    """An export would take longer than a function may run."""


def ask_export(
    store: Store, clock: Clock, what: str, period: Period, *, is_csv: bool, id_: str, by: str
) -> ExportJob:
    """Keep that an export is asked for; the same once more is answered with what became of it.

    Raises:
        Mismatch: another export was asked for under this id.
    """
    asked = ExportJob(id_, what, is_csv, clock.now(), by, period.starts_at, period.ends_at)
    known = find_export(store, clock, id_)
    if known is None:
        gone = store.get(ExportJob, Key(EXPORT_JOBS, id_))
        version = gone.version if gone else 0
        try:
            store.commit([Put(replace(asked, version=version + 1), expects=version)])
        except Conflict:
            known = find_export(store, clock, id_)
            if known is None:
                raise
        else:
            return replace(asked, version=version + 1)
    if _content(known) != _content(asked):
        raise Mismatch(f"{id_} is another export")
    return known


def find_export(store: Store, clock: Clock, id_: str) -> ExportJob | None:
    """Return an export that is not gone yet."""
    job = store.get(ExportJob, Key(EXPORT_JOBS, id_))
    return job if job and job.expires_at > clock.now() else None


def show_exports(store: Store, clock: Clock) -> ExportsShown:
    """Return all exports of the last day, the newest first; links are made one by one."""
    return ExportsShown(tuple(shown(job) for job in reversed(_jobs(store, clock))))


def shown(job: ExportJob, files: ExportFiles | None = None) -> ExportShown:
    """Return an export as operators see it, with a new link where there are files to link to."""
    link = files.link(file_name(job)) if files and job.state == ExportState.DONE else None
    starts, ends, finished = (
        None if at is None else datetime_of(at)
        for at in (job.starts_at, job.ends_at, job.finished_at)
    )
    return ExportShown(
        id=job.id,
        what=job.what,
        format=job.format,
        starts_at=starts,
        ends_at=ends,
        state=job.state,
        rows=job.rows,
        bytes=job.bytes,
        asked_at=datetime_of(job.asked_at),
        asked_by=job.asked_by,
        finished_at=finished,
        expires_at=datetime_of(job.expires_at),
        link=link,
        reason=job.reason,
    )


def file_name(job: ExportJob) -> str:
    """Return what the file of an export is called: like no other, and like no other's folder."""
    secret = sha256(f"{job.id}\n{job.asked_at}\n{job.asked_by}".encode()).hexdigest()
    return f"{secret}/{job.what}.{job.format}"


@dataclass(frozen=True, slots=True)
class ExportRunner:
    """Carries exports out, one after another, as long as it `may`."""

    store: Store
    clock: Clock
    files: ExportFiles
    terms: Terms
    may: Callable[[], bool]

    def run(self) -> list[ExportJob]:
        """Carry out what waits, the oldest first; return what came to its end."""
        ended = []
        for job in _jobs(self.store, self.clock):
            if not self.may():
                break
            taken = (
                self._take(job) if job.state in {ExportState.WAITING, ExportState.RUNNING} else None
            )
            if taken is None:
                continue
            over = taken if taken.state == ExportState.FAILED else self._carry_out(taken)
            ended += [over] if over else []
        return ended

    def _take(self, job: ExportJob) -> ExportJob | None:
        """Return an export that nobody else runs, as running, or as failed: too often begun."""
        now = self.clock.now()
        if job.until is not None and job.until > now:
            return None
        if job.tries == TRIES_MAX:
            reason = f"was begun {TRIES_MAX} times and never came to its end"
            return self.keep(
                replace(job, state=ExportState.FAILED, finished_at=now, until=None, reason=reason)
            )
        until, tries = Instant(now + LEASE), job.tries + 1
        return self.keep(
            replace(job, state=ExportState.RUNNING, until=until, tries=tries, rows=0, bytes=0)
        )

    def keep(self, job: ExportJob) -> ExportJob | None:
        """Store an export that changed; None: somebody else was there first."""
        after = replace(job, version=job.version + 1)
        try:
            self.store.commit([Put(after, expects=job.version)])
        except Conflict:
            return None
        return after

    def _carry_out(self, job: ExportJob) -> ExportJob | None:
        """Write the file of an export; None: it has to begin anew, or somebody else has."""
        export = export_csv if job.is_csv else export_json
        period = Period(job.starts_at, job.ends_at)
        progress = _Progress(self, job)
        lines = export(self.store, self.terms, job.what, period)
        reason = None
        try:
            self.files.write(file_name(job), job.format.media_type, progress.of(lines))
        except TooLong:
            reason = "takes longer than one run may: narrow from and to, or use rebate export"
        except (Unavailable, _TakenOver):
            return None
        ended = replace(
            progress.job,
            state=ExportState.DONE if reason is None else ExportState.FAILED,
            rows=progress.rows,
            bytes=progress.bytes,
            until=None,
            finished_at=self.clock.now(),
            reason=reason,
        )
        return self.keep(ended)


class _TakenOver(Exception):
    """Somebody else runs the export now."""


class _Progress:
    """Counts what goes by, and tells of it now and then."""

    def __init__(self, runner: ExportRunner, job: ExportJob) -> None:
        self.job = job
        self.rows = -1 if job.is_csv else 0
        """The first line of a CSV names its columns."""
        self.bytes = 0
        self._runner = runner
        self._told_at = runner.clock.now()

    def of(self, lines: Iterable[str]) -> Iterator[bytes]:
        """Yield lines as bytes.

        Raises:
            TooLong: the runner may not go on.
        """
        for line in lines:
            text = line.encode()
            yield text
            self.rows += 1
            self.bytes += len(text)
            if self.rows % 100 == 0:
                self._look_up()

    def _look_up(self) -> None:
        if not self._runner.may():
            raise TooLong
        now = self._runner.clock.now()
        if now - self._told_at >= TOLD_EVERY:
            told = self._runner.keep(replace(self.job, rows=self.rows, bytes=self.bytes))
            if told is None:
                raise _TakenOver
            self.job, self._told_at = told, now


def _jobs(store: Store, clock: Clock) -> list[ExportJob]:
    """Return the exports that are not gone yet, the oldest first: there are few."""
    found = store.query(ExportJob, EXPORT_JOBS)
    kept = (job for job in found if job.expires_at > clock.now())
    return sorted(kept, key=lambda job: (job.asked_at, job.id))


def _content(job: ExportJob) -> tuple[object, ...]:
    return (job.what, job.is_csv, job.starts_at, job.ends_at, job.asked_by)
