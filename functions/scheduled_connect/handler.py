"""Looks every hour what changed at connected shops since the last look, and who is silent.

A shop that does not answer holds up no other; it is counted, and looked at again the next hour from
where it was left.
"""

import json
from typing import Any

from rebate.adapters.telemetry import Metric, count, logger, observed
from rebate.bootstrap import app
from rebate.connectors.platforms import PLATFORMS
from rebate.domain.errors import Unavailable
from rebate.usecases.connections.connect_shop import Connection, connection_of


@observed
def handler(_event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return how many orders changed, by connector; None where that could not be read."""
    function = getattr(context, "function_name", None) or "local"
    return {connection.key: _look(connection, function) for connection in _connections()}


def _look(connection: Connection, function: str) -> int | None:
    def set_aside(body: dict[str, Any], reason: str, code: str) -> None:
        text = json.dumps(body)
        app().outside.dead_letters.put(text, reason=reason, code=code, function=function)
        count(Metric.DEAD_LETTERS)

    key = connection.key
    if app().connections.is_silent(key):
        count(Metric.CONNECTORS_SILENT)
        logger.error("nothing was heard of a shop for a day", extra={"connector": key})
    if not connection.platform.reads:
        return None
    try:
        return app().connections.look(connection, app().outside.shop_api(key), set_aside)
    except Unavailable as error:
        count(Metric.CONNECTORS_UNREAD)
        logger.error("a shop could not be read", extra={"connector": key, "reason": str(error)})
        return None


def _connections() -> list[Connection]:
    in_force = app().settings.in_force()
    found = []
    for key in in_force.settings.connectors:
        account = app().outside.connectors(key)
        platform = PLATFORMS.get(account.platform) if account else None
        connection = connection_of(in_force, key, platform) if platform else None
        if connection is not None:
            found.append(connection)
    return found
