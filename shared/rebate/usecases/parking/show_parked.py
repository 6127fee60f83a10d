"""Parked commands, page by page (docs/operations.md, parked)."""

from typing import cast

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.parked import ParkedList, ParkedShown, State
from rebate.domain.parking import ParkedState
from rebate.domain.times import datetime_of, zulu
from rebate.domain.wire import Unknown
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.inbox import Parked


def show_parked(
    store: Store, state: str = ParkedState.PARKED, after: str | None = None
) -> ParkedList:
    """Return a page of the commands that are parked, or were released or dropped."""
    rows = store.query(Parked, state, after=after, limit=PAGE_SIZE)
    last = rows[-1].id if len(rows) == PAGE_SIZE else None
    return ParkedList(tuple(map(shown, rows)), last)


def shown(row: Parked) -> ParkedShown:
    """Return a parked command as operators see it."""
    command = row.row.command
    assert not isinstance(command, Unknown), "what is not known is not parked"
    return ParkedShown(
        id=row.id,
        state=cast("State", row.state),
        queue=row.row.queue,
        command=command.type,
        order=getattr(command, "order", None),
        member=getattr(command, "member", None) or None,
        reason=row.reason,
        at=zulu(datetime_of(row.at)),
        caused_at=zulu(datetime_of(command.at)),
        behind=row.behind,
        by=row.by,
        why=row.why,
        decided_at=None if row.decided_at is None else zulu(datetime_of(row.decided_at)),
    )
