"""A deployment on moto, and everything that the platform would do around its functions.

moto runs in this process and this thread alone: it has no locks. Its transactions copy a table for
every item, so tests stay small. Nothing here looks inside: what functions did is read back by what
they answer, what lies in the queues, and what `show_outcome` and the API say.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.sqs.models import sqs_backends

from functions.api.handler import handler as api
from functions.on_catalog_saved.handler import handler as on_catalog_saved
from functions.on_order_completed.handler import handler as on_order_completed
from functions.on_order_paid.handler import handler as on_order_paid
from functions.on_order_refunded.handler import handler as on_order_refunded
from functions.settle.handler import handler as settle
from local.streams import as_json
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import app
from rebate.domain.times import SECOND
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from tests.functions.described import check_described

EVENTS = Path(__file__).parent.parent / "events"
REGION = "eu-central-1"
BUS = "rebate-test"
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "exchange": {"points_bps": 5000},
        "clearing": {"every": "day", "at": "00:00"},
    },
}

OPERATOR = {
    "sub": "op-1",
    "username": "olga",
    "scope": "rebate/operator",
    "cognito:groups": "[admin]",
}
"""What the token of an operator says who may do everything, as an HTTP API hands it on."""

Handler = Callable[[dict[str, Any], Any], Any]


def sample(name: str) -> dict[str, Any]:
    """Return a real envelope from tests/events."""
    found: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def envelope(name: str, **changes: Any) -> dict[str, Any]:
    """Return a real envelope with fields of its detail changed."""
    found = sample(name)
    found["detail"] |= changes
    return found


def bought(order: str, member: str, paid: int = 10000, **changes: Any) -> dict[str, Any]:
    """Return the envelope of a paid order with one line."""
    lines = [{"line_id": "1", "paid": paid}]
    return envelope("order_paid", order_id=order, member={"id": member}, lines=lines, **changes)


def batch(*bodies: Mapping[str, Any] | str, received: int = 1) -> dict[str, Any]:
    """Return an SQS batch with messages m0, m1 and so on, received so many times."""
    records = []
    for number, body in enumerate(bodies):
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        record = {**sample("sqs_record"), "messageId": f"m{number}", "body": text}
        record["attributes"] |= {"ApproximateReceiveCount": str(received)}
        records.append(record)
    return {"Records": records}


def failed(answer: Mapping[str, Any]) -> list[str]:
    """Return the items that shall come again."""
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def context(function: str) -> SimpleNamespace:
    """Return what the platform says of an invocation."""
    return SimpleNamespace(function_name=f"rebate-test-{function}", aws_request_id="request-1")


class EventBridge:
    """The client of a bus that keeps what is put on it; moto's own refuses nothing.

    Events whose detail-type is `refuses` are refused.
    """

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []
        self.refuses = ""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert 0 < len(Entries) <= 10
        if {entry["EventBusName"] for entry in Entries} != {BUS}:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "PutEvents")
        return {"Entries": [self._put(entry) for entry in Entries]}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if entry["DetailType"] == self.refuses:
            return {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        self.told.append(
            {
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "time": entry["Time"].isoformat() if "Time" in entry else None,
                "detail": json.loads(entry["Detail"]),
            }
        )
        return {"EventId": str(len(self.told))}


class Cloud:
    """A deployment, which tests have one after another: `wipe` makes it new."""

    def __init__(self) -> None:
        self._sqs = boto3.client("sqs", region_name=REGION)
        self.dead_letter_url = self._queue("dead")
        self.connect_url = self._queue("connect")
        self.webhook_url = self._queue("webhooks")
        self.bus = EventBridge()

    def create_tables(self) -> None:
        for table in _tables().values():
            table.create_table(wait=False)

    def wipe(self) -> None:
        """Forget every row and message."""
        for table in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables.values():
            table.items.clear()
        for queue in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues.values():
            queue._messages.clear()  # also those that are delayed
        self.bus.told.clear()
        self.bus.refuses = ""

    def use(self, settings: Mapping[str, Any]) -> None:
        """Put settings in force."""
        version = app().settings.in_force().version
        save_settings(app().store, app().clock, settings, expects=version, by="test")

    def send(self, *envelopes: Mapping[str, Any] | str) -> list[str]:
        """Bring events to the functions that they are for, one batch each; return what failed."""
        return [item for each in envelopes for item in failed(self._send(each))]

    def _send(self, body: Mapping[str, Any] | str) -> dict[str, Any]:
        handlers: dict[str, Handler] = {
            "OrderPaid": on_order_paid,
            "OrderCompleted": on_order_completed,
            "OrderRefunded": on_order_refunded,
        }
        kind = body["detail-type"] if isinstance(body, Mapping) else ""
        answer: dict[str, Any] = handlers.get(kind, on_catalog_saved)(batch(body), context("any"))
        return answer

    def settle(self) -> None:
        """Ring for everything in the inbox until it is empty."""
        while rows := list(app().store.scan(Inbox)):
            assert failed(settle(self.rings(rows), context("settle"))) == []

    def rings(self, rows: list[Inbox] | None = None) -> dict[str, Any]:
        """Return the stream's records of what is in the inbox."""
        rows = list(app().store.scan(Inbox)) if rows is None else rows
        return _stream(rows, lambda _: {})

    def journal(self, source: str = "mall") -> dict[str, Any]:
        """Return the stream's records of one source's journal, in order of commits."""
        found = (row for row in app().store.scan(Journal) if row.source == source)
        rows = sorted(found, key=lambda row: row.number)
        table = _tables()[Journal]
        return _stream(rows, lambda row: as_json(table.item(row)))

    def dead_letters(self) -> list[tuple[str, dict[str, str]]]:
        """Return (body, attributes) of what was set aside since the last call."""
        return [
            (
                message["Body"],
                {
                    name: attribute["StringValue"]
                    for name, attribute in message.get("MessageAttributes", {}).items()
                },
            )
            for message in self._messages(self.dead_letter_url)
        ]

    def connected(self) -> list[str]:
        """Return what is to be done of orders of connected shops, since the last call."""
        return [message["Body"] for message in self._messages(self.connect_url)]

    def told_later(self) -> list[str]:
        """Return what is to be told by webhooks, since the last call."""
        return [message["Body"] for message in self._messages(self.webhook_url)]

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: str = "",
        claims: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send a request through the API's handler; return status and body."""
        event = copy.deepcopy(sample("http_request"))
        event |= {"rawPath": path, "rawQueryString": query}
        event["requestContext"]["http"] |= {"method": method, "path": path}
        event["headers"] |= headers or {}
        if body is not None:
            event["body"] = body if isinstance(body, str) else json.dumps(body)
        if claims is not None:
            event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
        answer = api(event, context("api"))
        check_described(method, path, event.get("body"), answer)
        text = answer.get("body")
        return answer["statusCode"], json.loads(text) if text else None

    def text(self, path: str, *, query: str = "", member: str | None = None) -> str:
        """Return what a file holds that an operator, or a member, asks for."""
        event = copy.deepcopy(sample("http_request"))
        event |= {"rawPath": path, "rawQueryString": query}
        event["requestContext"]["http"] |= {"method": "GET", "path": path}
        claims = OPERATOR if member is None else {"sub": member, "scope": "rebate/member"}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
        answer = api(event, context("api"))
        assert answer["headers"]["Content-Type"] == "text/csv; charset=utf-8"
        return str(answer["body"])

    def as_member(self, member: str, method: str, path: str, *args: Any, **more: Any) -> Any:
        claims = {"sub": member, "scope": "openid rebate/member"}
        return self.request(method, path, *args, claims=claims, **more)

    def as_operator(self, method: str, path: str, *args: Any, **more: Any) -> Any:
        return self.request(method, path, *args, claims=OPERATOR, **more)

    def outcome(self) -> dict[str, Any]:
        """Return queues, wallets and platform (contracts, section 4)."""
        return show_outcome(app().store, app().settings.in_force().terms)

    def wallets(self) -> Any:
        return self.outcome()["wallets"]

    def now(self) -> int:
        """Return the deployment's clock, in seconds since 1970."""
        return app().clock.now() // SECOND

    def _queue(self, name: str) -> str:
        url: str = self._sqs.create_queue(QueueName=f"rebate-test-{name}")["QueueUrl"]
        return url

    def _messages(self, url: str) -> Iterator[dict[str, Any]]:
        while found := self._sqs.receive_message(
            QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        ).get("Messages"):
            for message in found:
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                yield message


def _tables() -> Mapping[type, Any]:
    store = app().store
    assert isinstance(store, DynamoStore)
    return store.tables


def _stream(rows: list[Any], image: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
    records = []
    for number, row in enumerate(rows, 1):
        record = copy.deepcopy(sample("stream_record"))
        key = key_of(row)
        keys = {"partition": {"S": key.partition}}
        if key.sort:
            keys["sort"] = {"S": key.sort}
        record["dynamodb"] |= {"Keys": keys, "SequenceNumber": f"{number:021d}"}
        if found := image(row):
            record["dynamodb"]["NewImage"] = found
        records.append(record)
    return {"Records": records}
