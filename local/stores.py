"""Stores: folders in which the data of a deployment outlives the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.deployment import Clients, Deployment, deployed
from local.engine import STORE_FILE, dynamodb
from local.failures import BadInput

PREFIX = "rebate-"

DEMO_STORE = Path(".rebate/demo")
"""Where the demonstration keeps its data, below the current folder."""


@contextmanager
def opened(store: Path | None) -> Iterator[Deployment]:
    """Yield the deployment in a store, or one that is gone afterwards (None)."""
    with dynamodb(store) as endpoint:
        clients = Clients(endpoint)
        prefix = PREFIX if store else f"{clients.nonce}-"
        with deployed(clients, prefix) as deployment:
            yield deployment


def require_store(store: Path) -> None:
    """Insist that a folder is a store.

    Raises:
        BadInput: it is none.
    """
    if not (store / STORE_FILE).is_file():
        raise BadInput(f"{store} is no store: there is no {STORE_FILE} in it")
