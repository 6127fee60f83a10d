"""A deployment on one machine: tables, functions, bus and streams, under a prefix of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from botocore.config import Config
from botocore.session import get_session

from local.bus import LocalBus
from local.environment import REGION, environment
from local.fake_aws import edge
from local.functions import Functions
from local.message_store import MessageBox, MessageBoxes, MessageStore, StoredMessage
from local.settling import DeliveryFailed, Record, Unsettled, bring, ring, settled_in_the_end
from local.streams import Stream
from local.tables import create_tables
from rebate.adapters.clock import SystemClock
from rebate.bootstrap import App, app
from rebate.domain.errors import Impossible
from rebate.domain.letters import DeadLetter
from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.usecases.letters.keep_letters import keep_letters
from rebate.usecases.schedules.settle_due import next_due
from rebate.usecases.schedules.start_runs import queues_with_mail

COMMANDS_MAX = 1_000_000
"""Commands after which it is taken for endless what commands cause each other."""

RECOVERY_SECONDS_MAX = 15.0
"""Longer than any lease on a queue that a settler killed half-way can have left."""


class RecordSource(Protocol):
    """A table's stream: see `local.streams.Stream`."""

    position: str | None

    def read(self) -> list[dict[str, Any]]:
        """Return the rows inserted since the last call, as records of a Lambda event."""


@dataclass(frozen=True)
class Storage:
    """Where a deployment keeps what outlives a call; `is_new`: nothing was there before."""

    letters: MessageBoxes
    inbox: RecordSource
    journal: RecordSource
    is_new: bool


