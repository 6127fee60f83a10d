"""Publishes the events of what was committed: a batch of the journal table's stream.

They go on the bus, as far as the settings in force let them out, and to the queue of webhooks for
each endpoint that wants them.

The stream carries new images; journal rows never change, so an insertion tells all.
"""

from collections.abc import Collection, Sequence
from typing import Any

from rebate.adapters.streams import failures, inserted_rows
from rebate.adapters.telemetry import observed, record_published, record_retry
from rebate.bootstrap import app
from rebate.domain.errors import Unavailable, Unreadable
from rebate.usecases.events.publish_events import OutgoingEvent, publish, types_on_bus
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.webhooks.queue_webhooks import queue_webhooks


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose events have to be published again."""
    records, rows = [], []
    for record, row in inserted_rows(event, Journal):
        records.append(record)
        rows.append(row)
    failed = _publish(rows)
    return failures(records[place].number for place in sorted(failed))


def _publish(rows: Sequence[Journal]) -> set[int]:
    """Publish the events of rows; return the places of rows that have to come again."""
    try:
        types = _types()
    except Unavailable as error:
        record_retry("events", error)
        return set(range(len(rows)))
    failed = publish(rows, app().outside.publisher, _queue, types)
    record_published([row for place, row in enumerate(rows) if place not in failed], types)
    return failed


def _types() -> Collection[str] | None:
    """Return which events the bus is told of; all, where no one can say what the settings mean."""
    try:
        return types_on_bus(app().settings.in_force().document)
    except Unreadable:
        return None


def _queue(events: Sequence[OutgoingEvent]) -> set[int]:
    """Queue events for webhooks; return the places of those that were not for all who want them."""
    try:
        return queue_webhooks(app().store, app().outside.webhook_queue, events)
    except Unavailable as error:
        record_retry("events for webhooks", error)
        return set(range(len(events)))
