"""Messages that are to come again: soon at first, since most trouble passes, then later each time.

Left alone, a message comes again only when its queue's patience with a function that hangs is over,
which is minutes after a clash that took milliseconds, and just as soon in the tenth hour of an
outage as in its first minute.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.adapters.streams import failures
from rebate.adapters.telemetry import logger

FIRST_SECONDS = 5
GROWTH = 3
SECONDS_MAX = 900


def seconds_until_next(receives: int) -> int:
    """Return for how long a message is put off that has come so often: 5, 15, 45, … 900 seconds."""
    grown: int = FIRST_SECONDS * GROWTH ** min(receives - 1, 10)
    return min(grown, SECONDS_MAX)


class MessageQueue:
    """The queue of a function, where it puts off what it could not carry out."""

    def __init__(self, url: str | None, region: str) -> None:
        """Put messages of the queue at `url` off; None: the platform decides when they come."""
        self._url = url
        self._region = region

    def hand_back(self, messages: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
        """Put messages off, and return the answer that brings them again."""
        handed = list(messages)
        for message in handed:
            self.put_off(message)
        return failures(message["messageId"] for message in handed)

    def put_off(self, message: Mapping[str, Any]) -> None:
        """Let a message come later; where SQS does not listen it comes when it would anyway."""
        if self._url is None:
            return
        receives = int(message["attributes"]["ApproximateReceiveCount"])
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url,
                ReceiptHandle=message["receiptHandle"],
                VisibilityTimeout=seconds_until_next(receives),
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("not put off", extra={"reason": str(error)})

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)
