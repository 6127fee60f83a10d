"""What one process does in `test_processes`: it accepts events and settles what they cause."""

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random

from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import App, wire
from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded, parse_event
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.names import QueueId

REGION = "eu-central-1"
PREFIX = "rebate-"

Told = tuple[str, dict[str, object]]


def work(number: int, folder: Path, events: list[Told]) -> None:
    """Bring every event to the deployment whose address stands in `folder`; note each that is in.

    What this process noted before it was killed it leaves out, but for the last one.
    """
    noted = folder / f"accepted-{number}"
    known = noted.read_text(encoding="ascii").split() if noted.exists() else []
    left = sorted(set(range(len(events))) - set(map(int, known[:-1])))
    Random(number).shuffle(left)
    with noted.open("a", encoding="ascii") as accepted:
        for index in left:
            queues = _until_accepted(folder, events[index])
            accepted.write(f"{index} ")
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
    return wire(DynamoStore(PREFIX, REGION, endpoint))


def _until_accepted(folder: Path, told: Told) -> tuple[QueueId, ...]:
    event = parse_event(*told)
    assert isinstance(event, OrderPaid | OrderCompleted | OrderRefunded)
    while True:
        try:
            return deployment(folder).orders.accept(event).queues
        except Unavailable:
            time.sleep(0.1)
