"""The bus: events in envelopes, brought to functions at least once, as EventBridge and SQS do."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.environment import REGION
from local.fake_aws import digest
from local.functions import Functions
from local.message_store import MessageBox, MessageBoxes, StoredMessage
from rebate.contracts.events_in import UnreadableEvent, parse_event
from rebate.domain.letters import DeadLetter
from rebate.domain.times import Instant
from rebate.usecases.letters.replay_letters import EVENT_FUNCTIONS

ROUTES = EVENT_FUNCTIONS
"""Which function gets an event, by its `detail-type`; no rule of the bus matches any other."""

CONNECT = "connect_orders"
"""Which function gets orders of connected shops."""

DELIVER = "deliver_webhooks"
"""Which function gets webhooks."""

WEBHOOKS_TOGETHER = 10
"""Webhooks that a function gets at a time."""

RECEIVES_MAX = 5
"""How often a message is brought before it is set aside."""

UNDELIVERABLE = "undeliverable"
"""The code of letters whose function kept handing them back."""

_KEPT = ("replay-name", "accepted_from")
"""What a replay says of an event, and a letter of what was set aside."""


class LocalBus:
    """Brings events to functions, in the order in which they were put."""

    def __init__(
        self,
        functions: Functions,
        letters: MessageBoxes,
        keep: Callable[[DeadLetter], None] | None = None,
    ) -> None:
        self._functions = functions
        self._keep = keep
        self._letters = letters
        self._set_aside: list[StoredMessage] = []

    def put(self, entry: Mapping[str, Any]) -> None:
        """Accept an event: from now on it is delivered, whatever happens to this process."""
        self._letters.put(MessageBox.UNDELIVERED, json.dumps(enveloped(entry), ensure_ascii=False))

    def carry_on(self, body: str) -> None:
        """Accept an order of a connected shop, of which something is to be told or fetched."""
        self._letters.put(MessageBox.CONNECTED, body)

    def tell_later(self, body: str, delay_seconds: int) -> None:
        """Accept a webhook, to be delivered after so long."""
        due = time.time() + delay_seconds
        self._letters.put(MessageBox.WEBHOOKS, json.dumps({"due": due, "body": body}))

    def deliver_webhooks(self) -> None:
        """Deliver the webhooks that are due; those that are handed back stay."""
        waiting = [
            (each, json.loads(each.body)) for each in self._letters.read(MessageBox.WEBHOOKS)
        ]
        due = [(each, said["body"]) for each, said in waiting if said["due"] <= time.time()]
        for start in range(0, len(due), WEBHOOKS_TOGETHER):
            batch = due[start : start + WEBHOOKS_TOGETHER]
            records = [queued(each.number, body, DELIVER) for each, body in batch]
            answer = self._functions.call(DELIVER, {"Records": records})
            left = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
            for each, _ in batch:
                if each.number not in left:
                    self._letters.remove(MessageBox.WEBHOOKS, each)

    def deliver_waiting(self) -> int:
        """Deliver all that was put and not delivered yet; return how many events that were."""
        for letter in self._letters.read(MessageBox.CONNECTED):
            self._hand(letter.body, CONNECT)
            self._letters.remove(MessageBox.CONNECTED, letter)
        waiting = self._letters.read(MessageBox.UNDELIVERED)
        for letter in waiting:
            self._bring(letter.body)
            self._letters.remove(MessageBox.UNDELIVERED, letter)
        return len(waiting)

    def deliver(self, entry: Mapping[str, Any]) -> None:
        """Deliver one event now, to whom a rule gives it."""
        self._bring(json.dumps(enveloped(entry), ensure_ascii=False))

    def set_aside(self, body: str, reason: str, code: str, function: str = "bus") -> None:
        """Keep a message that can never succeed; `function` did not carry it out."""
        letter = self._letters.put(MessageBox.DEAD, body, reason=reason, code=code)
        self._set_aside.append(letter)
        if self._keep is not None:
            at = Instant(time.time_ns() // 1000)
            self._keep(DeadLetter(letter.number, at, function, body, code, reason))

    def replay(self, function: str, body: str) -> None:
        """Bring a function a message once more."""
        if function == DELIVER:
            self.tell_later(body, 0)
        else:
            box = MessageBox.CONNECTED if function == CONNECT else MessageBox.UNDELIVERED
            self._letters.put(box, body)

    def newly_set_aside(self) -> list[StoredMessage]:
        """Return what was set aside since the last call."""
        letters, self._set_aside = self._set_aside, []
        return letters

    def _bring(self, body: str) -> None:
        kind = json.loads(body)["detail-type"]
        function = ROUTES.get(kind) if isinstance(kind, str) else None
        if function is None:
            self.set_aside(body, _why_not(kind), UnreadableEvent.code)
            return
        self._hand(body, function)

    def _hand(self, body: str, function: str) -> None:
        """Hand a message to a function until it takes it, a few times."""
        message = str(uuid4())
        for receives in range(1, RECEIVES_MAX + 1):
            event = {"Records": [queued(message, body, function, receives)]}
            answer = self._functions.call(function, event)
            if not (answer and answer.get("batchItemFailures")):
                return
            time.sleep(0.01 * 2**receives)
        reason = f"{function} handed it back {RECEIVES_MAX} times"
        self.set_aside(body, reason, UNDELIVERABLE, function)


def _why_not(kind: object) -> str:
    """Return why no rule matches events of this type."""
    try:
        parse_event(kind, {})
    except UnreadableEvent as unreadable:
        return str(unreadable.problems[0])
    raise AssertionError(f"no rule matches {kind}")


def enveloped(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as rules of EventBridge hand it on; an entry has at least its type."""
    return {
        "version": "0",
        "id": entry.get("id") or str(uuid4()),
        "detail-type": entry.get("detail-type"),
        "source": entry.get("source") or "local",
        "account": "000000000000",
        "time": entry.get("time") or datetime.now(UTC).isoformat(),
        "region": REGION,
        "resources": [],
        "detail": entry.get("detail"),
        **{name: entry[name] for name in _KEPT if name in entry},
    }


def queued(message: str, body: str, function: str, receives: int = 1) -> dict[str, Any]:
    """Return a message as SQS gives it to a function; `receives` counts how often it has by now."""
    return {
        "messageId": message,
        "receiptHandle": message,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(receives),
            "SentTimestamp": str(time.time_ns() // 1_000_000),
            "SenderId": "local",
            "ApproximateFirstReceiveTimestamp": str(time.time_ns() // 1_000_000),
        },
        "messageAttributes": {},
        "md5OfBody": digest(body),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:000000000000:{function}",
        "awsRegion": REGION,
    }
