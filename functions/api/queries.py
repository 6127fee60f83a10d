"""What requests say in their queries, as it was sent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from functions.api.errors import InvalidRequest
from rebate.contracts.problems import Problem, shown

DIGITS_MAX = 18
"""Digits of a whole number in a query."""


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
