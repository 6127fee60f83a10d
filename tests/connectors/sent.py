"""Deliveries of Shopify and WooCommerce, as their documentation words them, in few words."""

from typing import Any

from rebate.connectors import PLATFORMS, ConnectorRules, Converted, PlatformDelivery, convert

AT = "2026-03-02T09:58:10-05:00"
USD = ConnectorRules("USD")


def bag(amount: str, currency: str = "USD", shown: tuple[str, str] | None = None) -> dict[str, Any]:
    money, code = shown or (amount, currency)
    return {
        "shop_money": {"amount": amount, "currency_code": currency},
        "presentment_money": {"amount": money, "currency_code": code},
    }


def item(
    name: int, price: str, *, quantity: int = 1, off: str = "0", tax: str = "0", **rest: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "product_id": 9000 + name,
        "quantity": quantity,
        "price": price,
        "price_set": bag(price),
        "gift_card": False,
        "tax_lines": [{"price": tax, "price_set": bag(tax)}] if tax != "0" else [],
        "discount_allocations": [{"amount": off, "amount_set": bag(off)}] if off != "0" else [],
        **rest,
    }


def order(*items: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "id": 55,
        "name": "#1001",
        "currency": "USD",
        "financial_status": "paid",
        "fulfillment_status": None,
        "processed_at": AT,
        "updated_at": AT,
        "cancelled_at": None,
        "closed_at": None,
        "test": False,
        "taxes_included": False,
        "customer": {"id": 7},
        "line_items": list(items) or [item(1, "100.00")],
        "fulfillments": [],
        "refunds": [],
        **rest,
    }


def back(line: int, subtotal: str, tax: str = "0.00") -> dict[str, Any]:
    return {
        "line_item_id": line,
        "quantity": 1,
        "subtotal_set": bag(subtotal),
        "total_tax_set": bag(tax),
    }


def moved(amount: str, status: str = "success", **rest: Any) -> dict[str, Any]:
    return {"kind": "refund", "status": status, "amount": amount, "currency": "USD", **rest}


def refund(
    name: int, lines: list[dict[str, Any]], *transactions: dict[str, Any], **rest: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "order_id": 55,
        "processed_at": "2026-03-05T10:00:00-05:00",
        "refund_line_items": lines,
        "transactions": list(transactions),
        "order_adjustments": [],
        **rest,
    }


def shopify(topic: str, payload: Any) -> PlatformDelivery:
    return PlatformDelivery({"X-Shopify-Topic": topic}, payload)


def wc_line(name: int, total: str, tax: str = "0.00", **rest: Any) -> dict[str, Any]:
    product = {"product_id": 500 + name, "variation_id": 900 + name, "quantity": 1}
    return {"id": name, **product, "total": total, "total_tax": tax, "price": 0.1, **rest}


def wc_order(*lines: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "id": 11,
        "status": "processing",
        "currency": "USD",
        "customer_id": 213,
        "date_created_gmt": "2026-03-02T14:57:50",
        "date_modified_gmt": "2026-03-02T14:58:12",
        "date_paid_gmt": "2026-03-02T14:58:11",
        "date_completed_gmt": None,
        "line_items": list(lines) or [wc_line(1, "100.00")],
        "fee_lines": [],
        "refunds": [],
        **rest,
    }


def wc_back(line: int | None, total: str, tax: str = "0.00") -> dict[str, Any]:
    meta = [] if line is None else [{"key": "_refunded_item_id", "value": str(line)}]
    return {"id": 90, "quantity": -1, "total": total, "total_tax": tax, "meta_data": meta}


def wc_refund(name: int, amount: str, *lines: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {
        "id": name,
        "date_created_gmt": f"2026-03-05T10:{name:02d}:00",
        "amount": amount,
        "line_items": list(lines),
        **rest,
    }


def woocommerce(payload: Any, *refunds: Any, topic: str = "order.updated") -> PlatformDelivery:
    return PlatformDelivery({"x-wc-webhook-topic": topic}, payload, refunds)


def told(platform: str, *deliveries: PlatformDelivery, rules: ConnectorRules = USD) -> Converted:
    hear = PLATFORMS[platform].hear
    return convert([hear(delivery, rules) for delivery in deliveries], rules)


def paid_of(converted: Converted) -> dict[str, int]:
    (event,) = [e for e in converted.events if e.detail_type == "OrderPaid"]
    return {line["line_id"]: line["paid"] for line in event.detail["lines"]}


def backs_of(converted: Converted) -> dict[str, dict[str, int]]:
    return {
        event.detail["refund_id"]: {
            line["line_id"]: line["amount"] for line in event.detail["lines"]
        }
        for event in converted.events
        if event.detail_type == "OrderRefunded"
    }


def types_of(converted: Converted) -> list[str]:
    return [event.detail_type for event in converted.events]


def reasons_of(converted: Converted) -> list[str]:
    return [each.reason for each in converted.not_converted]
