"""Delivers events to endpoints by webhooks: an SQS batch, a message for each endpoint and event."""

import json
from typing import Any

from rebate.adapters.telemetry import observed, record_retry, record_webhooks
from rebate.adapters.webhook_queue import message_of
from rebate.bootstrap import app
from rebate.domain.errors import Unavailable


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the messages that shall come again: those of which nothing could be stored."""
    records = event["Records"]
    queue = app().outside.messages
    try:
        done = app().webhooks.deliver([message_of(json.loads(each["body"])) for each in records])
    except Unavailable as error:
        record_retry("a batch of webhooks", error)
        return queue.hand_back(records)
    record_webhooks(done.outcomes)
    return queue.hand_back(records[place] for place in sorted(done.failed))
