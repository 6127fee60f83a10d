"""The OpenAPI document: an operation for each row of the table of routes."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pydantic.json_schema import models_json_schema

from rebate.contracts.api import RefusalShown
from rebate.contracts.events_in import EVENTS_IN
from rebate.contracts.identifiers import CHARS_MAX, PATTERN
from rebate.contracts.openapi.answers import AnswerSchemas, Schema
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import (
    ENTRY_CHARS,
    ORDER_CHARS,
    PAGE_CHARS_MAX,
    QUEUE_CHARS,
    SHOP_SCOPE,
    TYPED_CHARS_MAX,
    Audience,
    Kind,
    QueryParameter,
    Route,
)

VERSION = "1.0.0"
"""Raised by its first number where something that is published breaks."""

_REF = "#/components/schemas/{model}"
_NUMBER_MAX = 10**18 - 1

_ID: Schema = {"type": "string", "minLength": 1, "maxLength": CHARS_MAX, "pattern": PATTERN}

_KINDS: Mapping[Kind, Schema] = {
    Kind.ID: _ID,
    Kind.QUEUE: {**_ID, "maxLength": CHARS_MAX + QUEUE_CHARS},
    Kind.ENTRY: {"type": "string", "minLength": 1, "maxLength": CHARS_MAX + ENTRY_CHARS},
    Kind.ORDER: {**_ID, "maxLength": CHARS_MAX + ORDER_CHARS},
    Kind.PAGE: {"type": "string", "minLength": 1, "maxLength": PAGE_CHARS_MAX},
    Kind.DAY: {"type": "string", "format": "date"},
    Kind.MOMENT: {
        "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
    },
    Kind.TEXT: {"type": "string", "maxLength": TYPED_CHARS_MAX},
}

_REFUSALS: Mapping[str, str] = {
    "202": "It will be carried out; asking again tells what came of it.",
    "400": "The body is not JSON.",
    "401": "There is no token, or no signature, that is good for this.",
    "403": "Who asks may not.",
    "404": "There is no such thing.",
    "409": "What is known forbids it.",
    "422": "What was sent is not possible; `problems` name the fields.",
    "429": "Too many ask for this.",
    "500": "A fault of ours.",
    "503": "The store does not answer; try again.",
}

_SIGNED: Mapping[str, Schema] = {
    "SignatureTimestamp": {"type": "apiKey", "in": "header", "name": "X-Rebate-Timestamp"},
    "Signature": {"type": "apiKey", "in": "header", "name": "X-Rebate-Signature"},
}

_ABOUT = (
    "Amounts are integers in minor units, ratios basis points, instants ISO 8601. Lists are paged: "
    "`next` of a page goes back as `after`. Every POST that changes something carries an `id` of "
    "the caller's: the same again is answered as before and changes nothing."
)


_AUDIENCES: Mapping[Audience, str] = {
    Audience.SHOP: "Services that emit order events. They sign what they send with a key of the "
    "settings, or show a token of a client of theirs.",
    Audience.MEMBER: "Who bought: their own entries, wallet, invitations and notices.",
    Audience.MERCHANT: "Owners and cashiers of a store, who show a member's token.",
    Audience.OPERATOR: "Staff of the platform; `x-role` names the least role that may.",
    Audience.PLATFORM: "Webhooks of shops' platforms, which carry the platform's own signature.",
    Audience.ANYBODY: "Without a token.",
}
"""What tells an operation's audience to a reader, in the order in which they are read."""


@cache
def openapi() -> Mapping[str, Any]:
    """Return the document, the same in every process."""
    answers = AnswerSchemas()
    answers.of(RefusalShown)
    paths: dict[str, dict[str, Any]] = {}
    for route in sorted(ROUTES, key=lambda route: route.key):
        path = re.sub(r"\+\}", "}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, answers)
    schemas = {**answers.components, **_bodies(), "GatewayRefusal": _GATEWAY}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Queue rebates", "version": VERSION, "description": _ABOUT},
        "tags": tuple({"name": name, "description": text} for name, text in _AUDIENCES.items()),
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": _refusals(),
            "securitySchemes": {
                "Token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token with the scope of the operation.",
                },
                **_SIGNED,
            },
        },
    }


_GATEWAY: Schema = {
    "type": "object",
    "description": "What the gateway answers itself.",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
}


