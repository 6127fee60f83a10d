"""Gifts and their redemptions: placed, sent, done, or cancelled (Rule 3.4)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from rebate.domain.errors import Code, Mismatch, Rejected
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire


class RedemptionState(StrEnum):
    """How far a redemption is."""

    PLACED = "placed"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"


_BEFORE: Mapping[str, frozenset[str]] = {
    RedemptionState.SENT: frozenset({RedemptionState.PLACED}),
    RedemptionState.DONE: frozenset({RedemptionState.SENT}),
    RedemptionState.CANCELLED: frozenset({RedemptionState.PLACED, RedemptionState.SENT}),
}
"""By state, those that it may follow."""


@stored_as("gift")
@dataclass(frozen=True, slots=True)
class Gift:
    """What members may have for `price` (hundredths) of a balance.

    `stock` None: not counted. `limit` is how many a member may have. `starts_at` and `ends_at`
    bound when it may be redeemed: from the first on, before the second.
    """

    id: Annotated[str, wire("id")]
    name: Annotated[str, wire("name")]
    pocket: Annotated[BalanceType, wire("pocket")]
    price: Annotated[Amount, money("price")]
    stock: Annotated[int | None, wire("stock", absent=None)] = None
    limit: Annotated[int | None, wire("limit", absent=None)] = None
    on: Annotated[bool, wire("on", absent=True)] = True
    starts_at: Annotated[Instant | None, wire("starts_at", absent=None)] = None
    ends_at: Annotated[Instant | None, wire("ends_at", absent=None)] = None
    picture_url: Annotated[str | None, wire("picture_url", absent=None)] = None
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    saved_by: Annotated[str | None, wire("saved_by", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1

    def is_open(self, at: Instant) -> bool:
        """Tell whether it may be redeemed at an instant, if there is one left."""
        begun = self.starts_at is None or self.starts_at <= at
        return self.on and begun and (self.ends_at is None or at < self.ends_at)

    def less(self, pieces: int) -> "Gift":
        """Return the gift with fewer in stock (below zero: more).

        Raises:
            Rejected: `out_of_stock`.
        """
        if self.stock is None:
            return self
        if self.stock < pieces:
            message = f"{self.stock} of gift {self.id} are left, {pieces} are wanted"
            raise Rejected(Code.OUT_OF_STOCK, message)
        return replace(self, stock=self.stock - pieces)


@stored_as("redemption")
@dataclass(frozen=True, slots=True)
class Redemption:
    """A member's order of a gift, and what it cost; `tracking` says how it was sent."""

    member: Annotated[MemberId, wire("member")]
    id: Annotated[str, wire("id")]
    gift: Annotated[str, wire("gift")]
    quantity: Annotated[int, wire("quantity")]
    pocket: Annotated[BalanceType, wire("pocket")]
    price: Annotated[Amount, money("price")]
    at: Annotated[Instant, wire("at")]
    state: Annotated[str, wire("state", absent="placed")] = RedemptionState.PLACED
    tracking: Annotated[str | None, wire("tracking", absent=None)] = None
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1

    def go_on(self, state: str, tracking: str | None, reason: str | None) -> "Redemption":
        """Return the redemption in another state; unchanged if it is in that already.

        Raises:
            Mismatch: it cannot be, or is already with another tracking text.
        """
        if state == self.state and tracking in {None, self.tracking}:
            return self
        if self.state not in _BEFORE.get(state, ()):
            raise Mismatch(f"redemption {self.id} is {self.state}, so it cannot be {state}")
        return replace(self, state=state, tracking=tracking or self.tracking, reason=reason)


@stored_as("gift_count")
@dataclass(frozen=True, slots=True)
class GiftCount:
    """How many pieces of a gift a member has, those that were cancelled left out."""

    gift: Annotated[str, wire("gift")]
    member: Annotated[MemberId, wire("member")]
    count: Annotated[int, wire("count", absent=0)] = 0
    version: Annotated[int, wire("version", absent=0)] = 0
