"""What functions ask of AWS: recorded while they run on this machine.

Whoever settles a queue may have to settle anything, so what is asked while settling is recorded as
asked by `SETTLEMENT`, and counts for every function that settles.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from inspect import signature
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple, TypeAlias

import pytest
from botocore.client import BaseClient

from local.fake_aws import CONNECT_QUEUE, REPLAY_QUEUES, WEBHOOK_QUEUE
from local.functions import Functions
from rebate import bootstrap
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import app
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settlement.settle_queue import Settler
from rebate.usecases.storage.buffered_store import BufferedStore
from rebate.usecases.storage.ports import Check, Credit, Put, Remove, inline

USECASES = Path(__file__).parents[2] / "shared" / "rebate" / "usecases"
SETTLEMENT = "settlement"
_PREFIX = f"{USECASES}/"

Call: TypeAlias = tuple[str, str]
"""An IAM action, and the table (`table/index`) or service that it is done to."""


class Place(NamedTuple):
    """A part of a file: (line, column) of its begin and end."""

    file: str
    begins: tuple[int, int]
    ends: tuple[int, int]


_IN_TRANSACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_WRITES = {kind.__name__: kind for kind in (Put, Remove, Credit, Check)}
_READS = ("get", "get_many", "get_all", "query", "waiting_tickets", "scan", "commit", "put_each")


@dataclass(frozen=True, order=True)
class Site:
    """A place in a use case where the store is asked; it is known by where it ends."""

    file: str
    inside: str
    ends: tuple[int, int]
    asks: str
    is_spread: bool = False
    """Whether it asks when what stands around it is carried out, as `map` does."""


@dataclass
class Recorder:
    """Who asked what, which code was entered, and where in it something was asked."""

    prefix: str = ""
    calls: dict[str, set[Call]] = field(default_factory=lambda: defaultdict(set))
    entered: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    reached: dict[str, set[Place]] = field(default_factory=lambda: defaultdict(set))
    settlers: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    requests: set[tuple[str, str]] = field(default_factory=set)
    """Method and path of what the API was asked."""
    who: ContextVar[str | None] = field(default_factory=lambda: ContextVar("who", default=None))

    def asked_by(self, function: str) -> set[Call]:
        settled = self.calls[SETTLEMENT] if function in self.settlers else set()
        return self.calls[function] | settled

    def missed(self) -> Iterator[tuple[str, Site]]:
        """Yield who entered code without being seen to ask what stands there."""
        for site in sites():
            for who, entered in self.entered.items():
                if (site.file, site.inside) in entered and not self._reached(who, site):
                    yield who, site

    def never_entered(self) -> set[tuple[str, str]]:
        """Return where the store would be asked, if anybody had entered it."""
        entered = set().union(*self.entered.values())
        return {(site.file, site.inside) for site in sites()} - entered

    def _reached(self, who: str, site: Site) -> bool:
        if not site.is_spread:
            return any(at.file == site.file and at.ends == site.ends for at in self.reached[who])
        return any(
            at.file == site.file and at.begins <= site.ends <= at.ends for at in self.reached[who]
        )

    def record(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        who = self.who.get()
        if who is not None:
            for action, resource in actions_of(service, operation, parameters):
                self.calls[who].add((action, resource.removeprefix(self.prefix)))

    def reach(self, frame: FrameType) -> None:
        who = self.who.get()
        if who is not None and frame.f_code.co_filename.startswith(_PREFIX):
            self.reached[who].add(_place(frame.f_code, frame.f_lasti))

    def trace(self, frame: FrameType, event: str, _: Any) -> None:
        """Called for every call of Python while a function runs, so it has to be quick."""
        code = frame.f_code
        if code.co_filename.startswith(_PREFIX):
            who = self.who.get()
            assert who is not None
            self.entered[who].add(
                (code.co_filename[len(_PREFIX) :], code.co_qualname.replace(".<locals>", ""))
            )

    @contextmanager
    def acting(self, who: str) -> Iterator[None]:
        token, before = self.who.set(who), sys.gettrace()
        sys.settrace(self.trace)
        try:
            yield
        finally:
            sys.settrace(before)
            self.who.reset(token)


def actions_of(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Call]:
    """Yield what IAM is asked to allow for one call of an API."""
    if service == "sqs" and parameters["QueueUrl"].endswith(CONNECT_QUEUE):
        yield f"sqs:{operation}", "connect"
        return
    if service == "sqs" and parameters["QueueUrl"].endswith(WEBHOOK_QUEUE):
        yield "sqs:SendMessage", "webhooks"  # a batch needs no right of its own
        return
    if service == "sqs" and REPLAY_QUEUES in parameters["QueueUrl"]:
        yield f"sqs:{operation}", "replays"
        return
    if service != "dynamodb":
        yield f"{service}:{operation}", service
        return
    match operation:
        case "TransactWriteItems" | "TransactGetItems":
            for item in parameters["TransactItems"]:
                for kind, details in item.items():
                    yield _IN_TRANSACTIONS[kind], details["TableName"]
        case "BatchGetItem" | "BatchWriteItem":
            for table in parameters["RequestItems"]:
                yield f"dynamodb:{operation}", table
        case _:
            table, index = parameters["TableName"], parameters.get("IndexName")
            yield f"dynamodb:{operation}", f"{table}/{index}" if index else table


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record what functions ask from now on."""
    recorder = Recorder()
    ask: Callable[..., Any] = vars(BaseClient)["_make_api_call"]
    call, settle = Functions.call, Settler.settle

    def record_and_ask(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        recorder.record(client.meta.service_model.service_name, operation, parameters)
        with _untraced():
            return ask(client, operation, parameters)

    def call_function(functions: Functions, name: str, event: dict[str, Any]) -> Any:
        _forget()
        recorder.called.add(name)
        if name == "api":
            recorder.requests.add((event["requestContext"]["http"]["method"], event["rawPath"]))
        with recorder.acting(name):
            return call(functions, name, event)

    def settle_queue(settler: Settler, queue: Any) -> Any:
        who = recorder.who.get()
        if who is None:
            return settle(settler, queue)
        recorder.settlers.add(who)
        with recorder.acting(SETTLEMENT):
            return settle(settler, queue)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", record_and_ask)
        patch.setattr(Functions, "call", call_function)
        patch.setattr(Settler, "settle", settle_queue)
        # In a thread of its own nobody would know on whose behalf a commit is made.
        patch.setattr(bootstrap, "BackgroundCommit", lambda _on_send: inline)
        for asker, names in (
            (DynamoStore, _READS),
            (BufferedStore, _READS),
            *((_compiled(kind), ["__new__"]) for kind in _WRITES.values()),
        ):
            for name in names:
                patch.setattr(asker, name, _reaching(recorder, getattr(asker, name)))
        yield recorder


def _compiled(kind: type) -> type:
    """Return a class of records whose constructor stays the one that it is."""
    kind(*signature(kind).parameters)
    return kind


@contextmanager
def _untraced() -> Iterator[None]:
    """Enter nobody's code that is of interest: the SDK takes most of a tour, and is quick so."""
    before = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(before)


def _reaching(recorder: Recorder, ask: Callable[..., Any]) -> Callable[..., Any]:
    """Return `ask`, which tells from where it was called."""

    def reach_and_ask(*arguments: Any, **named: Any) -> Any:
        recorder.reach(sys._getframe(1))
        return ask(*arguments, **named)

    return reach_and_ask


@cache
def _place(code: CodeType, instruction: int) -> Place:
    first, last, begin, end = list(code.co_positions())[instruction // 2]
    assert None not in {first, last, begin, end}
    return Place(code.co_filename[len(_PREFIX) :], (first or 0, begin or 0), (last or 0, end or 0))


def _forget() -> None:
    """Let no function know what another has read: in the cloud each has a process of its own."""
    reader = app().settings
    reader._known = SettingsReader(reader._store)._known


def sites() -> Iterator[Site]:
    """Yield all places in the use cases where the store is asked."""
    for path in sorted(USECASES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield from _sites(tree, str(path.relative_to(USECASES)), "")


def _sites(node: ast.AST, file: str, inside: str) -> Iterator[Site]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.ClassDef(name=name):
                yield from _sites(child, file, f"{inside}{name}.")
            case ast.FunctionDef(name=name):
                yield from _sites(child, file, f"{inside.removesuffix('.')}.{name}".lstrip("."))
            case _:
                if isinstance(child, ast.Call) and _asks(child):
                    ends = (child.end_lineno or 0, child.end_col_offset or 0)
                    asks, is_spread = ast.unparse(child), _is_spread(child)
                    yield Site(file, inside.removesuffix("."), ends, asks, is_spread)
                yield from _sites(child, file, inside)


def _asks(call: ast.Call) -> bool:
    match call.func:
        case ast.Name(name) if name in _WRITES:
            return True
        case ast.Attribute(ast.Name("store") | ast.Attribute(_, "store" | "_store")):
            return True
    return _is_spread(call)


def _is_spread(call: ast.Call) -> bool:
    match call.func, call.args:
        case ast.Name("map"), [ast.Name(name), *_]:
            return name in _WRITES
    return False
