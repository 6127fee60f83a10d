"""Events in: what shops tell the engine (contracts, section 1).

Unknown fields are ignored, because senders evolve. Amounts are whole minor units, instants carry an
offset and are kept in UTC. Whoever adds a field must let it default to None: `digest` leaves None
out, so that an event stored before the field existed still equals its repetition. Where absent and
null are not the same, `model_fields_set` tells.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from rebate.contracts.problems import Invalid, Problem, nearest, one_of, shown
from rebate.contracts.scalars import (
    NOT_EMPTY,
    WHOLE,
    Amount,
    Bps,
    Flag,
    Id,
    Quantity,
    SignedAmount,
    Text,
    UtcInstant,
)
from rebate.contracts.validation import Tolerant, error_at, problems_of
from rebate.domain.money import NOTHING, AmountsBy
from rebate.domain.names import is_repurchase

Channel = Literal["mall", "store", "cashier"]
Supply = Literal["self", "supplier", "aggregated", "store"]
Stars = Annotated[int, Field(strict=True, ge=1, le=5), WHOLE]

LINES_MAX = 2_000
"""Lines of an order, and of a refund."""
_LINES_SCHEMA: dict[str, Any] = {"minItems": 1, "maxItems": LINES_MAX}


class Buyer(Tolerant):
    """Who bought, with the member level at the time of the order (rule 1.3.1).

    A level that is left out is the one that was saved last of the member; null is none.
    """

    id: Id
    level: Id | None = None

    @property
    def level_given(self) -> bool:
        """Whether the order says the level, null included."""
        return "level" in self.model_fields_set


class OrderPaidLine(Tolerant):
    """One product of an order (rule 0.4).

    `paid` is what was paid for the whole line, after deductions; `deducted` is the value that
    points, love value and vouchers covered. `profit` is net of referral rewards and subsidies and
    may be a loss; null means that the margin of the product or of the settings decides (rule 7.1).
    """

    line_id: Id
    product_id: Id | None = None
    supply: Supply = Field(
        default="self", description="Left out: self in a mall order, store in any other."
    )
    quantity: Quantity = 1
    paid: Amount
    deducted: Amount = NOTHING
    profit: SignedAmount | None = None


_STORE_NEEDED: dict[str, Any] = {
    "if": {"properties": {"channel": {"enum": ["store", "cashier"]}}},
    "then": {"required": ["store_id"], "properties": {"store_id": {"type": "string"}}},
}


class OrderPaid(Tolerant):
    """A member paid an order, or a guest: `member` null (rule 0.14).

    Lines name their supply: self for the mall, store otherwise. Ids that end in -r and digits are
    those of forced repurchases (rule 4.4), so no other order is called so.
    """

    model_config = ConfigDict(json_schema_extra=_STORE_NEEDED)

    order_id: Id
    member: Buyer | None
    channel: Channel
    store_id: Id | None = None
    paid_at: UtcInstant
    currency: Text | None = None
    lines: Annotated[tuple[OrderPaidLine, ...], NOT_EMPTY] = Field(json_schema_extra=_LINES_SCHEMA)

    @model_validator(mode="before")
    @classmethod
    def _name_supply(cls, detail: Any) -> Any:
        return _with_supply(detail) if isinstance(detail, Mapping) else detail

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.channel != "mall" and self.store_id is None:
            raise error_at("store_id", f"is required for the channel {self.channel}")
        if is_repurchase(self.order_id):
            raise error_at("order_id", "must not end in -r and digits: forced repurchases do")
        _check_count(self.lines)
        _check_supply(self.channel, self.lines)
        _check_differ([line.line_id for line in self.lines])
        return self

    @property
    def paid(self) -> int:
        """What was paid for the whole order, in minor units."""
        return sum(line.paid for line in self.lines)

    @property
    def deducted(self) -> bool:
        """Whether the order counts as deducted: any of its lines is (rule 1.4, 4)."""
        return any(line.deducted for line in self.lines)


class OrderCompleted(Tolerant):
    """An order was completed: the goods are with the member."""

    order_id: Id
    completed_at: UtcInstant


class RefundLine(Tolerant):
    """What of one line goes back, in minor units; 0 is passed over."""

    line_id: Id
    amount: Amount


class OrderRefunded(Tolerant):
    """A part or all of an order went back to the buyer; cancellations too (rule 1.6.5).

    Lines that name the same line are added up. A refund that names no lines says `amount`, which is
    split over the lines in proportion to what is left of each (rule 1.6.6).
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["lines"]}, {"required": ["amount"]}]}
    )

    order_id: Id
    refund_id: Id
    refunded_at: UtcInstant
    currency: Text | None = None
    amount: Amount | None = None
    lines: Annotated[tuple[RefundLine, ...] | None, NOT_EMPTY] = Field(
        default=None, json_schema_extra=_LINES_SCHEMA
    )

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.lines is None) == (self.amount is None):
            raise error_at("lines", "must be there, or else amount: one of them")
        _check_count(self.lines or ())
        return self

    @property
    def amounts(self) -> dict[str, Amount]:
        """What goes back of each line that is named, in minor units; empty where none is."""
        found: AmountsBy[str] = AmountsBy()
        for line in self.lines or ():
            if line.amount:
                found[line.line_id] += line.amount
        return dict(found)


