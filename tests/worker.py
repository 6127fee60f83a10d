"""What one process does in `test_processes`: it accepts events and settles what they cause."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random
from typing import TextIO

from rebate.adapters.background_commit import BackgroundCommit
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import App, wire
from rebate.contracts.events_in import Event, OrderCompleted, OrderPaid, OrderRefunded, parse_event
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import QueueId
from rebate.usecases.orders.accept_order import OrderAcceptance
from rebate.usecases.orders.accept_together import OrderBatch, ToldOrder

REGION = "eu-central-1"
PREFIX = "rebate-"
BATCH = 4

Told = tuple[str, dict[str, object]]


def enough(folder: Path) -> Path:
    """Return the file whose presence says that no process will be killed any more."""
    return folder / "enough"


def work(number: int, folder: Path, events: list[Told]) -> None:
    """Bring every event to the deployment whose address stands in `folder`; note each that is in.

    They come in batches. What this process noted before it was killed it leaves out, but for the
    last batch. Done while others are still to be killed, it brings them all once more.
    """
    noted = folder / f"accepted-{number}"
    known = noted.read_text(encoding="ascii").split() if noted.exists() else []
    chance = Random(number)
    with noted.open("a", encoding="ascii") as accepted:
        left = set(range(len(events))) - set(map(int, known[:-BATCH]))
        _bring(folder, events, chance.sample(sorted(left), len(left)), accepted)
        while not enough(folder).exists():
            _bring(folder, events, chance.sample(range(len(events)), len(events)), accepted)


def _bring(folder: Path, events: list[Told], order: list[int], accepted: TextIO) -> None:
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        queues = _until_accepted(folder, [events[index] for index in batch])
        accepted.writelines(f"{index} " for index in batch)
        accepted.flush()
        os.fsync(accepted.fileno())
        with suppress(Conflict, Unavailable):
            for queue in queues:
                deployment(folder).settler.settle(queue)


def deployment(folder: Path) -> App:
    """Return the use cases on the engine as it runs now."""
    return _on((folder / "endpoint").read_text(encoding="ascii"))


@cache
def _on(endpoint: str) -> App:
    store = DynamoStore(PREFIX, REGION, endpoint)
    return wire(store, aside=BackgroundCommit(store.on_commit))


def _until_accepted(folder: Path, told: list[Told]) -> set[QueueId]:
    while True:
        try:
            return set(_accepted(deployment(folder).orders, [parse_event(*each) for each in told]))
        except Unavailable:
            time.sleep(0.1)


def _accepted(desk: OrderAcceptance, events: list[Event]) -> Iterator[QueueId]:
    together = OrderBatch(desk)
    shared = OrderPaid | OrderCompleted
    together.expect(ToldOrder(event) for event in events if isinstance(event, shared))
    for event in events:
        assert isinstance(event, shared | OrderRefunded)
        if isinstance(event, shared):
            yield from together.accept(event).queues
        else:
            yield from desk.accept(event).queues
