"""Refunds of Shopify: what went back of which line, and the money that moved."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from rebate.connectors.amounts import minor_units
from rebate.connectors.delivery import UnreadableDelivery
from rebate.connectors.heard import HeardRefund, LineBack
from rebate.connectors.shopify_payloads import MoneyBag, ShopifyRefundLine, Transaction
from rebate.connectors.shopify_payloads import ShopifyRefund as Sent
from rebate.contracts.problems import Problem
from rebate.domain.currencies import DECIMALS
from rebate.domain.money import Amount

_ZERO = Decimal(0)


def refund_of(refund: Sent, currency: str | None, where: str) -> HeardRefund:
    """Return what a refund gives back; it stands at `where` in its delivery.

    Raises:
        UnreadableDelivery: it has no instant.
    """
    at = refund.processed_at or refund.created_at
    if at is None:
        raise UnreadableDelivery([Problem(f"{where}.processed_at", "is required")])
    if currency is None or currency not in DECIMALS:
        return HeardRefund(
            refund.id, at, currency=currency, unmoved="nothing of it says a currency"
        )
    return HeardRefund(
        refund.id,
        at,
        lines=tuple(_line_back(line, currency) for line in refund.refund_line_items),
        shipping=tuple(_shipping(refund, currency)),
        moved=_moved(refund, currency),
        currency=currency,
        unmoved=_unmoved(refund),
    )


def _line_back(line: ShopifyRefundLine, currency: str) -> LineBack:
    net = shop_money(line.subtotal_set, line.subtotal)
    tax = shop_money(line.total_tax_set, line.total_tax)
    return LineBack(line.line_item_id, minor_units(net, currency), minor_units(tax, currency))


def _shipping(refund: Sent, currency: str) -> Iterable[LineBack]:
    """Yield what went back of shipping: lines of its own, adjustments before version 2024-10."""
    for line in refund.refund_shipping_lines:
        tax = shop_money(line.tax_amount_set, _ZERO)
        yield _unsigned(shop_money(line.subtotal_amount_set, _ZERO), tax, currency)
    if not refund.refund_shipping_lines:
        for each in refund.order_adjustments:
            if each.kind == "shipping_refund":
                amount = shop_money(each.amount_set, each.amount)
                yield _unsigned(amount, shop_money(each.tax_amount_set, each.tax_amount), currency)


def _unsigned(net: Decimal, tax: Decimal, currency: str) -> LineBack:
    return LineBack(None, minor_units(abs(net), currency), minor_units(abs(tax), currency))


def _refunding(refund: Sent) -> Sequence[Transaction]:
    return [each for each in refund.transactions or () if each.kind in {"refund", None}]


def _unmoved(refund: Sent) -> str | None:
    """Return why no money has moved; None: some has, or the delivery does not say."""
    if refund.transactions is None:
        return None
    made = _refunding(refund)
    if any(each.status in {"success", None} for each in made):
        return None
    if not made:
        return "no money went back"
    return f"its transaction is not successful: {made[0].status}"


def _moved(refund: Sent, currency: str) -> Amount | None:
    """Return the money that went back, in the shop's currency; None: not said in it."""
    done = [each for each in _refunding(refund) if each.status in {"success", None}]
    if refund.transactions is None:
        return None
    total = _ZERO
    for each in done:
        if each.amount_set is not None:
            total += each.amount_set.shop_money.amount
        elif each.currency in {currency, None}:
            total += each.amount
        else:
            rate = _rate(refund)
            if rate is None:
                return None
            total += Decimal(rate.numerator) * each.amount / Decimal(rate.denominator)
    return minor_units(total, currency)


def _rate(refund: Sent) -> Fraction | None:
    """Return shop money by money shown to the buyer, as the parts of the refund have it."""
    bags = [
        *(line.subtotal_set for line in refund.refund_line_items),
        *(line.subtotal_amount_set for line in refund.refund_shipping_lines),
        *(each.amount_set for each in refund.order_adjustments),
    ]
    shop = shown = _ZERO
    for bag in bags:
        if bag is not None and bag.presentment_money is not None:
            shop += abs(bag.shop_money.amount)
            shown += abs(bag.presentment_money.amount)
    return Fraction(shop) / Fraction(shown) if shown else None


def currency_of(refund: Sent) -> str | None:
    """Return the shop's currency, as the parts of a refund name it."""
    bags = [
        *(line.subtotal_set for line in refund.refund_line_items),
        *(each.amount_set for each in refund.order_adjustments),
        *(line.subtotal_amount_set for line in refund.refund_shipping_lines),
        *(each.amount_set for each in refund.transactions or ()),
    ]
    named = [bag.shop_money.currency_code for bag in bags if bag is not None]
    paid_in = [each.currency for each in refund.transactions or () if each.currency]
    return next(iter([*named, *paid_in]), None)


def shop_money(bag: MoneyBag | None, otherwise: Decimal) -> Decimal:
    """Return the amount in the shop's currency; the plain field is in it, too."""
    return otherwise if bag is None else bag.shop_money.amount
