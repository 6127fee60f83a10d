"""A stage in an emulator, as those outside of it see it: they send events, and look."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.service_stack import INTAKES
from rebate.adapters.dynamodb import DynamoStore
from rebate.contracts.routes.route import Audience
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import SettingsReader
from tests.stack.deployment import PREFIX, Clients, deploy
from tests.stack.emulator import CREDENTIALS, REGION, Emulator, ministack
from tests.stack.people import Api, Person, sign_in

log = logging.getLogger("stack")

SETTLE_SECONDS_MAX = 180.0
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@contextmanager
def running(templates: Path, folder: Path) -> Iterator["Cloud"]:
    """Deploy templates into an emulator that lasts as long as the block."""
    with ministack(folder) as emulator, pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        log.info("deploying the stacks")
        yield Cloud(emulator, deploy(emulator, templates))


class Cloud:
    """One stage of its own for each test: what it knows is what this test sent."""

    def __init__(self, emulator: Emulator, clients: Clients) -> None:
        self.emulator = emulator
        self.clients = clients
        self.api = Api(clients, emulator.endpoint)
        self.prefix = f"{PREFIX}-"
        self.operator = self._sign_in(Audience.OPERATOR, "anna")

    @property
    def store(self) -> DynamoStore:
        """The tables that the stage works on."""
        return DynamoStore(self.prefix, REGION, self.emulator.endpoint)

    def sign_in_member(self, name: str) -> Person:
        return self._sign_in(Audience.MEMBER, name)

    def _sign_in(self, audience: Audience, name: str) -> Person:
        return sign_in(self.clients, self.emulator.endpoint, self.api, audience, name)

    def put_in_force(self, settings: dict[str, Any]) -> None:
        """Put settings in force as an operator does."""
        version = self.operator.get("/v1/settings")["version"]
        self.operator.put("/v1/settings", {"settings": settings, "version": version})

    def send(self, detail_type: str, detail: Any) -> None:
        """Put an event on the bus with the AWS CLI, as another service does."""
        entry = {
            "EventBusName": PREFIX,
            "Source": "my.shop",
            "DetailType": detail_type,
            "Detail": json.dumps(detail),
        }
        said = json.loads(
            self.emulator.aws("events", "put-events", "--entries", json.dumps([entry]))
        )
        assert said["FailedEntryCount"] == 0, said

    def settle(self, seconds: float = SETTLE_SECONDS_MAX) -> None:
        """Wait until no event is on its way to its function, and no command waits to be settled."""
        self.wait_until(lambda: not self.on_their_way() and not self.unsettled(), seconds)

    def on_their_way(self) -> int:
        """Return how many events wait for a function, or are with one."""
        return sum(sum(self.counts(_kebab(function))) for function in INTAKES)

    def unsettled(self) -> int:
        """Return how many commands wait in the inboxes of all queues."""
        table = f"{self.prefix}inbox"
        count: int = self.clients.dynamodb.scan(TableName=table, ConsistentRead=True)["Count"]
        return count

    def counts(self, queue: str) -> tuple[int, int]:
        """Return how many messages of a queue are there to take, and how many were taken."""
        url = self.url_of(queue)
        said = self.clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))
        waiting, taken = (int(said["Attributes"][name]) for name in _COUNTS)
        return waiting, taken

    def url_of(self, queue: str) -> str:
        url: str = self.clients.sqs.get_queue_url(QueueName=f"{PREFIX}-{queue}")["QueueUrl"]
        return url

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Wait for messages in a queue, and take what is there."""
        self.wait_until(lambda: self.counts(queue)[0], SETTLE_SECONDS_MAX)
        url = self.url_of(queue)
        taken: list[dict[str, Any]] = self.clients.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )["Messages"]
        for message in taken:
            self.clients.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return taken

    def give(self, queue: str, body: str) -> None:
        """Put a message into a queue with the AWS CLI, as an operator does who replays it."""
        url = self.url_of(queue)
        self.emulator.aws("sqs", "send-message", "--queue-url", url, "--message-body", body)

    def outcome(self) -> dict[str, Any]:
        """Return what all came to, as it stands in the tables."""
        return show_outcome(self.store, SettingsReader(self.store).in_force().terms)

    def wait_until(self, is_so: Callable[[], object], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, f"it took too long:\n{self.emulator.log[-4000:]}"
            time.sleep(0.2)


def _kebab(function: str) -> str:
    return function.replace("_", "-")
