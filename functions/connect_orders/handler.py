"""Carries on with orders of connected shops: an SQS batch.

A message names an order of which something is to be told or fetched, or is a delivery that came by
the bus of a platform that is EventBridge's partner:

    {"connector": "my-shop", "order": "55"}
    {"connector": "my-shop", "detail": {"payload": {…}, "metadata": {"X-Shopify-Topic": …}}}
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from rebate.adapters.telemetry import Metric, count, logger, observed, record_retry, tell_taken
from rebate.bootstrap import app
from rebate.connectors.delivery import PlatformDelivery, UnreadableDelivery
from rebate.connectors.platforms import PLATFORMS
from rebate.contracts.problems import Problem
from rebate.domain.errors import Conflict, Rejected, Unavailable
from rebate.usecases.connections.connect_shop import Connection, connection_of


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    function = getattr(context, "function_name", None) or "local"
    failed = [each for each in event["Records"] if not _done(each, function)]
    return app().outside.messages.hand_back(failed)


def _done(message: Mapping[str, Any], function: str) -> bool:
    """Carry on with what a message names; tell whether that went well."""

    def set_aside(body: dict[str, Any], reason: str, code: str) -> None:
        text = json.dumps(body, ensure_ascii=False)
        app().outside.dead_letters.put(text, reason=reason, code=code, function=function)
        count(Metric.DEAD_LETTERS)
        logger.error("set aside", extra={"reason": reason, "code": code})

    named = json.loads(message["body"], parse_float=Decimal)
    try:
        connection = _connection(named["connector"])
        if "detail" in named:
            taken = app().connections.take(connection, _delivery(named["detail"]), set_aside)
            tell_taken(connection.key, taken)
            return True
        told = app().connections.carry_on(
            connection,
            named["order"],
            bus=app().outside.event_bus,
            reader=lambda: app().outside.shop_api(connection.key),
            set_aside=set_aside,
        )
        count(Metric.PUBLISHED, told)
    except (UnreadableDelivery, Rejected) as refused:
        letter = {name: named[name] for name in ("connector", "order") if name in named}
        set_aside(letter, str(refused), refused.code)
    except (Conflict, Unavailable) as error:
        record_retry(f"message {message['messageId']}", error)
        return False
    return True


def _delivery(detail: Any) -> PlatformDelivery:  # noqa: ANN401 - JSON
    """Return a delivery that came by a partner's bus: AWS vouches for who sent it.

    Raises:
        UnreadableDelivery: it is none.
    """
    if not isinstance(detail, Mapping) or not isinstance(detail.get("metadata"), Mapping):
        raise UnreadableDelivery([Problem("detail.metadata", "is required")])
    headers = {str(name): str(value) for name, value in detail["metadata"].items()}
    return PlatformDelivery(headers, detail.get("payload"))


def _connection(key: str) -> Connection:
    """Return a connector in force.

    Raises:
        Unavailable: settings or accounts do not name it, so far.
    """
    account = app().outside.connectors(key)
    platform = PLATFORMS.get(account.platform) if account else None
    found = connection_of(app().settings.in_force(), key, platform) if platform else None
    if found is None:
        raise Unavailable(f"connector {key} is not in the settings, or has no account")
    return found
