"""The queue between those who tell what happened and who delivers it: SQS."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.adapters.telemetry import logger
from rebate.domain.times import Instant
from rebate.usecases.webhooks.queue_webhooks import WebhookMessage

ENTRIES_MAX = 10
BYTES_MAX = 250_000
"""What one request may carry: SQS has counted 256 KB for long, and takes more in some regions."""


class SqsWebhookQueue:
    """Implements `rebate.usecases.webhooks.queue_webhooks.WebhookQueue`."""

    def __init__(self, url: str | None, region: str) -> None:
        """Send to the queue at `url`; None: there is none, and nothing can be queued."""
        self._url = url
        self._region = region

    def send(self, messages: Sequence[WebhookMessage], *, delay_seconds: int = 0) -> set[int]:
        """Queue messages, and go on where some fail; return the places of those."""
        failed: set[int] = set()
        for start, texts in _batches([json.dumps(document_of(each)) for each in messages]):
            failed |= {start + place for place in self._put(texts, delay_seconds)}
        return failed

    def _put(self, texts: Sequence[str], delay_seconds: int) -> set[int]:
        entries = [
            {"Id": str(place), "MessageBody": text, "DelaySeconds": delay_seconds}
            for place, text in enumerate(texts)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            logger.warning("webhooks not queued", extra={"reason": str(error)})
            return set(range(len(texts)))
        refused = {int(each["Id"]): each["Code"] for each in answer.get("Failed", ())}
        if refused:
            logger.warning("webhooks not queued", extra={"reason": sorted(set(refused.values()))})
        return set(refused)

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield the texts in as few requests as they fit into, each with the place of its first."""
    start, size = 0, 0
    for place, text in enumerate(texts):
        full = place - start == ENTRIES_MAX or size + len(text) > BYTES_MAX
        if full and place > start:
            yield start, texts[start:place]
            start, size = place, 0
        size += len(text)
    if texts:
        yield start, texts[start:]


def document_of(message: WebhookMessage) -> dict[str, Any]:
    """Return what the queue carries of a message, as JSON values."""
    said: dict[str, Any] = {"endpoint": message.endpoint, "id": message.id, "at": message.at}
    if message.body is not None:
        said |= {"event": message.event, "kind": message.kind, "body": message.body}
    return said | ({"is_probe": True} if message.is_probe else {})


def message_of(document: Mapping[str, Any]) -> WebhookMessage:
    """Return the message that the queue carried."""
    return WebhookMessage(
        document["endpoint"],
        document["id"],
        Instant(document["at"]),
        document.get("event"),
        document.get("kind"),
        document.get("body"),
        is_probe=document.get("is_probe", False),
    )
