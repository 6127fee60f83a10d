"""What the functions really ask of AWS: recorded while they play every scenario that there is."""

import ast
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

import pytest
from botocore.client import BaseClient
from local.functions import Functions

USECASES = Path(__file__).parents[2] / "shared" / "rebate" / "usecases"

Resource: TypeAlias = str
"""A table by its own name, `table/index`, or `queue` and `bus`: there is one of each kind."""

Call: TypeAlias = tuple[str, Resource]
"""An IAM action, and what it is done to."""

_IN_TRANSACTIONS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}


@dataclass
class Recorder:
    """Calls by function, and the lines of use cases that ran in any."""

    prefix: str = ""
    calls: dict[str, set[Call]] = field(default_factory=dict)
    lines: set[tuple[str, int]] = field(default_factory=set)
    function: str | None = None

    def record(self, service: str, operation: str, parameters: dict[str, Any]) -> None:
        assert self.function is not None, "the player of scenarios is not recorded"
        known = self.calls.setdefault(self.function, set())
        known.update(
            (action, resource.removeprefix(self.prefix))
            for action, resource in actions_of(service, operation, parameters)
        )

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(str(USECASES)):
            return None
        name = str(Path(frame.f_code.co_filename).relative_to(USECASES))

        def trace_lines(frame: FrameType, event: str, _: Any) -> Any:
            self.lines.add((name, frame.f_lineno))
            return trace_lines

        return trace_lines


def actions_of(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Call]:
    """Yield what IAM is asked to allow for one call of an API."""
    if service != "dynamodb":
        yield f"{service}:{operation}", {"sqs": "queue", "events": "bus"}[service]
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
            index = parameters.get("IndexName")
            table = parameters["TableName"]
            yield f"dynamodb:{operation}", f"{table}/{index}" if index else table


@contextmanager
def recording() -> Iterator[Recorder]:
    """Record all calls of botocore's clients, by the function that makes them."""
    recorder = Recorder()
    api_call, call = BaseClient._make_api_call, Functions.call

    def make_api_call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if recorder.function:
            recorder.record(client.meta.service_model.service_name, operation, parameters)
        return api_call(client, operation, parameters)

    def call_function(functions: Functions, name: str, event: dict[str, Any]) -> Any:
        before, recorder.function = recorder.function, name
        sys.settrace(recorder.trace)
        try:
            return call(functions, name, event)
        finally:
            sys.settrace(None if before is None else recorder.trace)
            recorder.function = before

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", make_api_call)
        patch.setattr(Functions, "call", call_function)
        yield recorder


def sites() -> Iterator[tuple[str, int, int, str]]:
    """Yield where use cases ask the store: file, first and last line, what is asked."""
    for path in sorted(USECASES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _asks(node.func):
                last = node.end_lineno or node.lineno
                yield str(path.relative_to(USECASES)), node.lineno, last, ast.unparse(node)


def _asks(called: ast.expr) -> bool:
    match called:
        case ast.Name("Put" | "Remove" | "Credit" | "Check"):
            return True
        case ast.Attribute(ast.Name("store") | ast.Attribute(_, "store" | "_store"), _):
            return True
        case _:
            return False
