"""Publishes the events of what was committed: a batch of the journal table's stream.

The stream carries new images; journal rows never change, so an insertion tells all.
"""

from typing import Any

from rebate.adapters.streams import failures, inserted_rows
from rebate.adapters.telemetry import observed, record_published
from rebate.bootstrap import app
from rebate.usecases.events.publish_events import publish
from rebate.usecases.storage.rows import Journal


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose events have to be published again."""
    records, rows = [], []
    for record, row in inserted_rows(event, Journal):
        records.append(record)
        rows.append(row)
    failed = publish(rows, app().outside.publisher)
    record_published([row for place, row in enumerate(rows) if place not in failed])
    return failures(records[place].number for place in sorted(failed))
