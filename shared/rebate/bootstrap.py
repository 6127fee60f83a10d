"""The only place where use cases meet adapters."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import uuid4

from rebate.adapters.clock import SystemClock
from rebate.adapters.dead_letters import DeadLetterQueue, DeadLetters
from rebate.adapters.dynamodb import DynamoStore
from rebate.adapters.publisher import EventBus
from rebate.adapters.shop_secrets import ShopSecrets
from rebate.usecases.accept_order import OrderDesk
from rebate.usecases.exchange_entry import EntryDesk
from rebate.usecases.manage_catalog import StallDesk
from rebate.usecases.pay_commissions import CommissionDesk
from rebate.usecases.pay_dividend import DividendDesk
from rebate.usecases.ports import Clock, Store
from rebate.usecases.publish_events import Publisher
from rebate.usecases.queue_commands import Scheduler
from rebate.usecases.release_holds import HoldDesk
from rebate.usecases.save_catalog import CatalogDesk
from rebate.usecases.seeds import Seeds, random_seed
from rebate.usecases.settings import SettingsReader
from rebate.usecases.settle_queue import Settler
from rebate.usecases.wallets import Cashier


@dataclass(frozen=True, slots=True)
class Outside:
    """What a deployment reaches beside its store; each is touched only by those who use it."""

    dead_letters: DeadLetters
    publisher: Publisher
    shop_secrets: Callable[[], tuple[bytes, ...]]


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
    cashier: Cashier
    dividends: DividendDesk
    holds: HoldDesk
    seeds: Seeds
    catalog: CatalogDesk
    stalls: StallDesk
    outside: Outside


def wire(
    store: Store,
    clock: Clock | None = None,
    make_seed: Callable[[date], bytes] = random_seed,
    outside: Outside | None = None,
) -> App:
    """Return the use cases on a store; `make_seed` makes the seed of a day's draws."""
    clock = clock or SystemClock()
    settings = SettingsReader(store)
    seeds = Seeds(store, clock, make_seed)
    commissions = CommissionDesk(store, clock, settings)
    settler = Settler(store, clock, settings, commissions, name=str(uuid4()), pause=_jitter)
    return App(
        store=store,
        clock=clock,
        settings=settings,
        orders=OrderDesk(store, clock, settings, seeds),
        settler=settler,
        scheduler=Scheduler(store, clock, settings),
        cashier=Cashier(store, clock, settings),
        dividends=DividendDesk(store, clock, settings),
        holds=HoldDesk(store, clock),
        seeds=seeds,
        catalog=CatalogDesk(store, clock, settings),
        stalls=StallDesk(store, clock, settings, settler),
        outside=outside or _aws(),
        entries=EntryDesk(store, clock, settings, settler, seeds, pause=_jitter),
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


def _aws() -> Outside:
    """Return the queue, bus and secrets that the environment names; a function has what it needs.

    `REBATE_SHOP_SECRET_PARAMETER` names an SSM parameter; `REBATE_SHOP_SECRET` is the secret
    itself, for machines without SSM.
    """
    region = os.environ.get("AWS_REGION", "")
    return Outside(
        dead_letters=DeadLetterQueue(os.environ.get("REBATE_DEAD_LETTER_QUEUE_URL"), region),
        publisher=EventBus(os.environ.get("REBATE_BUS", ""), region),
        shop_secrets=ShopSecrets(
            region,
            parameter=os.environ.get("REBATE_SHOP_SECRET_PARAMETER"),
            text=os.environ.get("REBATE_SHOP_SECRET"),
        ),
    )


def _jitter(attempt: int) -> None:
    """Wait a random while, longer with every attempt, up to half a second."""
    time.sleep(random.uniform(0, min(0.5, 0.01 * 2**attempt)))  # noqa: S311 - no secret
