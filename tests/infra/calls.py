"""What functions ask of AWS: recorded while they run on this machine.

Whoever settles a queue may have to settle anything, so what is asked while settling is recorded as
asked by `SETTLEMENT`, and counts for every function that settles.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import pytest
from botocore.client import BaseClient

from local.functions import Functions
from rebate.usecases.settle_queue import Settler

USECASES = Path(__file__).parents[2] / "shared" / "rebate" / "usecases"
SETTLEMENT = "settlement"

Call: TypeAlias = tuple[str, str]
"""An IAM action, and the table (`table/index`) or service that it is done to."""

_IN_TRANSACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_WRITES = frozenset({"Put", "Remove", "Credit", "Check"})


@dataclass(frozen=True, order=True)
class Site:
    """A place in a use case where the store is asked."""

    file: str
    inside: str
    first: int
    last: int
    asks: str


@dataclass
class Recorder:
    """Who asked what, which code was entered, and which of its lines ran."""

    prefix: str = ""
    calls: dict[str, set[Call]] = field(default_factory=lambda: defaultdict(set))
    entered: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    lines: dict[str, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    settlers: set[str] = field(default_factory=set)
    who: ContextVar[str | None] = field(default_factory=lambda: ContextVar("who", default=None))

    def asked_by(self, function: str) -> set[Call]:
        settled = self.calls[SETTLEMENT] if function in self.settlers else set()
        return self.calls[function] | settled

    def missed(self) -> Iterator[tuple[str, Site]]:
        """Yield who entered code without being seen to ask what stands there."""
        for site in sites():
            for who, entered in self.entered.items():
                ran = any((site.file, n) in self.lines[who] for n in range(site.first, site.last + 1))
                if (site.file, site.inside) in entered and not ran:
                    yield who, site

    def record(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        who = self.who.get()
        if who is not None:
            for action, resource in actions_of(service, operation, parameters):
                self.calls[who].add((action, resource.removeprefix(self.prefix)))

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(str(USECASES)):
            return None
        name, who = str(Path(frame.f_code.co_filename).relative_to(USECASES)), self.who.get()
        assert who is not None
        self.entered[who].add((name, frame.f_code.co_qualname))
        seen = self.lines[who]

        def trace_line(frame: FrameType, event: str, _: Any) -> Any:
            seen.add((name, frame.f_lineno))
            return trace_line

        return trace_line

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
    ask, call, settle = BaseClient._make_api_call, Functions.call, Settler.settle

    def record_and_ask(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        recorder.record(client.meta.service_model.service_name, operation, parameters)
        return ask(client, operation, parameters)

    def call_function(functions: Functions, name: str, event: dict[str, Any]) -> Any:
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
        yield recorder


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
                    last = child.end_lineno or child.lineno
                    yield Site(file, inside, child.lineno, last, ast.unparse(child))
                yield from _sites(child, file, inside)


def _asks(call: ast.Call) -> bool:
    match call.func, call.args:
        case ast.Name(name), _ if name in _WRITES:
            return True
        case ast.Name("map"), [ast.Name(name), *_] if name in _WRITES:
            return True
        case ast.Attribute(ast.Name("store") | ast.Attribute(_, "store" | "_store")), _:
            return True
    return False
