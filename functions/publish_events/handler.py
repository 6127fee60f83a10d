"""Publishes the events of what was committed: a batch of the journal table's stream.

They go on the bus, and to the queue of webhooks for each endpoint that wants them.

The stream carries new images; journal rows never change, so an insertion tells all.
"""

from collections.abc import Sequence
from typing import Any

from rebate.adapters.streams import failures, inserted_rows
from rebate.adapters.telemetry import observed, record_published, record_retry
from rebate.bootstrap import app
from rebate.domain.errors import Unavailable
from rebate.usecases.events.publish_events import OutgoingEvent, publish
from rebate.usecases.storage.rows import Journal
from rebate.usecases.webhooks.queue_webhooks import queue_webhooks


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose events have to be published again."""
    records, rows = [], []
    for record, row in inserted_rows(event, Journal):
        records.append(record)
        rows.append(row)
    failed = publish(rows, app().outside.publisher, _queue)
    record_published([row for place, row in enumerate(rows) if place not in failed])
    return failures(records[place].number for place in sorted(failed))


def _queue(events: Sequence[OutgoingEvent]) -> set[int]:
    """Queue events for webhooks; return the places of those that were not for all who want them."""
    try:
        return queue_webhooks(app().store, app().outside.webhook_queue, events)
    except Unavailable as error:
        record_retry("events for webhooks", error)
        return set(range(len(events)))
