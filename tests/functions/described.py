"""Holds answers of the API, and requests that it took, against docs/openapi.json.

Clients are made of that document, so what it does not say nobody can read: a field of an answer
that it does not name is a failure here, though JSON Schema would let it pass.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_JSON = "application/json"
_PATH = Path(__file__).parents[2] / "docs" / "openapi.json"


def check_described(method: str, path: str, body: str | None, answer: Mapping[str, Any]) -> None:
    """Fail where an answer, or the body of a request that was taken, is not as it is described."""
    operation = _operation(method, path)
    if operation is None:
        assert answer["statusCode"] in {404, 405}, f"{method} {path} is not described"
        return
    status = str(answer["statusCode"])
    where = f"{method} {path}: {status}"
    responses = operation["responses"]
    assert status in responses, f"{where} is not described"
    content = _resolved(responses[status]).get("content")
    text = answer.get("body")
    if content is None:
        assert not text, f"{where} is described as empty"
        return
    assert text is not None, f"{where} is described as not empty"
    sent = answer["headers"]["Content-Type"].partition(";")[0]
    assert sent in content, f"{where} is {sent}, and described as {sorted(content)}"
    if sent == _JSON:
        _insist(where, json.loads(text), content[sent]["schema"], strict=True)
    if status.startswith("2") and body:
        taken = _resolved(operation["requestBody"])["content"][_JSON]["schema"]
        _insist(f"{where} was taken", json.loads(body), taken, strict=False)


def _insist(where: str, value: object, schema: Mapping[str, Any], *, strict: bool) -> None:
    found = [
        f"{where}: {error.json_path}: {error.message}"
        for error in _validator(json.dumps(schema), strict=strict).iter_errors(value)
    ]
    assert not found, "\n".join(found)


@cache
def _validator(schema: str, *, strict: bool) -> Draft202012Validator:
    whole = {**json.loads(schema), "components": _document()["components"]}
    return Draft202012Validator(_closed(whole) if strict else whole)


def _closed(part: Any) -> Any:
    """Return a schema that names all fields of its objects."""
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    if isinstance(part.get("properties"), dict) and "additionalProperties" not in part:
        closed["additionalProperties"] = False
    return closed


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_PATH.read_text("utf-8"))
    return document


def _resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = _document()
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def _operation(method: str, path: str) -> dict[str, Any] | None:
    """Return what is described at a path: as it stands there, or with parameters in it.

    A parameter at the end may hold slashes, as names of orders do (`{order+}`).
    """
    return next(_operations(method, path), None)


def _operations(method: str, path: str) -> Iterator[dict[str, Any]]:
    paths = _document()["paths"]
    for described in (path, *paths):
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(described))
        pattern = re.sub(r"\[\^/\]\+$", ".+", pattern)
        if described in paths and re.fullmatch(pattern, path):
            operation = paths[described].get(method.lower())
            if operation is not None:
                yield operation
