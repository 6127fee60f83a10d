"""Telling the world what was committed: the events of journal rows (contracts, section 2).

A row is stored in the same transaction as what its events tell of, and never changes: so an event
is never published for a change that was not stored, and one that is published again is the same.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Any, Protocol

from rebate.contracts.events_out import EVENTS_OUT, EventOut
from rebate.domain.events import Event, RebateCapped, RebatePaid
from rebate.domain.records import defaults_of
from rebate.domain.times import datetime_of
from rebate.usecases.rows import Journal


class Publisher(Protocol):
    """Publishes events at least once."""

    def publish(self, events: Sequence[EventOut]) -> set[int]:
        """Publish events and return the places of those that failed."""


def publish(rows: Sequence[Journal], publisher: Publisher) -> set[int]:
    """Publish the events of journal rows; return the places of rows that have to come again."""
    owners = [(place, event) for place, row in enumerate(rows) for event in events_of(row)]
    failed = publisher.publish([event for _, event in owners])
    return {owners[place][0] for place in failed}


def events_of(row: Journal) -> list[EventOut]:
    """Return what a journal row tells; each event's id is the row's and its place in it.

    Events that only the member is told of are left out.
    """
    return [
        EVENTS_OUT[event.type].model_validate(_said(row, place, event))
        for place, event in enumerate(row.events)
        if event.type in EVENTS_OUT
    ]


def _said(row: Journal, place: int, event: Event) -> dict[str, Any]:
    """Return an event's fields by the names that the world knows them by."""
    named = {_NAMES.get(n, n): getattr(event, n) for n, _ in defaults_of(type(event))}
    said = {name: str(value) if isinstance(value, Enum) else value for name, value in named.items()}
    event_id = f"{row.source}#{row.number}#{place}"
    head = {"event_id": event_id, "at": datetime_of(row.at), "queue": row.source}
    return {**head, **said, **_due(row, event)}


def _due(row: Journal, event: Event) -> dict[str, int]:
    """Return what should have been paid, where a cap cut a payment (Rule 8.4)."""
    if not isinstance(event, RebatePaid):
        return {}
    cuts = (each for each in row.events if isinstance(each, RebateCapped))
    due = next((c.due for c in cuts if (c.entry, c.paid) == (event.entry, event.amount)), None)
    return {} if due is None else {"due": due}


_NAMES = {
    "order": "order_id",
    "source": "from_order_id",
    "refund": "refund_id",
    "origin": "origin_order_id",
    "withdrawal": "withdrawal_id",
}