class LocalDeployment:
    """What runs: use it in `deployed` or `deployed_in_memory`, which let functions find it.

    `edge` is the address at which it takes events; None: at none.
    """

    def __init__(self, storage: Storage, edge: str | None = None) -> None:
        self.edge = edge
        self.functions = Functions()
        self.letters = storage.letters
        self.bus = LocalBus(self.functions, self.letters, self._keep if edge else None)
        self.is_new = storage.is_new
        self._inbox = storage.inbox
        self._journal = storage.journal
        self._unsettled: list[Record] = []
        self._latest: Instant | None = None

    @property
    def app(self) -> App:
        """The use cases on this deployment's tables, as its functions have them."""
        return app()

    def _keep(self, letter: DeadLetter) -> None:
        """Keep what was set aside where operators find it, as a schedule does in the cloud."""
        keep_letters(self.app.store, [letter])

    def unsettled(self) -> Instant | None:
        """Return the latest instant of the commands that came in and were not rung for yet."""
        come = self._inbox.read()
        self._unsettled += come
        known = () if self._latest is None else (self._latest,)
        self._latest = max((*known, *map(_instant_of, come)), default=None)
        return self._latest

    def settle(self, commands_max: int = COMMANDS_MAX) -> None:
        """Ring for all commands that came in since the last call, until nothing is left.

        Raises:
            Unsettled: some queues do not come to rest; all others have.
        """
        ring(self.functions, self.app, self._take, commands_max)

    def let_fall_due(self, at: Instant, commands_max: int = COMMANDS_MAX) -> Instant | None:
        """Let happen what falls due by itself until `at`, each at its own instant; go on from `at`.

        Returns for when the next waits, if anything does.

        Raises:
            Unsettled: some queues do not come to rest.
        """
        while (due := next_due(self.app.store)) and due[0] <= at:
            instant, queues = due
            self.play_at(instant)
            self.app.holds.release(instant)
            for queue in queues:
                reason = settled_in_the_end(self.app, queue)
                if reason:
                    raise Unsettled({queue: reason})
            self.settle(commands_max)
        self.play_at(at)
        self.app.holds.release(at)
        return due[0] if due else None

    def play_at(self, at: Instant) -> None:
        """Let the past be played as of `at`: what waits for a later instant is not due yet."""
        self._clock().played = at

    def stop_clock_at(self, at: Instant | None) -> None:
        """Let it be `at` for all that is written from now on; None: let the clock go again."""
        self._clock().stands_at = at

    def _clock(self) -> SystemClock:
        clock = self.app.clock
        assert isinstance(clock, SystemClock), "only the clock of the machine can be played"
        return clock

    def _take(self) -> list[Record]:
        """Return the records of the inbox that were not rung for yet; they are from now on."""
        records, self._unsettled = self._unsettled + self._inbox.read(), []
        self._latest = None
        return records

    def publish(self) -> None:
        """Publish the events and keep the notices of all that was committed since the last call.

        Webhooks that are due by then are delivered.

        Raises:
            DeliveryFailed: the publisher, or who keeps notices, keeps handing rows back.
        """
        while records := self._journal.read():
            for function in ("publish_events", "notify_members"):
                left = bring(self.functions, function, records)
                if left:
                    raise DeliveryFailed(f"{function} keeps handing back {len(left)} records")
            self.letters.mark("journal", self._journal.position or "")
        self.bus.deliver_webhooks()

    def recover(self) -> None:
        """Finish what an earlier process left: undelivered events, and queues with mail.

        Queues are taken in the order in which the plans of an event are settled. Commands whose
        event was not stored whole stay, until that event is delivered again.

        Raises:
            Unsettled: the store does not let some queues go on, or somebody else has them for too
                long; all others are settled.
        """
        self.bus.deliver_waiting()
        deadline = time.monotonic() + RECOVERY_SECONDS_MAX
        why: dict[QueueId, str] = {}
        for queue in queues_with_mail(self.app.store):
            try:
                while self.app.settler.settle(queue).busy and queue not in why:
                    if time.monotonic() > deadline:
                        why[queue] = "is being settled by somebody else"
                    time.sleep(0.05)
            except Impossible:
                reason = settled_in_the_end(self.app, queue)
                why |= {queue: reason} if reason else {}
        if why:
            raise Unsettled(why)

    def dead_letters(self) -> list[StoredMessage]:
        """Return all that was ever set aside, oldest first."""
        return self.letters.read(MessageBox.DEAD)


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
        self.deployment: LocalDeployment | None = None

    def set_aside(self, body: str, reason: str, code: str, function: str) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.set_aside(body, reason, code, function)

    def replay(self, function: str, body: str) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.replay(function, body)

    def carry_on(self, body: str) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.carry_on(body)

    def tell_later(self, body: str, delay_seconds: int) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        self.deployment.bus.tell_later(body, delay_seconds)

    def put(self, entry: Mapping[str, Any]) -> None:
        assert self.deployment is not None, "functions run only in a deployment"
        if entry["source"] != "rebate":
            self.deployment.bus.put(entry)


@contextmanager
def deployed(
    clients: Clients, prefix: str, outside: Path | None = None
) -> Iterator[LocalDeployment]:
    """Yield a deployment, with its tables made if they are not there; one at a time.

    In the folder `outside` is kept what stands outside the tables; None: in this process.
    """
    backend = _Backend()
    with ExitStack() as stack:
        address = stack.enter_context(edge(backend))
        stack.enter_context(environment(prefix, clients.endpoint, address, outside))
        app.cache_clear()
        stack.callback(app.cache_clear)
        backend.deployment = LocalDeployment(_on_engine(clients, prefix), address)
        yield backend.deployment


def _on_engine(clients: Clients, prefix: str) -> Storage:
    """Return the storage on an engine; its streams are read from where they were left, or from now.

    What an earlier process left unread of the inbox, `LocalDeployment.recover` finds.
    """
    letters = MessageStore(clients.dynamodb, prefix)
    is_new = create_tables(clients.dynamodb, prefix, letters)

    def stream(table: str, after: str | None) -> Stream:
        return Stream(clients.streams, f"{prefix}{table}", from_start=is_new, after=after)

    return Storage(
        letters, stream("inbox", None), stream("journal", letters.marked("journal")), is_new
    )
