"""Messages that must outlive a restart: those not yet delivered, and those set aside for good.

They stand in one small table of the engine, in the order in which they came.
"""

import itertools
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

TABLE = "local_letters"


class MessageBox(StrEnum):
    """Where a letter lies."""

    UNDELIVERED = "undelivered"
    DEAD = "dead"
    CONNECTED = "connected"
    """Orders of connected shops, of which something is to be told or fetched."""
    WEBHOOKS = "webhooks"
    """Webhooks to be delivered, each with when."""
    POSITIONS = "positions"
    """How far streams were read, and schedules started: a letter for each, named after it."""


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it came; `reason` and `code` say why it was set aside."""

    number: str
    body: str
    reason: str = ""
    code: str = ""


class MessageBoxes(Protocol):
    """Keeps letters, each in a box."""

    def put(self, box: MessageBox, body: str, *, reason: str = "", code: str = "") -> StoredMessage:
        """Put a message into a box, behind all others."""

    def mark(self, name: str, position: str) -> None:
        """Remember how far a stream was read, or schedules started."""

    def marked(self, name: str) -> str | None:
        """Return what was marked last under this name, or None."""

    def remove(self, box: MessageBox, letter: StoredMessage) -> None:
        """Take a letter out of a box."""

    def read(self, box: MessageBox) -> list[StoredMessage]:
        """Return the letters of a box, oldest first."""


class MessageStore:
    """Implements `MessageBoxes` in a table; `client` is a DynamoDB client."""

    def __init__(self, client: Any, prefix: str) -> None:  # noqa: ANN401 - botocore's are untyped
        self._client = client
        self._table = f"{prefix}{TABLE}"
        self._counter = itertools.count()

    def create_table(self) -> None:
        """Create the table."""
        self._client.create_table(
            TableName=self._table,
            AttributeDefinitions=[
                {"AttributeName": "box", "AttributeType": "S"},
                {"AttributeName": "number", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "box", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )

    def put(self, box: MessageBox, body: str, *, reason: str = "", code: str = "") -> StoredMessage:
        """Put a message into a box, behind all others."""
        number = f"{time.time_ns():020d}-{next(self._counter):06d}"
        letter = StoredMessage(number, body, reason, code)
        self._put(box, letter)
        return letter

    def mark(self, name: str, position: str) -> None:
        """Remember how far a stream was read, or schedules started."""
        self._put(MessageBox.POSITIONS, StoredMessage(name, position))

    def marked(self, name: str) -> str | None:
        """Return what was marked last under this name, or None."""
        found = (each.body for each in self.read(MessageBox.POSITIONS) if each.number == name)
        return next(found, None)

    def _put(self, box: MessageBox, letter: StoredMessage) -> None:
        item = {"box": box.value, **asdict(letter)}
        self._client.put_item(
            TableName=self._table, Item={name: {"S": text} for name, text in item.items()}
        )

    def remove(self, box: MessageBox, letter: StoredMessage) -> None:
        """Take a letter out of a box."""
        key = {"box": {"S": box.value}, "number": {"S": letter.number}}
        self._client.delete_item(TableName=self._table, Key=key)

    def read(self, box: MessageBox) -> list[StoredMessage]:
        """Return the letters of a box, oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="box = :box",
            ExpressionAttributeValues={":box": {"S": box.value}},
            ConsistentRead=True,
        )
        return [_letter(item) for page in pages for item in page["Items"]]


def _letter(item: dict[str, dict[str, str]]) -> StoredMessage:
    return StoredMessage(**{name: item[name]["S"] for name in ("number", "body", "reason", "code")})
