"""A deployment within this process: a store in memory whose streams ring the same functions."""

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from local.bus import LocalBus
from local.deployment import LocalDeployment, Storage
from local.message_store import MessageBox, StoredMessage
from local.streams import as_json
from rebate.adapters.dead_letters import DeadLetters
from rebate.adapters.memory import MemoryStore
from rebate.adapters.tables import TABLES
from rebate.adapters.webhook_queue import document_of
from rebate.bootstrap import Outside, installed, wire
from rebate.domain.times import SECOND
from rebate.usecases.events.publish_events import OutgoingEvent, Publisher
from rebate.usecases.letters.replay_letters import ReplayQueues
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.webhooks.queue_webhooks import WebhookMessage, WebhookQueue

PATIENCE = 2 * SECOND
"""How long a settler goes on before it is looked at whether there will be an end."""

_STREAMED = {table.kind: table for table in TABLES if table.stream}


@contextmanager
def deployed_in_memory() -> Iterator[LocalDeployment]:
    """Yield a new deployment within this process, of which nothing is kept; one at a time."""
    store, outside = StreamedStore(), _Within()
    use_cases = wire(store, outside=outside)
    use_cases.settler.patience = PATIENCE
    with installed(use_cases):
        inbox, journal = MemoryStream(store, Inbox), MemoryStream(store, Journal)
        deployment = LocalDeployment(Storage(MemoryLetters(), inbox, journal, is_new=True))
        outside.bus = deployment.bus
        yield deployment


class StreamedStore(MemoryStore):
    """A store that remembers, in order, which rows were inserted into tables with a stream."""

    def __init__(self) -> None:
        super().__init__()
        self.inserted: dict[type, list[Key]] = {kind: [] for kind in _STREAMED}

    def _write(self, write: Write, kind: type[Any], key: Key, text: str) -> None:
        rows = self.rows[kind].get(key.partition, ())
        if kind in _STREAMED and isinstance(write, Put) and key.sort not in rows:
            self.inserted[kind].append(key)
        super()._write(write, kind, key, text)


class MemoryStream:
    """The stream of a kind of rows in a `StreamedStore`: see `local.streams.Stream`.

    The stream of the inbox carries no rows, which those whom it rings do not look at.
    """

    def __init__(self, store: StreamedStore, kind: type) -> None:
        self.position: str | None = None
        self._store = store
        self._kind = kind
        self._numbers = itertools.count(1)

    def read(self) -> list[dict[str, Any]]:
        """Return the rows inserted since the last call, as records of a Lambda event."""
        inserted = self._store.inserted[self._kind]
        records = [self._record(key) for key in inserted]
        inserted.clear()
        if records:
            self.position = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _record(self, key: Key) -> dict[str, Any]:
        change: dict[str, Any] = {
            "Keys": {"partition": {"S": key.partition}, "sort": {"S": key.sort}},
            "SequenceNumber": f"{next(self._numbers):021d}",
        }
        if self._kind is not Inbox:
            row = self._store.get(self._kind, key)
            change["NewImage"] = as_json(_STREAMED[self._kind].item(row))
        return {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}


class _Within(Outside):
    """What functions reach beside the store: the deployment's own bus; nobody listens to it."""

    def __init__(self) -> None:
        self.bus: LocalBus | None = None

    @cached_property
    def dead_letters(self) -> DeadLetters:
        return self

    @cached_property
    def publisher(self) -> Publisher:
        return self

    @cached_property
    def replay_queues(self) -> ReplayQueues:
        return self

    @cached_property
    def webhook_queue(self) -> WebhookQueue:
        assert self.bus is not None, "functions run only in a deployment"
        return _Webhooks(self.bus)

    def send(self, function: str, body: str) -> None:
        """Bring a function a message once more: see `ReplayQueues`."""
        assert self.bus is not None, "functions run only in a deployment"
        self.bus.replay(function, body)

    def put(self, body: str, *, reason: str, code: str, function: str) -> None:  # noqa: ARG002
        """Keep a message that was set aside: see `DeadLetters`."""
        assert self.bus is not None, "functions run only in a deployment"
        self.bus.set_aside(body, reason, code)

    def publish(self, events: Sequence[OutgoingEvent]) -> set[int]:  # noqa: ARG002 - as the port has it
        """Publish to nobody, which never fails: see `Publisher`."""
        return set()


class _Webhooks:
    """Implements `WebhookQueue` by the deployment's own bus."""

    def __init__(self, bus: LocalBus) -> None:
        self._bus = bus

    def send(self, messages: Sequence[WebhookMessage], *, delay_seconds: int = 0) -> set[int]:
        """Accept messages, none of which fails: see `WebhookQueue`."""
        for message in messages:
            self._bus.tell_later(json.dumps(document_of(message)), delay_seconds)
        return set()


class MemoryLetters:
    """Implements `local.message_store.MessageBoxes` for as long as this process lives."""

    def __init__(self) -> None:
        self._boxes: dict[MessageBox, dict[str, StoredMessage]] = {box: {} for box in MessageBox}
        self._numbers = itertools.count(1)

    def put(self, box: MessageBox, body: str, *, reason: str = "", code: str = "") -> StoredMessage:
        """Put a message into a box, behind all others."""
        letter = StoredMessage(f"{next(self._numbers):020d}", body, reason, code)
        self._boxes[box][letter.number] = letter
        return letter

    def mark(self, name: str, position: str) -> None:
        """Remember how far a stream was read, or schedules started."""
        self._boxes[MessageBox.POSITIONS][name] = StoredMessage(name, position)

    def marked(self, name: str) -> str | None:
        """Return what was marked last under this name, or None."""
        found = self._boxes[MessageBox.POSITIONS].get(name)
        return found.body if found else None

    def remove(self, box: MessageBox, letter: StoredMessage) -> None:
        """Take a letter out of a box."""
        self._boxes[box].pop(letter.number, None)

    def read(self, box: MessageBox) -> list[StoredMessage]:
        """Return the letters of a box, oldest first."""
        return list(self._boxes[box].values())