class MemberSaved(Tolerant):
    """A member was made or changed: an absent field is unchanged, null clears it.

    `referrer_id` binds once (rule 2.5): null or absent changes nothing, another is refused.
    """

    member_id: Id
    level: Id | None = None
    rank: Id | None = None
    referrer_id: Id | None = None
    nickname: Text | None = None
    avatar_url: Text | None = None


class ProductSaved(Tolerant):
    """A product was made or changed: an absent field is unchanged, null clears it.

    Off sale stalls its own queue (rule 1.5.5). A product is on sale, and our own, until it is said
    to be otherwise.
    """

    product_id: Id
    name: Text | None = None
    supply: Supply | None = Field(default=None, description="Null: self.")
    store_id: Id | None = None
    on_sale: Flag | None = Field(default=None, description="Null: true.")
    margin_bps: Bps | None = None


class StoreSaved(Tolerant):
    """A store was made or changed, with who brought it in (rule 2.4) and what it concedes.

    An absent field is unchanged, null clears it; `referrer_id` is as a member's.
    """

    store_id: Id
    name: Text | None = None
    referrer_id: Id | None = None
    concession_bps: Bps | None = None


class StoreVisited(Tolerant):
    """Somebody visited a store; it feeds reports (rule 6.3). `member_id` null: nobody known."""

    store_id: Id
    member_id: Id | None = None
    visited_at: UtcInstant
    visit_id: Id


class StoreRated(Tolerant):
    """Somebody rated a store; it feeds reports (rule 6.3). `member_id` null: nobody known."""

    store_id: Id
    member_id: Id | None = None
    stars: Stars
    rated_at: UtcInstant
    rating_id: Id


Event = (
    OrderPaid
    | OrderCompleted
    | OrderRefunded
    | MemberSaved
    | ProductSaved
    | StoreSaved
    | StoreVisited
    | StoreRated
)

EVENTS_IN: Mapping[str, type[Event]] = {
    model.__name__: model
    for model in (
        *(OrderPaid, OrderCompleted, OrderRefunded, MemberSaved, ProductSaved, StoreSaved),
        *(StoreVisited, StoreRated),
    )
}
"""The events by `detail-type`."""


class UnreadableEvent(Invalid):
    """An event that cannot be read: sending it again will not help."""

    code = "unreadable_event"


def parse_event(detail_type: object, detail: object) -> Event:
    """Return the event that the envelope's `detail-type` and `detail` say.

    Raises UnreadableEvent with one problem for each thing that is wrong.
    """
    model = EVENTS_IN.get(detail_type) if isinstance(detail_type, str) else None
    if model is None:
        raise UnreadableEvent([_unknown_type(detail_type)])
    if not isinstance(detail, Mapping):
        raise UnreadableEvent([Problem("detail", f"must be an object, not {shown(detail)}")])
    try:
        return model.model_validate(detail)
    except ValidationError as error:
        raise UnreadableEvent(problems_of(error, model)) from None


def digest(event: Event) -> str:
    """Return the SHA-256 of what the event says, in hexadecimal.

    Two events have the same digest exactly if they say the same: unknown fields, the order of keys,
    defaults written out and the offset of instants make no difference; the order of lines does.
    """
    if not isinstance(event, MemberSaved | ProductSaved | StoreSaved):
        said = event.model_dump(mode="json", exclude_none=True, exclude={"currency"})
    else:
        said = event.model_dump(mode="json", exclude_unset=True)
    content: list[Any] = [type(event).__name__, said]
    if isinstance(event, OrderPaid) and event.member and event.member.level_given:
        content += ["no level"] if event.member.level is None else []
    return hashlib.sha256(_CANONICAL.encode(content).encode()).hexdigest()


_CANONICAL = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _unknown_type(detail_type: object) -> Problem:
    return Problem(
        "detail-type",
        f"must be {one_of(tuple(EVENTS_IN))}, not {shown(detail_type)}",
        nearest(detail_type, EVENTS_IN),
    )


def _with_supply(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Name the supply of lines that leave it out, by the order's channel."""
    lines, supply = detail.get("lines"), "self" if detail.get("channel") == "mall" else "store"
    if not isinstance(lines, list | tuple):
        return dict(detail)
    named = [_line_with(line, supply) for line in lines]
    return {**detail, "lines": named}


def _line_with(line: Any, supply: str) -> Any:
    if isinstance(line, Mapping) and line.get("supply") is None:
        return {**line, "supply": supply}
    return line


def _check_count(lines: Sequence[object]) -> None:
    if len(lines) > LINES_MAX:
        raise error_at("lines", f"must be at most {LINES_MAX}, not {len(lines)}")


def _check_supply(channel: str, lines: Iterable[OrderPaidLine]) -> None:
    """A line of a store's goods is bought in the store (contracts, section 1)."""
    for number, line in enumerate(lines):
        if channel == "mall" and line.supply == "store":
            message = "store needs the channel store or cashier: send an order for each store"
            raise error_at(f"lines[{number}].supply", message)


def _check_differ(line_ids: Sequence[str]) -> None:
    seen: set[str] = set()
    for number, line_id in enumerate(line_ids):
        if line_id in seen:
            raise error_at(f"lines[{number}].line_id", f"stands twice: {shown(line_id)}")
        seen.add(line_id)
