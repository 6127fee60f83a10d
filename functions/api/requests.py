"""What requests say: bodies and query parameters, as they were sent."""

import base64
import json
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError

from rebate.contracts.problems import Invalid, Problem, shown
from rebate.contracts.validation import problems_of

DIGITS_MAX = 18
"""Digits of a whole number in a query."""

Body = TypeVar("Body", bound=BaseModel)


class NotJson(Exception):
    """A body that cannot be read at all."""


class InvalidRequest(Invalid):
    """A request that can be read and says something impossible."""


def body_of(event: Mapping[str, Any], model: type[Body]) -> Body:
    """Return the body of a request.

    Raises:
        NotJson: it is not JSON.
        InvalidRequest: it is not what this route takes; the problems name the fields.
    """
    try:
        document = json.loads(raw_body(event))
    except (ValueError, RecursionError) as error:
        raise NotJson(f"the body is not JSON: {error}") from None
    if not isinstance(document, Mapping):
        raise InvalidRequest([Problem("", f"must be an object, not {shown(document)}")])
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise InvalidRequest(problems_of(error, model)) from None


def raw_body(event: Mapping[str, Any]) -> bytes:
    """Return the body byte for byte."""
    body: str = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def parameter(event: Mapping[str, Any], name: str) -> str | None:
    """Return a query parameter, read from the query as it was sent: API Gateway joins by commas."""
    found = parse_qs(event.get("rawQueryString", "")).get(name)
    return found[0] if found else None


def needed_parameter(event: Mapping[str, Any], name: str) -> str:
    """Return a query parameter.

    Raises:
        InvalidRequest: it is not there.
    """
    value = parameter(event, name)
    if value is None:
        raise InvalidRequest([Problem(name, "is required in the query")])
    return value


def whole_number(event: Mapping[str, Any], name: str, *, at_least: int = 0) -> str | None:
    """Return a query parameter that is a whole number in text.

    Raises:
        InvalidRequest: it is none, or out of range.
    """
    value = parameter(event, name)
    if value is None:
        return None
    digits = value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX
    if not digits or int(value) < at_least:
        message = f"must be a whole number from {at_least} on, not {shown(value)}"
        raise InvalidRequest([Problem(name, message)])
    return value