def _operation(route: Route, answers: AnswerSchemas) -> Schema:
    body = {} if route.takes is None else {"requestBody": _body(route.takes)}
    parameters = [*_in_path(route.path), *map(_in_query, route.query)]
    return {
        "operationId": _name(route),
        "summary": route.summary,
        "tags": [route.audience],
        **({"x-role": route.role} if route.role else {}),
        "security": _security(route.audience),
        **({"parameters": parameters} if parameters else {}),
        **body,
        "responses": dict(_responses(route, answers)),
    }


def _name(route: Route) -> str:
    """Return what a generated client calls an operation: `get_me_entries`."""
    words = re.sub(r"[^a-z]+", "_", route.path.removeprefix("/v1/").lower()).strip("_")
    return f"{route.method.lower()}_{words}"


def _security(audience: Audience) -> list[Schema]:
    if audience.scope is not None:
        return [{"Token": [audience.scope]}]
    signed: list[Schema] = [{name: [] for name in _SIGNED}, {"Token": [SHOP_SCOPE]}]
    return signed if audience is Audience.SHOP else []


def _in_path(path: str) -> Iterator[Schema]:
    for name in re.findall(r"\{(\w+)\+?\}", path):
        yield {"name": name, "in": "path", "required": True, "schema": dict(_ID)}


def _in_query(parameter: QueryParameter) -> Schema:
    needed = {"required": True} if parameter.required else {}
    return {"name": parameter.name, "in": "query", **needed, "schema": _schema_of(parameter)}


def _schema_of(parameter: QueryParameter) -> Schema:
    match parameter.kind:
        case Kind.CHOICE:
            return {"type": "string", "enum": [str(each) for each in parameter.choices]}
        case Kind.NUMBER:
            return {"type": "integer", "minimum": parameter.at_least, "maximum": _NUMBER_MAX}
        case kind:
            return dict(_KINDS[kind])


def _body(takes: str) -> Schema:
    model = _named(takes)
    if isinstance(model, Mapping):
        schema: Schema = {"oneOf": [_envelope(name) for name in sorted(model)]}
    else:
        schema = {"$ref": _REF.format(model=model.__name__)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _envelope(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "detail-type": {"const": name},
            "detail": {"$ref": _REF.format(model=name)},
            "time": {"type": ["string", "null"], "format": "date-time"},
        },
        "required": ["detail-type", "detail"],
    }


def _responses(route: Route, answers: AnswerSchemas) -> Iterator[tuple[str, Schema]]:
    yield _success(route, answers)
    for status in sorted(_statuses(route)):
        yield status, {"$ref": f"#/components/responses/{status}"}


def _success(route: Route, answers: AnswerSchemas) -> tuple[str, Schema]:
    content: Schema = {}
    if route.gives is not None:
        content["application/json"] = {"schema": answers.of(_named(route.gives))}
    if route.is_csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    if not content:
        return "204", {"description": "Done."}
    return "200", {"description": route.summary + ".", "content": content}


def _statuses(route: Route) -> set[str]:
    found = {"404", "422", "429", "500", "503"}
    if route.audience is not Audience.ANYBODY:
        found |= {"401", "403"}
    if route.method != "GET":
        found |= {"202", "400", "409"}
    return found


def _refusals() -> Schema:
    return {status: _refused(status, says) for status, says in _REFUSALS.items()}


def _refused(status: str, says: str) -> Schema:
    """Return a refusal; what the gateway answers itself has a message and no more."""
    ours: Schema = {"$ref": _REF.format(model="RefusalShown")}
    gateways: Schema = {"$ref": _REF.format(model="GatewayRefusal")}
    either = {"anyOf": [ours, gateways]}
    schema = {"429": gateways, "401": either, "403": either, "500": either, "503": either}
    content = {"application/json": {"schema": schema.get(status, ours)}}
    return {"description": says, "content": content}


def _bodies() -> Mapping[str, Schema]:
    """Return the schemas of all bodies, and of what stands in them."""
    taken = (_named(route.takes) for route in ROUTES if route.takes is not None)
    models = {model for model in taken if not isinstance(model, Mapping)} | {*EVENTS_IN.values()}
    wanted = sorted(models, key=lambda model: str(model.__name__))
    _, found = models_json_schema([(model, "validation") for model in wanted], ref_template=_REF)
    made: Mapping[str, Schema] = found["$defs"]
    return made


def _named(name: str) -> Any:
    """Return what a row names: `requests.Withdraw`."""
    module, _, kind = name.rpartition(".")
    return getattr(import_module(f"rebate.contracts.{module}"), kind)
