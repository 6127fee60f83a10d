"""Bringing records of streams to functions, until all is done or plainly never will be."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from local.functions import Functions
from local.streams import BATCH_MAX
from rebate.bootstrap import App
from rebate.domain.errors import Impossible
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.parking.park_command import PARKED_MAX, parked_of
from rebate.usecases.parking.park_command import TRIES_MAX as TRIES_OF_COMMAND
from rebate.usecases.settlement.wake_up import wake_up_of
from rebate.usecases.storage.rows.keys import Key

Record: TypeAlias = dict[str, Any]

TRIES_MAX = 20
"""How often in a row a batch is brought to a function that hands records back and settles none."""


class DeliveryFailed(Exception):
    """A function keeps handing back what a stream brings it. The message is one line."""


class Unsettled(DeliveryFailed):
    """Some queues did not come to rest, and all others did: `why` by queue."""

    def __init__(self, why: Mapping[QueueId, str]) -> None:
        super().__init__("; ".join(f"queue {queue} {reason}" for queue, reason in why.items()))
        self.why = why


def bring(
    functions: Functions,
    function: str,
    records: list[Record],
    goes_on: Callable[[], bool] = lambda: True,
) -> list[Record]:
    """Bring records in batches, and again from the first that was handed back, as for a shard.

    Those are returned that are handed back however often they come, or until it no longer
    `goes_on`.
    """
    left: list[Record] = []
    for start in range(0, len(records), BATCH_MAX):
        left += _bring_batch(functions, function, records[start : start + BATCH_MAX], goes_on)
    return left


def _bring_batch(
    functions: Functions, function: str, records: list[Record], goes_on: Callable[[], bool]
) -> list[Record]:
    tries = 0
    while True:
        settled = functions.metrics["settled"]
        answer = functions.call(function, {"Records": records}) or {}
        failed = {each["itemIdentifier"] for each in answer.get("batchItemFailures", ())}
        left = [each for each in records if each["dynamodb"]["SequenceNumber"] in failed]
        if not left:
            return []
        records = records[records.index(left[0]) :]
        tries = tries + 1 if functions.metrics["settled"] == settled else 0
        if tries == TRIES_MAX or not goes_on():
            return left
        time.sleep(min(0.5, 0.01 * 2**tries) if tries else 0)


def ring(
    functions: Functions, app: App, read: Callable[[], list[Record]], commands_max: int
) -> None:
    """Ring for the inbox's records that `read` returns, until it returns none.

    Raises:
        Unsettled: queues are handed back again and again, the store refuses what they write for
            ever, or more than `commands_max` commands were carried out and there is no end.
    """
    begun = functions.metrics["settled"]

    def done() -> int:
        return functions.metrics["settled"] - begun

    why: dict[QueueId, str] = {}
    rung: set[QueueId] = set()
    while records := read():
        stuck, parked = functions.metrics["stuck"], functions.metrics["parked"]
        rung.update(map(_queue_of, records))
        if done() <= commands_max:
            records = bring(functions, "settle", records, lambda: done() <= commands_max)
        reason = "is handed back again and again"
        if done() > commands_max:
            reason = f"comes to no end: {done()} commands were carried out, and more wait"
        why |= {_queue_of(record): reason for record in records}
        if functions.metrics["stuck"] > stuck:
            why |= _stuck(app, rung)
        if functions.metrics["parked"] > parked:
            why |= _parked(app, rung)
    if why:
        raise Unsettled(why)


def _stuck(app: App, queues: Iterable[QueueId]) -> Iterator[tuple[QueueId, str]]:
    """Yield those of the queues that do not go on however often they are rung for, and why."""
    for queue in sorted(queues):
        reason = settled_in_the_end(app, queue)
        if reason:
            yield queue, reason
    yield from _parked(app, queues)


def _parked(app: App, queues: Iterable[QueueId]) -> Iterator[tuple[QueueId, str]]:
    """Yield those of the queues of which commands are parked, and why the first is."""
    for queue in sorted(queues):
        row = app.store.get(Queue, Key(queue))
        if row and row.parked:
            first = min(parked_of(app.store, queue), key=lambda each: each.row.sort)
            order = getattr(first.row.command, "order", None)
            what = f"order {order}" if order else f"a command to {first.row.command.type}"
            yield queue, f"goes on without {what}: {first.reason} (`rebate parked` lists all)"


def settled_in_the_end(app: App, queue: QueueId) -> str | None:
    """Ring for a queue until what cannot be carried out is parked; return why it does not go on."""
    reason, version = None, -1
    for _ in range(TRIES_OF_COMMAND * (PARKED_MAX + 1)):
        try:
            app.settler.settle(queue)
        except Impossible as error:
            row = app.store.get(Queue, Key(queue))
            before, version = version, row.version if row else 0
            reason = f"cannot go on: {error}"
            if version == before:
                return reason
        else:
            return None
    return reason


def _queue_of(record: Record) -> QueueId:
    keys = record["dynamodb"]["Keys"]
    return wake_up_of(keys["partition"]["S"], keys["sort"]["S"]).queue
