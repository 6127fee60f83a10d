"""Brings to the queue, every minute, what is due to be delivered again, and asks who is dead."""

from typing import Any

from rebate.adapters.telemetry import observed, record_retries
from rebate.bootstrap import app
from rebate.usecases.webhooks.retry_webhooks import retry_webhooks


@observed
def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return which endpoints take nothing, and how much was given up."""
    done = retry_webhooks(app().store, app().clock, app().outside.webhook_queue)
    record_retries(done)
    return {"dead": list(done.dead), "set_aside": len(done.given_up)}
