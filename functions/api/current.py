"""The request that is being answered."""

from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter


def current_event() -> dict[str, Any]:
    """Return the gateway's event, as it came; the resolver keeps it for all routers."""
    event: dict[str, Any] = BaseRouter.current_event.raw_event
    return event
