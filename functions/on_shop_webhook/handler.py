"""Hears webhooks of shops on other platforms: POST /v1/connect/{platform}/{key}.

A delivery is answered once what it tells is stored, whatever comes of it: platforms switch off
webhooks that fail. Only what its shop did not sign gets 401; what could not be stored gets 503, and
comes again. What is made of it goes on elsewhere (`connect_orders`).
"""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from rebate.adapters.telemetry import Metric, count, logger, observed, tell_taken
from rebate.bootstrap import app
from rebate.connectors.delivery import PlatformDelivery, UnreadableDelivery
from rebate.connectors.platforms import PLATFORMS, Platform
from rebate.contracts.problems import Problem
from rebate.domain.errors import Rejected, Unavailable
from rebate.usecases.connections.connect_shop import Connection, connection_of

_ROUTE = "/v1/connect/"
_TAKEN = {"code": 0, "msg": "success"}
"""What Youzan looks for; the others look at the status alone."""
_LETTER_CHARS_MAX = 60_000
"""What of a delivery that cannot be read is kept."""


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one delivery."""
    name, _, key = unquote(str(event["rawPath"])).removeprefix(_ROUTE).partition("/")
    platform = PLATFORMS.get(name)
    if platform is None:
        return _answer(404, "not_found", f"there is no platform {name}")
    headers, body = event["headers"], _body(event)
    if platform.is_ping(body.decode("utf-8", "replace")):
        return _answer(200)
    try:
        connection = _signed(platform, key, headers, body)
        if connection is None:
            return _answer(401, "bad_signature", f"nobody whom we know as {key} has signed this")
        _take(connection, headers, body, getattr(context, "function_name", None) or "local")
    except Unavailable as error:
        logger.warning("delivery not taken", extra={"connector": key, "reason": str(error)})
        return _answer(503, "unavailable", "try again") | {"headers": {"Retry-After": "5"}}
    return _answer(200)


def _signed(
    platform: Platform, key: str, headers: Mapping[str, str], body: bytes
) -> Connection | None:
    """Return the connector that a delivery is for, None where its shop has not signed it."""
    account = app().outside.connectors(key)
    if account is None or account.platform != platform.name:
        return None
    signature = PlatformDelivery(headers, None).header(platform.signature_header)
    if not platform.signs(account.signing(), signature, body):
        return None
    return connection_of(app().settings.in_force(), key, platform)


def _take(connection: Connection, headers: Mapping[str, str], sent: bytes, function: str) -> None:
    """Store what a delivery tells, or set it aside where it cannot be read or kept."""

    def set_aside(body: dict[str, Any], reason: str, code: str) -> None:
        _set_aside(json.dumps(body), reason, code, function)

    try:
        delivery = PlatformDelivery(headers, _document(sent))
        taken = app().connections.take(connection, delivery, set_aside)
    except (UnreadableDelivery, Rejected) as refused:
        reason = f"connector {connection.key}: {refused}"
        _set_aside(_readable(sent), reason, refused.code, function)
    else:
        tell_taken(connection.key, taken)


def _set_aside(body: str, reason: str, code: str, function: str) -> None:
    """Keep for an operator what nobody else can carry out."""
    app().outside.dead_letters.put(body, reason=reason, code=code, function=function)
    count(Metric.DEAD_LETTERS)


def _readable(body: bytes) -> str:
    """Return of a body what a queue takes: text without control characters, not too long."""
    text = body.decode("utf-8", "replace")[:_LETTER_CHARS_MAX]
    return "".join(c if c.isprintable() or c in "\t\n\r" else " " for c in text) or " "


def _document(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what a body says, numbers with a fraction exactly as they were written.

    Raises:
        UnreadableDelivery: it is not JSON.
    """
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UnreadableDelivery([Problem("payload", f"is not JSON: {error}")]) from None


def _body(event: Mapping[str, Any]) -> bytes:
    """Return the body byte for byte, as it was signed."""
    body: str = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def _answer(status: int, code: str = "", message: str = "") -> dict[str, Any]:
    body = {"code": code, "message": message} if code else _TAKEN
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
