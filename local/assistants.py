"""What assistants may ask: a tool for each operation that operators have, by the table of routes.

A tool asks the API as an operator does: of a store on this machine, or of a stage. What only looks,
checks or simulates is always there; what changes something only where changes are allowed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from pydantic import BaseModel
from urllib3 import PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from local.functions import Functions
from local.http import request_event
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience, Kind, OperatorRole, QueryParameter, Route

WORKER = "assistant"
"""By which name changes are remembered that an assistant made in a store."""

Answer: TypeAlias = tuple[int, str]
"""Status and text."""

Asks: TypeAlias = Callable[[str, str, Mapping[str, Any] | None], Answer]
"""Asks an API: method, target with query, and body."""

_PATIENCE = Timeout(connect=5, read=30)
_FIRST_REFUSAL = 400


@dataclass(frozen=True)
class AssistantTool:
    """An operation as a tool; `changes`: it changes something."""

    name: str
    route: Route
    changes: bool

    def schema(self) -> dict[str, Any]:
        """Return what it takes, as JSON Schema."""
        if self.route.takes is not None:
            return _model(self.route.takes).model_json_schema()
        parts = {name: {"type": "string"} for name in _parts(self.route.path)}
        return {
            "type": "object",
            "properties": parts | {each.name: _schema(each) for each in self.route.query},
            "required": [*parts, *(each.name for each in self.route.query if each.required)],
            "additionalProperties": False,
        }

    def ask(self, asks: Asks, given: Mapping[str, Any]) -> Answer:
        """Ask the API with what was given."""
        if self.route.takes is not None:
            return asks(self.route.method, self.route.path, given)
        path, rest = self.route.path, dict(given)
        for name in _parts(path):
            text = quote(str(rest.pop(name, "")), safe="")
            path = path.replace(f"{{{name}}}", text).replace(f"{{{name}+}}", text)
        query = urlencode({name: value for name, value in rest.items() if value is not None})
        return asks(self.route.method, f"{path}?{query}" if query else path, None)


def tools(*, allow_changes: bool) -> dict[str, AssistantTool]:
    """Return the tools by name; without `allow_changes` those that change nothing."""
    found = [_tool(route) for route in ROUTES if route.audience is Audience.OPERATOR]
    return {each.name: each for each in found if allow_changes or not each.changes}


def _tool(route: Route) -> AssistantTool:
    """Return the tool of a route: of what a viewer may post, nothing is changed."""
    changes = route.method != "GET" and route.role is not OperatorRole.VIEWER
    words = [part.strip("{+}") for part in route.path.removeprefix("/v1/").split("/")]
    name = "_".join(words).replace("-", "_")
    return AssistantTool(f"{route.method.lower()}_{name}", route, changes)


def refused(answer: Answer) -> bool:
    """Tell whether an answer is a refusal."""
    return answer[0] >= _FIRST_REFUSAL


def _model(name: str) -> type[BaseModel]:
    module, _, kind = name.rpartition(".")
    found: type[BaseModel] = getattr(import_module(f"rebate.contracts.{module}"), kind)
    return found


def _parts(path: str) -> list[str]:
    pieces = path.split("/")
    return [each.strip("{+}") for each in pieces if each.startswith("{")]


def _schema(parameter: QueryParameter) -> dict[str, Any]:
    if parameter.choices:
        return {"type": "string", "enum": list(parameter.choices)}
    if parameter.kind is Kind.NUMBER:
        return {"type": "integer", "minimum": parameter.at_least}
    return {"type": "string", "description": parameter.kind.value}


def of_functions(functions: Functions, *, allow_changes: bool) -> Asks:
    """Return what asks the API's function on this machine."""
    role = OperatorRole.ADMIN if allow_changes else OperatorRole.VIEWER
    return partial(_ask_function, functions, role)


def _ask_function(
    functions: Functions,
    role: OperatorRole,
    method: str,
    target: str,
    body: Mapping[str, Any] | None,
) -> Answer:
    sent = b"" if body is None else json.dumps(body).encode()
    event = request_event(method, target, [], sent)
    claims = {"sub": WORKER, "scope": "rebate/operator", "cognito:groups": f"[{role}]"}
    event["requestContext"]["authorizer"] = {"jwt": {"claims": claims, "scopes": None}}
    answer = functions.call("api", event)
    return answer["statusCode"], answer.get("body") or ""


def of_api(url: str, token: str) -> Asks:
    """Return what asks the API of a stage, with an operator's token; redirects are not followed."""
    pool = PoolManager(
        retries=Retry(total=0, redirect=0, raise_on_redirect=False),
        timeout=_PATIENCE,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    return partial(_ask_api, pool, url.rstrip("/"))


def _ask_api(
    pool: PoolManager, url: str, method: str, target: str, body: Mapping[str, Any] | None
) -> Answer:
    sent = None if body is None else json.dumps(body)
    try:
        answer = pool.request(method, f"{url}{target}", body=sent)
    except HTTPError as error:
        return 503, f"the API does not answer: {type(error).__name__}"
    return answer.status, answer.data.decode("utf-8", "replace")
