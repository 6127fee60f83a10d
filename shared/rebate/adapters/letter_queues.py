"""The queues of what was set aside, and those that it is replayed to: SQS.

The environment names them a line each: the function's name, a space, the queue's address.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable
from rebate.domain.letters import DeadLetter
from rebate.domain.records import dataclass
from rebate.domain.times import Instant

BATCHES_MAX = 20
"""Batches of ten that one reading takes of a queue; the next goes on."""

UNDELIVERABLE = "undeliverable"
"""The code of what a queue or a rule gave up, which says no more about it."""

_REASONS = ("reason", "ERROR_MESSAGE", "ErrorMessage")
"""How functions, rules and schedules, and Lambda name why."""


@dataclass(frozen=True, slots=True)
class LetterBatch:
    """Some letters; `done` takes them out of their queue."""

    letters: Sequence[DeadLetter]
    done: Callable[[], None]


class LetterQueues:
    """Reads what was set aside."""

    def __init__(self, queues: str, region: str) -> None:
        """Read the queues that `queues` names."""
        self._queues = queues_of(queues)
        self._region = region

    def read(self) -> Iterator[LetterBatch]:
        """Yield what lies in the queues, in batches.

        Raises:
            Unavailable: SQS did not answer.
        """
        for function, url in self._queues.items():
            for _ in range(BATCHES_MAX):
                messages = self._receive(url)
                if not messages:
                    break
                letters = [letter_of(function, each) for each in messages]
                yield LetterBatch(letters, partial(self._remove, url, messages))

    def _receive(self, url: str) -> list[dict[str, Any]]:
        try:
            answer = self._client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp"],
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {error}") from error
        return list(answer.get("Messages", ()))

    def _remove(self, url: str, messages: Sequence[Mapping[str, Any]]) -> None:
        try:
            for each in messages:
                self._client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {error}") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)


class SqsReplayQueues:
    """Implements `rebate.usecases.letters.replay_letters.ReplayQueues`."""

    def __init__(self, queues: str, region: str) -> None:
        """Send to the queues that `queues` names."""
        self._queues = queues_of(queues)
        self._region = region

    def send(self, function: str, body: str) -> None:
        """Send a message to a function's queue.

        Raises:
            Unavailable: the queue did not take it, or there is none.
        """
        url = self._queues.get(function)
        if url is None:
            raise Unavailable(f"no queue of {function} is configured")
        try:
            self._client.send_message(QueueUrl=url, MessageBody=body)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SQS: {error}") from error

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("sqs", self._region)


def queues_of(text: str) -> dict[str, str]:
    """Return the addresses of queues by function."""
    found = {}
    for line in filter(str.strip, text.splitlines()):
        name, url = line.split(maxsplit=1)
        found[name] = url
    return found


def letter_of(function: str, message: Mapping[str, Any]) -> DeadLetter:
    """Return the letter that a message is; whoever receives it again finds the same."""
    said = {
        name: attribute.get("StringValue", "")
        for name, attribute in message.get("MessageAttributes", {}).items()
    }
    reason = next((said[name] for name in _REASONS if said.get(name)), None)
    return DeadLetter(
        id=message["MessageId"],
        at=Instant(int(message["Attributes"]["SentTimestamp"]) * 1_000),
        function=function,
        body=message["Body"],
        code=said.get("code") or UNDELIVERABLE,
        reason=reason or "it was brought several times, and never carried out",
    )
