"""What a delivery tells of an order, in words that all platforms share.

Amounts are in minor units of the order's currency, instants are text with an offset.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rebate.domain.money import NOTHING, Amount


@dataclass(frozen=True, slots=True)
class BoughtLine:
    """A line of goods: `paid` is what was paid for it, tax included, discounts taken off."""

    line_id: str
    product_id: str | None
    quantity: int | float | None
    paid: Amount

    def as_json(self) -> dict[str, Any]:
        """Return the line as it stands in our event."""
        return {
            "line_id": self.line_id,
            **({} if self.product_id is None else {"product_id": self.product_id}),
            **({} if self.quantity is None else {"quantity": self.quantity}),
            "paid": self.paid,
        }


@dataclass(frozen=True, slots=True)
class Bought:
    """An order as it stood at `seen_at`.

    `member` None: a guest. `unpaid` says in a word why it is not paid yet, None where it is.
    `taxes_included`: refunds of its lines name amounts with the tax in them. `too_many`: how many
    lines, and `too_large`: how many bytes of them, an order has of which none is kept, since nobody
    would accept it.
    """

    seen_at: datetime
    paid_at: str
    currency: str
    member: str | None
    lines: tuple[BoughtLine, ...]
    unpaid: str | None = None
    taxes_included: bool = False
    too_many: int = 0
    too_large: int = 0

    @property
    def is_kept(self) -> bool:
        """Whether its lines are kept."""
        return not (self.too_many or self.too_large)


@dataclass(frozen=True, slots=True)
class LineBack:
    """What of a line goes back; `line_id` None: the platform does not say of which."""

    line_id: str | None
    net: Amount
    tax: Amount

    def amount(self, *, taxes_included: bool) -> Amount:
        """Return what goes back of the line, tax included."""
        return self.net if taxes_included else self.net + self.tax


@dataclass(frozen=True, slots=True)
class HeardRefund:
    """A refund of an order; `at` None: it was only named, and what is in it is not known.

    `moved` is the money that went back in all, and beats what the lines say; None: the lines count.
    `unmoved` says why no money has moved. `shipping` is what of `moved` is for no line.
    `loose` goes back for no line in particular.
    """

    refund_id: str
    at: str | None
    lines: tuple[LineBack, ...] = ()
    shipping: tuple[LineBack, ...] = ()
    moved: Amount | None = None
    loose: Amount = NOTHING
    currency: str | None = None
    unmoved: str | None = None


@dataclass(frozen=True, slots=True)
class PrivacyRequest:
    """What a platform asks of whoever holds data of its customers; an operator carries it out.

    `member` None: of all customers of the shop that `reason` names.
    """

    code: Literal["erasure_requested", "data_requested"]
    member: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What one delivery tells. `order_id` None: it is about none.

    `tells_payment`: it stands for the order's payment, if the order is paid. `completed_at` and
    `all_back_at` are instants, or None. `excluded` says why nothing of the order ever counts;
    `unconverted` why nothing is made of this delivery.
    """

    order_id: str | None
    bought: Bought | None = None
    tells_payment: bool = False
    completed_at: str | None = None
    refunds: tuple[HeardRefund, ...] = ()
    all_back_at: str | None = None
    excluded: str | None = None
    unconverted: str | None = None
    unmoved: str | None = None
    """Why a delivery that stands for money given back gives none."""
    asks: PrivacyRequest | None = None
    """What the platform asks in the name of its customers (Rule 8.10)."""
