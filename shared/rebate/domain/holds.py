"""Rebates on hold: pending until some days after the order that earned them (Rule 1.2.8)."""

from collections.abc import Iterable
from typing import Annotated

from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, Instant
from rebate.domain.wire import money, stored_as, wire


@stored_as("hold", 2)
@dataclass(frozen=True, slots=True)
class Hold:
    """Pending cash of a member, earned by `order`; `id` sorts by when it was credited.

    `collected`: it is pending until the member collects it, and never due (Rule 6.2).
    """

    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    amount: Annotated[Amount, money("amount")]
    days: Annotated[int, wire("days")]
    collected: Annotated[bool, wire("collected", absent=False)] = False

    def is_due(self, completed_at: Instant | None, now: Instant) -> bool:
        """Tell whether the amount is available at `now`."""
        due = self.due_at(completed_at)
        return due is not None and due <= now

    def due_at(self, completed_at: Instant | None) -> Instant | None:
        """Return when the amount becomes available, if that is known."""
        if self.collected or completed_at is None:
            return None
        return Instant(completed_at + self.days * DAY)


def taken_from(holds: Iterable[Hold], order: OrderId, amount: Amount) -> list[Hold]:
    """Return the holds that change when `amount` is taken: first the order's own, then others."""
    own_first = sorted(holds, key=lambda hold: (hold.order != order, hold.id))
    changed = []
    for hold in own_first:
        taken = min(hold.amount, amount)
        amount -= taken
        if taken:
            changed.append(replace(hold, amount=hold.amount - taken))
    return changed
