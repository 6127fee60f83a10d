"""Looks every hour what changed at connected shops since the last look, and who is silent.

A shop that does not answer holds up no other; it is counted, and looked at again the next hour from
where it was left. So is one of which more changed than there was time for.
"""

import json
from random import sample
from time import monotonic
from typing import Any

from rebate.adapters.telemetry import Metric, count, logger, observed
from rebate.bootstrap import app
from rebate.connectors.platforms import PLATFORMS
from rebate.domain.errors import Unavailable
from rebate.usecases.connections.connect_shop import Connection, Looked, connection_of

SECONDS = 420.0
"""How long it looks at shops, which share what is left of it; what was asked last may take two
minutes more."""


@observed
def handler(_event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return how many orders changed, by connector; None where that could not be read."""
    function = getattr(context, "function_name", None) or "local"
    until = monotonic() + SECONDS
    connections = _connections()
    looked = {}
    for place, connection in enumerate(sample(connections, len(connections))):
        share = (until - monotonic()) / (len(connections) - place)
        looked[connection.key] = _look(connection, function, monotonic() + share)
    return {connection.key: looked[connection.key] for connection in connections}


def _look(connection: Connection, function: str, until: float) -> int | None:
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
    reason = "others took all the time"
    if monotonic() < until:
        try:
            reader = app().outside.shop_api(key)
            looked = app().connections.look(
                connection, reader, set_aside, lambda: monotonic() < until
            )
        except Unavailable as error:
            reason = str(error)
        else:
            return _told(key, looked)
    count(Metric.CONNECTORS_UNREAD)
    logger.error("a shop could not be read", extra={"connector": key, "reason": reason})
    return None


def _told(key: str, looked: Looked) -> int:
    if not looked.ended:
        said = {"connector": key, "orders": looked.orders}
        logger.warning("more changed at a shop than there was time for", extra=said)
    return looked.orders


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
