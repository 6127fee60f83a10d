"""Audits the books: a step at each start, as long as the function may take; once a day a new audit.

It needs no start to be the right one: one that is under way goes on, else one begins if the last is
a day old. At its end the books are signed outside the tables, and what differs is counted and told.
"""

from time import monotonic
from typing import Any

from rebate.adapters.telemetry import observed, record_audit
from rebate.bootstrap import app
from rebate.domain.times import iso

SECONDS = 600.0
"""How long a step reads; keeping what it knows takes minutes of large books."""


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return how the audit stands; the log keeps what differs."""
    until = monotonic() + SECONDS
    run = app().audit.step(lambda: monotonic() < until)
    if run is None:
        return {"audit": None}
    if run.finished_at is not None:
        record_audit(run)
    return {"audit": iso(run.began_at), "over": run.finished_at is not None, "steps": run.steps}
