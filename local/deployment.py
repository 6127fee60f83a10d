"""A deployment on one machine: tables, functions, bus and streams, under a prefix of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import uuid4

from botocore.config import Config
from botocore.session import get_session

from local.bus import Bus
from local.edge import edge
from local.environment import REGION, environment
from local.functions import Functions
from local.letters import Box, Letter, Letters
from local.streams import BATCH_MAX, Stream
from local.tables import create_tables
from rebate.bootstrap import App, app
from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.usecases.queue_commands import queues_with_mail

TRIES_MAX = 20
"""How often a batch of a stream is brought to a function that hands records back."""

_LATER_PLANS = ("order_queue", "alliance", "red_packet", "union", "referral")
"""Kinds of queues that an event reaches after those of the base plan, in this order."""

RECOVERY_SECONDS_MAX = 15.0
"""Longer than any lease on a queue that a settler killed half-way can have left."""


class DeliveryFailed(Exception):
    """A function keeps handing back what a stream brings it. The message is one line."""


class Deployment:
    """What runs: use it in `deployed`, which puts it into the process's environment."""

    def __init__(self, clients: "Clients", prefix: str, edge_address: str) -> None:
        self.edge = edge_address
        self.functions = Functions()
        self.letters = Letters(clients.dynamodb, prefix)
        self.bus = Bus(self.functions, self.letters)
        self.is_new = create_tables(clients.dynamodb, prefix, self.letters)
        self._prefix = prefix
        self._clients = clients
        self._inbox = self._stream("inbox", after=None)
        self._journal = self._stream("journal", after=self.letters.marked("journal"))
        self._unsettled: list[dict[str, Any]] = []

    @property
    def app(self) -> App:
        """The use cases on this deployment's tables, as its functions have them."""
        return app()

    def unsettled(self) -> Instant | None:
        """Return the latest instant of the commands that came in and were not rung for yet."""
        self._unsettled += self._inbox.read()
        return max(map(_instant_of, self._unsettled), default=None)

    def settle(self) -> None:
        """Ring for all commands that came in since the last call, until nothing is left.

        Raises:
            DeliveryFailed: the settler keeps handing a queue back.
        """
        while self.unsettled() is not None:
            records, self._unsettled = self._unsettled, []
            for start in range(0, len(records), BATCH_MAX):
                self._bring("settle", records[start : start + BATCH_MAX])

    def publish(self) -> None:
        """Publish the events and keep the notices of all that was committed since the last call.

        Raises:
            DeliveryFailed: the publisher, or who keeps notices, keeps handing rows back.
        """
        while records := self._journal.read():
            for start in range(0, len(records), BATCH_MAX):
                for function in ("publish_events", "notify_members"):
                    self._bring(function, records[start : start + BATCH_MAX])
            self.letters.mark("journal", self._journal.position or "")

    def recover(self) -> None:
        """Finish what an earlier process left: undelivered events, and queues with mail.

        Queues are taken in the order in which the plans of an event are settled. Commands whose
        event was not stored whole stay, until that event is delivered again.

        Raises:
            DeliveryFailed: a queue is being settled by somebody else for too long.
        """
        self.bus.deliver_waiting()
        deadline = time.monotonic() + RECOVERY_SECONDS_MAX
        for queue in sorted(queues_with_mail(self.app.store), key=_rank):
            while self.app.settler.settle(queue).busy:
                if time.monotonic() > deadline:
                    raise DeliveryFailed(f"queue {queue} is being settled by somebody else")
                time.sleep(0.05)

    def dead_letters(self) -> list[Letter]:
        """Return all that was ever set aside, oldest first."""
        return self.letters.read(Box.DEAD)

    def _stream(self, table: str, after: str | None) -> Stream:
        """Read a stream from where it was left, or from now on.

        What an earlier process left unread of the inbox, `recover` finds.
        """
        name = f"{self._prefix}{table}"
        return Stream(self._clients.streams, name, from_start=self.is_new, after=after)

    def _bring(self, function: str, records: list[dict[str, Any]]) -> None:
        """Bring records, and again from the first that was handed back, as for a shard."""
        for attempt in range(TRIES_MAX):
            answer = self.functions.call(function, {"Records": records}) or {}
            failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", ())}
            numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
            first = next((place for place, n in enumerate(numbers) if n in failed), None)
            if first is None:
                return
            records = records[first:]
            time.sleep(min(0.5, 0.01 * 2**attempt))
        raise DeliveryFailed(f"{function} keeps handing back {len(records)} records")


def _rank(queue: QueueId) -> int:
    kind = queue.split("/", 1)[0]
    return _LATER_PLANS.index(kind) + 1 if kind in _LATER_PLANS else 0


def _instant_of(record: dict[str, Any]) -> Instant:
    """Return the instant of a command, with which its key in the inbox begins."""
    sort: str = record["dynamodb"]["Keys"]["sort"]["S"]
    return Instant(int(sort.split("#", 1)[0]))


class Clients:
    """Clients of an engine's DynamoDB and of its streams: made once, for any number of prefixes."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.nonce = uuid4().hex[:8]
        """Names what this command makes, on an engine that others may use too."""
        self.dynamodb = self._client("dynamodb")
        self.streams = self._client("dynamodbstreams")

    def _client(self, service: str) -> Any:  # noqa: ANN401 - botocore's clients are untyped
        return get_session().create_client(
            service,
            region_name=REGION,
            endpoint_url=self.endpoint,
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - the engine asks for some, and checks none
            config=Config(parameter_validation=False),
        )


class _Backend:
    """Who gets what functions send while a deployment is being put together, and afterwards."""

    def __init__(self) -> None:
        self.deployment: Deployment | None = None

    def set_aside(self, body: str, reason: str, code: str) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.set_aside(body, reason, code)

    def carry_on(self, body: str) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.carry_on(body)

    def put(self, entry: Mapping[str, Any]) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        if entry["source"] != "rebate":
            self.deployment.bus.put(entry)


@contextmanager
def deployed(clients: Clients, prefix: str) -> Iterator[Deployment]:
    """Yield a deployment, with its tables made if they are not there; one at a time."""
    backend = _Backend()
    with ExitStack() as stack:
        address = stack.enter_context(edge(backend))
        stack.enter_context(environment(prefix, clients.endpoint, address))
        app.cache_clear()
        stack.callback(app.cache_clear)
        backend.deployment = Deployment(clients, prefix, address)
        yield backend.deployment
