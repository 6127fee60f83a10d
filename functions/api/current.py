"""The request that is being answered."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter


def current_event() -> dict[str, Any]:
    """Return the gateway's event, as it came; the resolver keeps it for all routers."""
    event: dict[str, Any] = BaseRouter.current_event.raw_event
    return event


def parameter(event: Mapping[str, Any], name: str) -> str | None:
    """Return a query parameter, read from the query as it was sent: API Gateway joins by commas."""
    found = parse_qs(event.get("rawQueryString", "")).get(name)
    return found[0] if found else None
