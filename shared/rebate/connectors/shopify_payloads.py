"""Payloads of Shopify: of each only what is needed, as version 2026-01 of its API words it."""

from decimal import Decimal
from typing import Any, ClassVar

from rebate.connectors.delivery import HowMany, IdText, InstantText, Money, PayloadPart, Word
from rebate.contracts.scalars import Flag

_ZERO = Decimal(0)


class Amount(PayloadPart):
    """An amount and its currency."""

    amount: Money
    currency_code: Word


class MoneyBag(PayloadPart):
    """An amount in the shop's currency, and as it was shown to the buyer."""

    shop_money: Amount
    presentment_money: Amount | None = None


class TaxLine(PayloadPart):
    """A tax on a line."""

    either: ClassVar = (("price", "price_set"),)

    price: Money = _ZERO
    price_set: MoneyBag | None = None


class Allocation(PayloadPart):
    """A line's share of a discount."""

    either: ClassVar = (("amount", "amount_set"),)

    amount: Money = _ZERO
    amount_set: MoneyBag | None = None


class LineItem(PayloadPart):
    """A line of an order; `tip` is there only where it is one."""

    either: ClassVar = (("price", "price_set"),)

    id: IdText
    product_id: IdText | None = None
    quantity: HowMany
    price: Money = _ZERO
    price_set: MoneyBag | None = None
    gift_card: Flag = False
    tip: Any = None
    tax_lines: tuple[TaxLine, ...] = ()
    discount_allocations: tuple[Allocation, ...] = ()


class Fulfillment(PayloadPart):
    """A shipment of some of the lines."""

    status: Word | None = None
    created_at: InstantText


class Transaction(PayloadPart):
    """A movement of money."""

    kind: Word | None = None
    status: Word | None = None
    amount: Money
    amount_set: MoneyBag | None = None
    currency: Word | None = None
    test: Flag = False


class ShopifyRefundLine(PayloadPart):
    """What of a line goes back, `subtotal` after discounts."""

    either: ClassVar = (("subtotal", "subtotal_set"),)

    line_item_id: IdText
    subtotal: Money = _ZERO
    subtotal_set: MoneyBag | None = None
    total_tax: Money = _ZERO
    total_tax_set: MoneyBag | None = None


class ShopifyAdjustment(PayloadPart):
    """What a refund has beside its lines; shipping, too, before version 2024-10."""

    kind: Word | None = None
    amount: Money = _ZERO
    amount_set: MoneyBag | None = None
    tax_amount: Money = _ZERO
    tax_amount_set: MoneyBag | None = None


class RefundShipping(PayloadPart):
    """What of shipping goes back."""

    subtotal_amount_set: MoneyBag
    tax_amount_set: MoneyBag | None = None


class ShopifyRefund(PayloadPart):
    """A refund, as it stands inside its order."""

    id: IdText
    order_id: IdText | None = None
    processed_at: InstantText | None = None
    created_at: InstantText | None = None
    refund_line_items: tuple[ShopifyRefundLine, ...] = ()
    order_adjustments: tuple[ShopifyAdjustment, ...] = ()
    refund_shipping_lines: tuple[RefundShipping, ...] = ()
    transactions: tuple[Transaction, ...] | None = None


class RefundOfOrder(ShopifyRefund):
    """A refund that comes by itself."""

    order_id: IdText


class Customer(PayloadPart):
    """Who bought; without an id nobody whom the shop knows."""

    id: IdText | None = None


class _NamedCustomer(PayloadPart):
    id: IdText


class CustomerNamed(PayloadPart):
    """A request of a customer's: to be forgotten, or to be told what is known of them."""

    customer: _NamedCustomer


class ShopNamed(PayloadPart):
    """A request of a shop that no longer uses the app."""

    shop_domain: Word


class ShopifyOrder(PayloadPart):
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
    fulfillments: tuple[Fulfillment, ...] = ()
    refunds: tuple[ShopifyRefund, ...] = ()


class Named(PayloadPart):
    """What is told of an order in deliveries that are not converted."""

    id: IdText | None = None
    order_id: IdText | None = None


class Edit(PayloadPart):
    """A change to an order."""

    order_edit: Named
