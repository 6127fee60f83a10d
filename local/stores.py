"""Stores: folders in which the data of a deployment outlives the command."""

import itertools
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path

from local.deployment import Clients, LocalDeployment, deployed
from local.engine import STORE_FILE, dynamodb
from local.failures import BadInput
from local.memory import deployed_in_memory
from rebate.adapters.archive import BucketArchive
from rebate.adapters.aws import client
from rebate.adapters.dynamodb import DynamoStore
from rebate.adapters.signing import KmsKey
from rebate.bootstrap import App, app, wire
from rebate.usecases.audit.outside import Archive, MacKey
from rebate.usecases.office.acts import Acting, acting
from rebate.usecases.storage.ports import Store

PREFIX = "rebate-"

DEMO_STORE = Path(".rebate/demo")
"""Where the demonstration keeps its data, below the current folder."""


COMMAND_LINE = "command line"
"""Who acts where a command does: whoever may run it."""


class StoreEngine(StrEnum):
    """What keeps the rows while a command runs."""

    MEMORY = "memory"
    EMBEDDED = "embedded"


def add_engine_argument(parser: ArgumentParser) -> None:
    """Let a command be told on which engine it runs."""
    parser.add_argument(
        "--engine",
        choices=[engine.value for engine in StoreEngine],
        help="what keeps the rows meanwhile; default: memory, or embedded where data is kept",
    )


def engine_of(chosen: str | None, store: Path | None = None) -> StoreEngine:
    """Return the engine that was chosen, else the one for a store that is kept, or is not.

    Raises:
        BadInput: a store in memory cannot be kept.
    """
    if chosen is None:
        return StoreEngine.EMBEDDED if store else StoreEngine.MEMORY
    if store and chosen == StoreEngine.MEMORY:
        raise BadInput("--engine memory keeps nothing, so it takes no --store")
    return StoreEngine(chosen)


@contextmanager
def deployer(
    engine: StoreEngine,
) -> Iterator[Callable[[], AbstractContextManager[LocalDeployment]]]:
    """Yield what makes new deployments, one at a time, of which nothing is kept."""
    if engine is StoreEngine.MEMORY:
        yield deployed_in_memory
        return
    with dynamodb() as endpoint:
        clients = Clients(endpoint)
        numbers = itertools.count(1)
        yield lambda: deployed(clients, f"{clients.nonce}-{next(numbers)}-")


@contextmanager
def opened(
    store: Path | None, engine: StoreEngine = StoreEngine.EMBEDDED
) -> Iterator[LocalDeployment]:
    """Yield the deployment in a store, or one that is gone afterwards (None)."""
    if engine is StoreEngine.MEMORY:
        assert store is None, "nothing in memory is kept"
        with deployed_in_memory() as deployment:
            yield deployment
        return
    with dynamodb(store) as endpoint:
        clients = Clients(endpoint)
        prefix = PREFIX if store else f"{clients.nonce}-"
        with deployed(clients, prefix, outside=store) as deployment:
            yield deployment


def require_store(store: Path) -> None:
    """Insist that a folder is a store.

    Raises:
        BadInput: it is none.
    """
    if not (store / STORE_FILE).is_file():
        raise BadInput(f"{store} is no store: there is no {STORE_FILE} in it")


@contextmanager
def books(store: Path | None, stage: str | None) -> Iterator[Store]:
    """Yield what a folder holds, or the tables of a stage on AWS, to be read.

    Raises:
        BadInput: the folder is no store, or no region is named.
    """
    with use_cases(store, stage) as app:
        yield app.store


@contextmanager
def use_cases(
    store: Path | None, stage: str | None, *, settles: bool = False, makes: bool = False
) -> Iterator[App]:
    """Yield the use cases on what a folder holds, or on the tables of a stage on AWS.

    `settles`: what was sent to queues is carried out afterwards, and told; a stage does so by
    itself. `makes`: a store is made where there is none.

    Raises:
        BadInput: the folder is no store, or no region is named.
    """
    if stage is None:
        assert store is not None, "a store or a stage is named"
        if not makes:
            require_store(store)
        with opened(store) as deployment:
            yield deployment.app
            if settles:
                deployment.recover()
                deployment.publish()
        return
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise BadInput("AWS_REGION must name the region of the stage")
    yield wire(DynamoStore(f"rebate-{stage}-", region))


def add_where_arguments(parser: ArgumentParser) -> None:
    """Let a command be told whose data it is about: a folder's, or a stage's."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    where.add_argument("--stage", metavar="S", help="a deployment on AWS")


@contextmanager
def acting_on(
    arguments: Namespace,
    what: str,
    *,
    reason: str | None = None,
    request: str | None = None,
    makes: bool = False,
) -> Iterator[App]:
    """Yield the use cases where a command is to change something, which leaves its act (Rule 8.9).

    What it sent to queues is settled afterwards; `makes`: a store is made where there is none.

    Raises:
        BadInput: the folder is no store, or no region is named.
    """
    store = None if arguments.stage else arguments.store
    where = use_cases(store, arguments.stage, settles=True, makes=makes)
    with (
        where as app,
        acting(Acting(COMMAND_LINE, "admin", what, app.clock.now(), reason, request)),
    ):
        yield app


@contextmanager
def signed_books(
    store: Path | None, stage: str | None
) -> Iterator[tuple[Store, tuple[MacKey, Archive]]]:
    """Yield the books, and what was signed of them is to be read with.

    Raises:
        BadInput: the folder is no store, or no region is named.
    """
    with books(store, stage) as found:
        if stage is None:
            yield found, (app().outside.books_key, app().outside.archive)
            return
        region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
        account = client("sts", region).get_caller_identity()["Account"]
        key = KmsKey(f"alias/rebate-{stage}-books", region)
        yield found, (key, BucketArchive(f"rebate-{stage}-archive-{account}", region))
