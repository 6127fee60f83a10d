"""`rebate parked`: commands that cannot be carried out, and what is to become of them."""

import getpass
import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from local.failures import BadInput
from local.screen import print_json
from local.stores import DEMO_STORE, books, opened, require_store
from rebate.adapters.clock import SystemClock
from rebate.contracts.api import as_json
from rebate.contracts.parked import ParkedShown
from rebate.domain.errors import Rejected
from rebate.domain.parking import ParkedState
from rebate.usecases.parking.decide_parked import ParkedCommands
from rebate.usecases.parking.show_parked import show_parked
from rebate.usecases.storage.ports import Store

SUMMARY = "list commands that cannot be carried out; let one go on, or drop it"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("action", nargs="?", choices=("list", "release", "drop"), default="list")
    parser.add_argument("id", nargs="?", help="of the command that is decided on")
    parser.add_argument("--reason", help="why; it is kept")
    parser.add_argument("--by", default=None, help="who decides; default: who is logged in")
    parser.add_argument(
        "--state", choices=tuple(ParkedState), default=ParkedState.PARKED, help="which are listed"
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--store", type=Path, metavar="DIR", default=DEMO_STORE, help=f"default: {DEMO_STORE}"
    )
    where.add_argument("--stage", metavar="S", help="a deployment on AWS")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: Namespace) -> int:
    """List, or decide.

    Raises:
        BadInput: no such command is parked, or no reason is given.
    """
    if arguments.action == "list":
        return _list(arguments)
    if not arguments.id or not arguments.reason:
        raise BadInput(f"{arguments.action} takes the id of a parked command, and --reason")
    with _opened(arguments) as (store, settle):
        parked = ParkedCommands(store, SystemClock())
        decide = parked.release if arguments.action == "release" else parked.drop
        try:
            done = decide(arguments.id, by=arguments.by or getpass.getuser(), why=arguments.reason)
        except Rejected as rejected:
            raise BadInput(str(rejected)) from rejected
        settle()
    if arguments.json:
        print_json(json.loads(as_json(done)))
    else:
        print(_told(done))
    return 0


def _list(arguments: Namespace) -> int:
    with books(None if arguments.stage else arguments.store, arguments.stage) as store:
        found = list(_all(store, arguments.state))
    if arguments.json:
        print_json(json.loads(as_json({"parked": found})))
    else:
        print("\n".join(map(_told, found)) or f"No command is {arguments.state}.")
    return 0


@contextmanager
def _opened(arguments: Namespace) -> Iterator[tuple[Store, Callable[[], None]]]:
    """Yield the store, and what settles there what goes on; a stage's stream rings by itself."""
    if arguments.stage:
        with books(None, arguments.stage) as store:
            yield store, lambda: None
        return
    require_store(arguments.store)
    with opened(arguments.store) as deployment:
        yield deployment.app.store, deployment.settle


def _all(store: Store, state: str) -> Iterator[ParkedShown]:
    page = show_parked(store, state)
    yield from page.parked
    while page.next is not None:
        page = show_parked(store, state, page.next)
        yield from page.parked


def _told(each: ParkedShown) -> str:
    about = f" of order {each.order}" if each.order else ""
    decided = f"; {each.state} by {each.by} at {each.decided_at}: {each.why}" if each.by else ""
    what = f"{each.queue}: {each.command}{about} of {each.caused_at}"
    return f"{each.id}  {what}, parked at {each.at}: {each.reason}{decided}"
