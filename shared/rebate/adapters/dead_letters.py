"""Where events end that can never succeed, each with the reason."""

from functools import cached_property
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable

REASON_CHARS_MAX = 1024


class DeadLetters(Protocol):
    """Keeps what was set aside."""

    def put(self, body: str, *, reason: str, code: str, function: str) -> None:
        """Keep a message as it came, with why it was set aside and by which function.

        Raises:
            Unavailable: it could not be kept, so it must not be forgotten.
        """


class DeadLetterQueue:
    """Implements `DeadLetters` on an SQS queue."""

    def __init__(self, url: str | None, region: str) -> None:
        """Send to the queue at `url`; None: there is none, and nothing can be set aside."""
        self._url = url
        self._region = region

    def put(self, body: str, *, reason: str, code: str, function: str) -> None:
        """Send the message; the queue keeps it for as long as it is set to, 14 days at most."""
        if self._url is None:
            raise Unavailable("no dead-letter queue is configured")
        said = {"reason": _printable(reason), "code": code, "source_function": function}
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageAttributes={
                    name: {"DataType": "String", "StringValue": text} for name, text in said.items()
                },
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {error}") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)


def _printable(reason: str) -> str:
    """Return what SQS allows in an attribute: some text, without control characters."""
    return "".join(c if c.isprintable() else " " for c in reason)[:REASON_CHARS_MAX] or "unknown"
