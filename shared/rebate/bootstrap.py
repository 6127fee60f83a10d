"""The only place where use cases meet adapters."""

import os
import random
import time
from dataclasses import dataclass
from functools import cache
from uuid import uuid4

from rebate.adapters.clock import SystemClock
from rebate.adapters.dynamodb import DynamoStore
from rebate.usecases.accept_order import OrderDesk
from rebate.usecases.exchange_entry import EntryDesk
from rebate.usecases.ports import Clock, Store
from rebate.usecases.queue_commands import Scheduler
from rebate.usecases.settings import SettingsReader
from rebate.usecases.settle_queue import Settler


@dataclass(frozen=True, slots=True)
class App:
    """All use cases of one deployment."""

    store: Store
    clock: Clock
    settings: SettingsReader
    orders: OrderDesk
    settler: Settler
    scheduler: Scheduler
    entries: EntryDesk


def wire(store: Store, clock: Clock | None = None) -> App:
    """Return the use cases on a store."""
    clock = clock or SystemClock()
    settings = SettingsReader(store)
    settler = Settler(store, clock, settings, name=str(uuid4()), pause=_jitter)
    return App(
        store=store,
        clock=clock,
        settings=settings,
        orders=OrderDesk(store, clock, settings),
        settler=settler,
        scheduler=Scheduler(store, clock, settings),
        entries=EntryDesk(store, clock, settings, settler, pause=_jitter),
    )


@cache
def app() -> App:
    """Return the use cases of the deployment that the environment names.

    `REBATE_TABLE_PREFIX` stands before every table's name; `REBATE_DYNAMODB_ENDPOINT` names an
    engine other than AWS's.
    """
    prefix = os.environ["REBATE_TABLE_PREFIX"]
    endpoint = os.environ.get("REBATE_DYNAMODB_ENDPOINT")
    return wire(DynamoStore(prefix, os.environ["AWS_REGION"], endpoint))


def _jitter(attempt: int) -> None:
    """Wait a random while, longer with every attempt, up to half a second."""
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - no secret
