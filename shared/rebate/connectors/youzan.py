"""有赞 (Youzan): messages of trades and refunds, as its message service pushes them (type `msg`).

A message is signed by MD5 over client id, body and client secret, so a secret here is
`CLIENT_ID:CLIENT_SECRET`. What it is about stands in `msg`: JSON, URL-encoded or as an object.
Amounts are yuan; instants are China's clock and have no offset. A refund names the lines and the
money: it is divided over these lines in proportion to what is left of each.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from hashlib import md5
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import BeforeValidator

from rebate.connectors.amounts import minor_units
from rebate.connectors.delivery import (
    ConnectorRules,
    IdText,
    InstantText,
    Money,
    PayloadPart,
    PlatformDelivery,
    Quantity,
    UnreadableDelivery,
    as_number,
    read_payload,
)
from rebate.connectors.heard import Bought, BoughtLine, Heard, HeardRefund, LineBack
from rebate.contracts.problems import Problem, shown
from rebate.contracts.scalars import Flag
from rebate.domain.money import NOTHING

TOPIC_HEADER = "Event-Type"
SIGNATURE_HEADER = "Event-Sign"

_CURRENCY = "CNY"
_OFFSET = "+08:00"
_REFUND_ONLY = "REFUND_ONLY"
_OID = re.compile(r"\d{1,64}")


def _china_text(value: object) -> object:
    """Return an instant of China's clock with its offset."""
    return f"{value.replace(' ', 'T')}{_OFFSET}" if isinstance(value, str) and value else None


_China = Annotated[InstantText, BeforeValidator(_china_text)]
_IdOrNone = Annotated[IdText | None, BeforeValidator(lambda given: given or None)]
_ChinaOrNone = Annotated[InstantText | None, BeforeValidator(_china_text)]


class _Message(PayloadPart):
    msg: Any
    test: Flag = False


class _OrderInfo(PayloadPart):
    tid: IdText
    created: _China
    update_time: _ChinaOrNone = None
    pay_time: _ChinaOrNone = None


class _Line(PayloadPart):
    oid: IdText
    item_id: IdText | None = None
    num: Quantity = None
    payment: Money


class _Buyer(PayloadPart):
    yz_open_id: _IdOrNone = None


class _Trade(PayloadPart):
    order_info: _OrderInfo
    orders: tuple[_Line, ...]
    buyer_info: _Buyer = _Buyer()


class _TradePushed(PayloadPart):
    full_order_info: _Trade


class _Done(PayloadPart):
    tid: IdText
    update_time: _China


class _RefundDone(_Done):
    refund_id: IdText
    refunded_fee: Money
    refund_type: str | None = None
    oids: str | list[Any] = ""


def hear(delivery: PlatformDelivery, _rules: ConnectorRules) -> Heard:
    """Return what a message tells of an order.

    Raises:
        UnreadableDelivery: it names no type, or is not what its type promises.
    """
    kind = delivery.header(TOPIC_HEADER)
    if not kind:
        raise UnreadableDelivery([Problem(f"headers.{TOPIC_HEADER}", "is required")])
    read = _TYPES.get(kind)
    if read is None:
        return Heard(None, unconverted=f"{kind} tells nothing that counts")
    message = read_payload(delivery.payload, _Message)
    if message.test:
        return Heard(None, unconverted="test message")
    return read(_content(message.msg))


def sign(secret: bytes, body: bytes) -> bytes:
    """Return how a body is signed by a secret `CLIENT_ID:CLIENT_SECRET`."""
    client_id, _, client_secret = secret.partition(b":")
    return md5(client_id + body + client_secret, usedforsecurity=False).hexdigest().encode()


def _content(msg: object) -> object:
    if not isinstance(msg, str):
        return msg
    try:
        return json.loads(unquote(msg), parse_float=Decimal)
    except (ValueError, RecursionError):
        problem = Problem("payload.msg", f"must be JSON, URL-encoded, not {shown(msg)}")
        raise UnreadableDelivery([problem]) from None


def _paid(content: object) -> Heard:
    trade = read_payload(content, _TradePushed, "payload.msg").full_order_info
    info = trade.order_info
    bought = Bought(
        seen_at=datetime.fromisoformat(info.update_time or info.created),
        paid_at=info.pay_time or "",
        currency=_CURRENCY,
        member=trade.buyer_info.yz_open_id or None,
        lines=tuple(_line(line) for line in trade.orders),
        unpaid=None if info.pay_time else "not paid",
    )
    return Heard(info.tid, bought, tells_payment=True)


def _line(line: _Line) -> BoughtLine:
    return BoughtLine(
        line_id=line.oid,
        product_id=line.item_id,
        quantity=None if line.num is None else as_number(line.num),
        paid=minor_units(line.payment, _CURRENCY),
    )


def _completed(content: object) -> Heard:
    done = read_payload(content, _Done, "payload.msg")
    return Heard(done.tid, completed_at=done.update_time)


def _refunded(content: object) -> Heard:
    done = read_payload(content, _RefundDone, "payload.msg")
    refund = HeardRefund(
        done.refund_id,
        done.update_time,
        lines=tuple(LineBack(name, NOTHING, NOTHING) for name in _OID.findall(str(done.oids))),
        moved=minor_units(done.refunded_fee, _CURRENCY),
        currency=_CURRENCY,
    )
    return Heard(done.tid, refunds=(refund,))


def _agreed(content: object) -> Heard:
    """Hear that a seller agreed to a refund, which is its end unless goods have to come back."""
    done = read_payload(content, _RefundDone, "payload.msg")
    if done.refund_type == _REFUND_ONLY:
        return _refunded(content)
    return Heard(done.tid, unconverted=f"refund {done.refund_id}: the goods are not back yet")


_TYPES: Mapping[str, Callable[[object], Heard]] = {
    "trade_TradeCreate": _paid,
    "trade_TradePaid": _paid,
    "trade_TradeBuyerPay": _paid,
    "trade_TradeSuccess": _completed,
    "trade_refund_RefundSellerAgree": _agreed,
    "trade_refund_RefundSuccess": _refunded,
    "youzan_trade_RefundSuccess": _refunded,
}
