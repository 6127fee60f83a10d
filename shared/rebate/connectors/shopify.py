"""Shopify: webhooks of orders and refunds, as version 2026-01 of its Admin API words them.

A topic says what a delivery stands for, since each carries the whole order: `orders/paid` its
payment, `orders/fulfilled` its completion, `orders/cancelled` and `refunds/create` what went back;
`orders/create` and `orders/updated` all of that, as far as the order says it. Amounts are those in
the shop's own currency (`shop_money`), never those shown to the buyer.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from rebate.connectors.amounts import minor_units
from rebate.connectors.delivery import (
    ConnectorRules,
    PlatformDelivery,
    UnreadableDelivery,
    as_number,
    read_payload,
)
from rebate.connectors.heard import Bought, BoughtLine, Heard, HeardRefund, PrivacyRequest
from rebate.connectors.shopify_payloads import (
    CustomerNamed,
    Edit,
    LineItem,
    Named,
    RefundOfOrder,
    ShopifyOrder,
    ShopNamed,
)
from rebate.connectors.shopify_refunds import currency_of, refund_of, shop_money
from rebate.contracts.problems import Problem
from rebate.domain.currencies import DECIMALS
from rebate.domain.money import NOTHING

API_VERSION = "2026-01"
TOPIC_HEADER = "X-Shopify-Topic"
TEST_HEADER = "X-Shopify-Test"
SIGNATURE_HEADER = "X-Shopify-Hmac-Sha256"

_PAID_STATES = frozenset({"paid", "partially_refunded", "refunded"})


def hear(delivery: PlatformDelivery, rules: ConnectorRules) -> Heard:
    """Return what a delivery tells of an order.

    Raises:
        UnreadableDelivery: it names no topic, or is not what its topic promises.
    """
    topic = delivery.header(TOPIC_HEADER)
    if not topic:
        raise UnreadableDelivery([Problem(f"headers.{TOPIC_HEADER}", "is required")])
    if delivery.header(TEST_HEADER) == "true":
        return Heard(None, unconverted="test notification")
    read = _TOPICS.get(topic)
    if read is not None:
        return read(delivery.payload, rules)
    return Heard(_order_named(delivery.payload), unconverted=f"{topic} tells nothing that counts")


def _order_named(payload: object) -> str | None:
    """Return the order that a delivery of another topic is about, if it says so."""
    if not isinstance(payload, Mapping) or payload.get("order_id") is None:
        return None
    return read_payload(payload, Named).order_id


def _paid(payload: object, _rules: ConnectorRules) -> Heard:
    order = read_payload(payload, ShopifyOrder)
    return Heard(order.id, _bought(order), tells_payment=True, excluded=_excluded(order))


def _fulfilled(payload: object, rules: ConnectorRules) -> Heard:
    order = read_payload(payload, ShopifyOrder)
    return Heard(
        order.id,
        _bought(order),
        completed_at=_completed_at(order, rules),
        excluded=_excluded(order),
    )


def _seen(payload: object, rules: ConnectorRules) -> Heard:
    """Hear all that an order says of itself."""
    order = read_payload(payload, ShopifyOrder)
    return Heard(
        order.id,
        _bought(order),
        tells_payment=True,
        completed_at=_completed_at(order, rules),
        refunds=_refunds_of(order),
        excluded=_excluded(order),
    )


def _cancelled(payload: object, _rules: ConnectorRules) -> Heard:
    order = read_payload(payload, ShopifyOrder)
    return Heard(
        order.id,
        _bought(order),
        refunds=_refunds_of(order),
        excluded=_excluded(order),
        unmoved="cancelled, but no money was refunded",
    )


def _refund_created(payload: object, _rules: ConnectorRules) -> Heard:
    refund = read_payload(payload, RefundOfOrder)
    is_test = any(transaction.test for transaction in refund.transactions or ())
    return Heard(
        refund.order_id,
        refunds=(refund_of(refund, currency_of(refund), "payload"),),
        excluded="test order" if is_test else None,
    )


def _edited(payload: object, _rules: ConnectorRules) -> Heard:
    order = read_payload(payload, Edit).order_edit.order_id
    return Heard(order, unconverted="orders/edited: what an order gives is fixed when it is paid")


def _deleted(payload: object, _rules: ConnectorRules) -> Heard:
    order = read_payload(payload, Named)
    return Heard(order.id, unconverted="deleted order: nothing in it")


def _redacted(payload: object, _rules: ConnectorRules) -> Heard:
    customer = read_payload(payload, CustomerNamed).customer.id
    reason = f"customer {customer} is to be erased"
    return _asked(PrivacyRequest("erasure_requested", customer, reason))


def _shop_redacted(payload: object, _rules: ConnectorRules) -> Heard:
    shop = read_payload(payload, ShopNamed).shop_domain
    reason = f"the shop {shop} is gone: all its customers are to be erased"
    return _asked(PrivacyRequest("erasure_requested", None, reason))


def _data_requested(payload: object, _rules: ConnectorRules) -> Heard:
    customer = read_payload(payload, CustomerNamed).customer.id
    reason = f"customer {customer} asks for what is known of them"
    return _asked(PrivacyRequest("data_requested", customer, reason))


def _asked(request: PrivacyRequest) -> Heard:
    return Heard(None, unconverted=request.reason, asks=request)


_TOPICS: Mapping[str, Callable[[object, ConnectorRules], Heard]] = {
    "orders/create": _seen,
    "orders/updated": _seen,
    "orders/paid": _paid,
    "orders/partially_fulfilled": _fulfilled,
    "orders/fulfilled": _fulfilled,
    "orders/cancelled": _cancelled,
    "refunds/create": _refund_created,
    "orders/edited": _edited,
    "orders/delete": _deleted,
    "customers/redact": _redacted,
    "customers/data_request": _data_requested,
    "shop/redact": _shop_redacted,
}


def _excluded(order: ShopifyOrder) -> str | None:
    return "test order" if order.test else None


def _bought(order: ShopifyOrder) -> Bought:
    known = order.currency in DECIMALS
    goods = [line for line in order.line_items if not line.gift_card and line.tip is None]
    return Bought(
        seen_at=datetime.fromisoformat(order.updated_at or order.processed_at),
        paid_at=order.processed_at,
        currency=order.currency,
        member=order.customer.id if order.customer else None,
        lines=tuple(_line(line, order) for line in goods) if known else (),
        unpaid=_unpaid(order),
        taxes_included=order.taxes_included,
    )


def _unpaid(order: ShopifyOrder) -> str | None:
    if order.financial_status in _PAID_STATES:
        return None
    if order.financial_status == "voided" or order.cancelled_at:
        return "cancelled before it was paid: nothing to refund"
    return f"not paid: {order.financial_status or 'pending'}"


def _line(line: LineItem, order: ShopifyOrder) -> BoughtLine:
    paid = shop_money(line.price_set, line.price) * line.quantity
    paid -= sum(shop_money(a.amount_set, a.amount) for a in line.discount_allocations)
    if not order.taxes_included:
        paid += sum(shop_money(tax.price_set, tax.price) for tax in line.tax_lines)
    return BoughtLine(
        line_id=line.id,
        product_id=line.product_id,
        quantity=as_number(line.quantity),
        paid=max(NOTHING, minor_units(paid, order.currency)),
    )


def _completed_at(order: ShopifyOrder, rules: ConnectorRules) -> str | None:
    """Return when the order was completed: with its last fulfilment, or closed, as is set."""
    if rules.completed == "closed":
        return None if order.cancelled_at else order.closed_at
    if order.fulfillment_status != "fulfilled":
        return None
    made = [each.created_at for each in order.fulfillments if each.status in {"success", None}]
    return max(made, key=datetime.fromisoformat, default=None)


def _refunds_of(order: ShopifyOrder) -> tuple[HeardRefund, ...]:
    return tuple(
        refund_of(refund, order.currency, f"payload.refunds[{place}]")
        for place, refund in enumerate(order.refunds)
    )
