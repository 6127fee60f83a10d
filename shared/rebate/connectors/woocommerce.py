"""WooCommerce: webhooks of orders, and refunds fetched beside them, as its REST API v3 words them.

Every delivery of an order carries the whole of it. A line's total is without tax whatever the
shop's prices include. Instants in GMT are written without an offset.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from rebate.connectors.amounts import divide, minor_units
from rebate.connectors.delivery import (
    ConnectorRules,
    GmtText,
    IdText,
    Money,
    PayloadPart,
    PlatformDelivery,
    Quantity,
    UnreadableDelivery,
    Word,
    as_number,
    read_payload,
)
from rebate.connectors.heard import Bought, BoughtLine, Heard, HeardRefund, LineBack
from rebate.contracts.problems import Problem
from rebate.domain.currencies import DECIMALS
from rebate.domain.money import NOTHING, Amount, sum_of

API_VERSION = "wc/v3"
TOPIC_HEADER = "X-WC-Webhook-Topic"
SIGNATURE_HEADER = "X-WC-Webhook-Signature"

_ORDER_TOPICS = frozenset({"order.created", "order.updated", "order.restored"})
_DELETED = "order.deleted"
_GUEST = "0"
_ENDED_UNPAID = {"cancelled": "cancelled before it was paid"}
_REFERENCE = "_refunded_item_id"
_NUMBER = re.compile(r"0*[1-9]\d{0,19}", re.ASCII)
_ZERO = Decimal(0)


def _gmt_or_none(value: object) -> object:
    return None if value in (None, "") else value


_Gmt = Annotated[GmtText | None, BeforeValidator(_gmt_or_none)]


class _Meta(PayloadPart):
    key: str
    value: Any = None


class _Line(PayloadPart):
    id: IdText
    product_id: IdText | None = None
    quantity: Quantity = None
    total: Money
    total_tax: Money = _ZERO
    meta_data: tuple[_Meta, ...] = ()


class _Charge(PayloadPart):
    """A fee, or shipping."""

    total: Money = _ZERO
    total_tax: Money = _ZERO


class _Summary(PayloadPart):
    """What an order says of its refunds."""

    id: IdText
    total: Money = _ZERO


class _Refund(PayloadPart):
    id: IdText
    date_created_gmt: GmtText
    amount: Money | None = None
    line_items: tuple[_Line, ...] = ()
    shipping_lines: tuple[_Charge, ...] = ()
    fee_lines: tuple[_Charge, ...] = ()


class _Order(PayloadPart):
    id: IdText
    status: Word
    currency: Word
    customer_id: IdText = _GUEST
    date_created_gmt: _Gmt = None
    date_modified_gmt: _Gmt = None
    date_paid_gmt: _Gmt = None
    date_completed_gmt: _Gmt = None
    line_items: tuple[_Line, ...]
    fee_lines: tuple[_Charge, ...] = ()
    refunds: tuple[_Summary, ...] = ()


class _Named(PayloadPart):
    id: IdText | None = None


def hear(delivery: PlatformDelivery, _rules: ConnectorRules) -> Heard:
    """Return what a delivery tells of an order.

    Raises:
        UnreadableDelivery: it names no topic, or is not what its topic promises.
    """
    if is_ping(delivery.payload):
        return Heard(None, unconverted="ping")
    topic = delivery.header(TOPIC_HEADER)
    if not topic:
        raise UnreadableDelivery([Problem(f"headers.{TOPIC_HEADER}", "is required")])
    if topic == _DELETED:
        order = read_payload(delivery.payload, _Named)
        return Heard(order.id, unconverted="deleted order: nothing in it")
    if topic not in _ORDER_TOPICS:
        return Heard(None, unconverted=f"{topic} tells nothing that counts")
    return _heard(read_payload(delivery.payload, _Order), delivery.refunds)


def hear_refunds(order_id: str, currency: str, documents: Sequence[Any]) -> Heard:
    """Return what the refunds of an order tell that were fetched by themselves.

    Raises:
        UnreadableDelivery: one is not what the API documents.
    """
    read = [
        read_payload(document, _Refund, f"refunds[{place}]")
        for place, document in enumerate(documents)
    ]
    return Heard(order_id, refunds=tuple(_refund(refund, currency) for refund in read))


def is_ping(payload: object) -> bool:
    """Tell whether a delivery only tries the address: a form, unsigned, that names the webhook."""
    if isinstance(payload, str):
        return payload.startswith("webhook_id=")
    return isinstance(payload, Mapping) and payload.keys() == {"webhook_id"}


def _heard(order: _Order, fetched: Iterable[Any] | None) -> Heard:
    known = order.currency in DECIMALS
    return Heard(
        order.id,
        _bought(order),
        tells_payment=True,
        completed_at=order.date_completed_gmt,
        refunds=tuple(_refunds(order, fetched or ())) if known else (),
        all_back_at=_seen_at(order) if order.status == "refunded" else None,
        unmoved="cancelled, but no money was refunded" if order.status == "cancelled" else None,
    )


def _bought(order: _Order) -> Bought:
    return Bought(
        seen_at=datetime.fromisoformat(_seen_at(order)),
        paid_at=order.date_paid_gmt or "",
        currency=order.currency,
        member=None if order.customer_id == _GUEST else order.customer_id,
        lines=_lines(order) if order.currency in DECIMALS else (),
        unpaid=None if order.date_paid_gmt else _ENDED_UNPAID.get(order.status, "not paid"),
    )


def _seen_at(order: _Order) -> str:
    """Return when the order last changed.

    Raises:
        UnreadableDelivery: it has no instant at all.
    """
    seen = order.date_modified_gmt or order.date_created_gmt or order.date_paid_gmt
    if seen is None:
        raise UnreadableDelivery([Problem("payload.date_modified_gmt", "is required")])
    return seen


def _lines(order: _Order) -> tuple[BoughtLine, ...]:
    """Return the lines less what negative fees and negative lines take off them (Rule 0.3)."""
    full = {line.id: _paid(line, order.currency) for line in order.line_items}
    off = -sum_of(min(NOTHING, amount) for amount in full.values())
    off -= sum_of(min(NOTHING, _charged(fee, order.currency)) for fee in order.fee_lines)
    paid = {name: max(NOTHING, amount) for name, amount in full.items()}
    off = min(off, sum_of(paid.values()))
    less = divide(off, paid) if off else {}
    return tuple(
        BoughtLine(
            line_id=line.id,
            product_id=line.product_id if line.product_id != "0" else None,
            quantity=None if line.quantity is None else as_number(line.quantity),
            paid=paid[line.id] - less.get(line.id, NOTHING),
        )
        for line in order.line_items
    )


def _paid(line: _Line, currency: str) -> Amount:
    return minor_units(line.total + line.total_tax, currency)


def _charged(charge: _Charge, currency: str) -> Amount:
    return minor_units(charge.total + charge.total_tax, currency)


def _refunds(order: _Order, fetched: Iterable[Any]) -> Iterable[HeardRefund]:
    """Yield the refunds that were fetched, and those that the order only names."""
    known = set()
    for place, document in enumerate(fetched):
        refund = read_payload(document, _Refund, f"refunds[{place}]")
        known.add(refund.id)
        yield _refund(refund, order.currency)
    for named in order.refunds:
        if named.id not in known:
            amount = minor_units(abs(named.total), order.currency)
            yield HeardRefund(named.id, None, loose=amount, currency=order.currency)


def _refund(refund: _Refund, currency: str) -> HeardRefund:
    """Return a refund: its lines, or where they say nothing its amount less fees and shipping."""
    lines = tuple(
        LineBack(
            _referred(line),
            minor_units(abs(line.total), currency),
            minor_units(abs(line.total_tax), currency),
        )
        for line in refund.line_items
    )
    said = sum_of(line.amount(taxes_included=False) for line in lines)
    charges = (*refund.shipping_lines, *refund.fee_lines)
    apart = sum_of(abs(_charged(charge, currency)) for charge in charges)
    amount = minor_units(abs(refund.amount or _ZERO), currency)
    return HeardRefund(
        refund.id,
        refund.date_created_gmt,
        lines=lines if said else (),
        loose=NOTHING if said else max(NOTHING, amount - apart),
        currency=currency,
    )


def _referred(line: _Line) -> str | None:
    """Return the line of the order that a line of a refund is about."""
    found = (str(meta.value) for meta in line.meta_data if meta.key == _REFERENCE)
    return next((text for text in found if _NUMBER.fullmatch(text)), None)
