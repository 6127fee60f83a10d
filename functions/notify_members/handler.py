"""Keeps notices of what was committed: a batch of the journal table's stream.

It reads the same stream as the publisher and is apart from it, so neither waits for the other.
"""

from typing import Any

from rebate.adapters.streams import failures, inserted_rows
from rebate.adapters.telemetry import logger, observed, record_retry
from rebate.bootstrap import app
from rebate.domain.errors import Unavailable
from rebate.usecases.notices.notify_members import notify
from rebate.usecases.storage.rows.journal import Journal


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose notices have to be kept again."""
    kept = {record.number: _keep(row) for record, row in inserted_rows(event, Journal)}
    logger.info("notices kept", extra={"notices": sum(count or 0 for count in kept.values())})
    return failures(number for number, count in kept.items() if count is None)


def _keep(row: Journal) -> int | None:
    """Keep the notices of one row and return how many; None: it has to come again."""
    try:
        return notify(app().store, row)
    except Unavailable as error:
        record_retry(f"notices of {row.source}#{row.number}", error)
        return None
