"""What the audits of the clock found, the newest first."""

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.audits import AuditDifferenceShown, Audits, AuditShown
from rebate.domain.times import datetime_of
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.audits import AuditRun
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import AUDITS


def show_audits(store: Store, after: str | None = None) -> Audits:
    """Return a page of audits; one that is under way shows what it found so far."""
    runs = store.query(AuditRun, AUDITS, after=after, limit=PAGE_SIZE, backwards=True)
    next_ = key_of(runs[-1]).sort if len(runs) == PAGE_SIZE else None
    return Audits(tuple(map(_shown, runs)), next_)


def _shown(run: AuditRun) -> AuditShown:
    finished = None if run.finished_at is None else datetime_of(run.finished_at)
    return AuditShown(
        began_at=datetime_of(run.began_at),
        finished_at=finished,
        passed=None if finished is None else not run.differences,
        steps=run.steps,
        rows=sum(run.rows.values()),
        differences=tuple(AuditDifferenceShown(*each) for each in run.differences),
        more=run.more,
        waiting=run.waiting,
        unjudged=run.unjudged,
        head=run.head,
    )
