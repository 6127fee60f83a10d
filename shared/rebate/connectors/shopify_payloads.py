"""Payloads of Shopify: of each only what is needed, as version 2026-01 of its API words it."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from rebate.connectors.delivery import IdText, InstantText, Money, Quantity, Word
from rebate.contracts.scalars import Flag
from rebate.contracts.validation import Tolerant

_ZERO = Decimal(0)


class Amount(Tolerant):
    """An amount and its currency."""

    amount: Money
    currency_code: Word


class MoneyBag(Tolerant):
    """An amount in the shop's currency, and as it was shown to the buyer."""

    shop_money: Amount
    presentment_money: Amount | None = None


class TaxLine(Tolerant):
    """A tax on a line."""

    price: Money = _ZERO
    price_set: MoneyBag | None = None


class Allocation(Tolerant):
    """A line's share of a discount."""

    amount: Money = _ZERO
    amount_set: MoneyBag | None = None


def _list(value: object) -> object:
    return () if value is None else value


class LineItem(Tolerant):
    """A line of an order; `tip` is there only where it is one."""

    id: IdText
    product_id: IdText | None = None
    quantity: Quantity = None
    price: Money = _ZERO
    price_set: MoneyBag | None = None
    gift_card: Flag = False
    tip: Any = None
    tax_lines: Annotated[tuple[TaxLine, ...], BeforeValidator(_list)] = ()
    discount_allocations: Annotated[tuple[Allocation, ...], BeforeValidator(_list)] = ()


class Fulfillment(Tolerant):
    """A shipment of some of the lines."""

    status: Word | None = None
    created_at: InstantText


class Transaction(Tolerant):
    """A movement of money."""

    kind: Word | None = None
    status: Word | None = None
    amount: Money
    amount_set: MoneyBag | None = None
    currency: Word | None = None
    test: Flag = False


class ShopifyRefundLine(Tolerant):
    """What of a line goes back, `subtotal` after discounts."""

    line_item_id: IdText
    subtotal: Money = _ZERO
    subtotal_set: MoneyBag | None = None
    total_tax: Money = _ZERO
    total_tax_set: MoneyBag | None = None


class ShopifyAdjustment(Tolerant):
    """What a refund has beside its lines; shipping, too, before version 2024-10."""

    kind: Word | None = None
    amount: Money = _ZERO
    amount_set: MoneyBag | None = None
    tax_amount: Money = _ZERO
    tax_amount_set: MoneyBag | None = None


class RefundShipping(Tolerant):
    """What of shipping goes back."""

    subtotal_amount_set: MoneyBag
    tax_amount_set: MoneyBag | None = None


class ShopifyRefund(Tolerant):
    """A refund, as it stands inside its order."""

    id: IdText
    order_id: IdText | None = None
    processed_at: InstantText | None = None
    created_at: InstantText | None = None
    refund_line_items: Annotated[tuple[ShopifyRefundLine, ...], BeforeValidator(_list)] = ()
    order_adjustments: Annotated[tuple[ShopifyAdjustment, ...], BeforeValidator(_list)] = ()
    refund_shipping_lines: Annotated[tuple[RefundShipping, ...], BeforeValidator(_list)] = ()
    transactions: tuple[Transaction, ...] | None = None


class RefundOfOrder(ShopifyRefund):
    """A refund that comes by itself."""

    order_id: IdText


class Customer(Tolerant):
    """Who bought; without an id nobody whom the shop knows."""

    id: IdText | None = None


class _NamedCustomer(Tolerant):
    id: IdText


class CustomerNamed(Tolerant):
    """A request of a customer's: to be forgotten, or to be told what is known of them."""

    customer: _NamedCustomer


class ShopNamed(Tolerant):
    """A request of a shop that no longer uses the app."""

    shop_domain: Word


class ShopifyOrder(Tolerant):
    """An order."""

    id: IdText
    currency: Word
    financial_status: Word | None = None
    fulfillment_status: Word | None = None
    processed_at: InstantText
    updated_at: InstantText | None = None
    cancelled_at: InstantText | None = None
    closed_at: InstantText | None = None
    test: Flag = False
    taxes_included: Flag = False
    customer: Customer | None = None
    line_items: tuple[LineItem, ...]
    fulfillments: Annotated[tuple[Fulfillment, ...], BeforeValidator(_list)] = ()
    refunds: Annotated[tuple[ShopifyRefund, ...], BeforeValidator(_list)] = ()


class Named(Tolerant):
    """What is told of an order in deliveries that are not converted."""

    id: IdText | None = None
    order_id: IdText | None = None


class Edit(Tolerant):
    """A change to an order."""

    order_edit: Named
