"""What came before its order was paid: kept by who told it, and set aside if it does not fit.

`early_days` after it came, what still has no order is set aside, too (Rule 1.6.6).
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from rebate.domain.errors import Conflict
from rebate.domain.orders import Early, Order
from rebate.domain.records import dataclass, replace
from rebate.domain.times import DAY, Instant, datetime_of
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import UNCLAIMED, Key
from rebate.usecases.storage.rows.orders import Unclaimed

BYTES_MAX = 200_000
"""What is kept for an order that is not paid: with all that a paid order has, its row has room."""

FACT_BYTES, AMOUNT_BYTES = 300, 24
"""What a fact and an amount of it take at most, beside their names."""

PAGE = 50
"""Orders that a run looks at together."""

UNCLAIMED_CODE = "unclaimed"
"""The code of letters whose order did not come."""


@dataclass(frozen=True, slots=True)
class ExpiredEvent:
    """An event that can never succeed: an envelope as JSON, and why.

    The envelope says from whom it was accepted, with the ids that it was accepted with.
    """

    body: str
    code: str
    reason: str


def early_of(order: Order, owner: str) -> tuple[Early, ...]:
    """Return what is kept for an order; what was kept before senders were told apart is `owner`'s.

    In order of arrival.
    """
    return (*_of_old(order, owner), *order.early)


def _of_old(order: Order, owner: str) -> Iterator[Early]:
    for name in order.kept:
        if name is None:
            assert order.completed_at is not None, f"order {order.id} keeps an unknown completion"
            yield Early(owner, order.completed_at, order.completed_at)
            continue
        refund = order.refunds[name]
        yield Early(owner, refund.at, refund.at, name, refund.digest, refund.amounts)


def has_room(order: Order, early: Early) -> bool:
    """Tell whether an order's row can keep one more."""
    return sum(map(_bytes_of, (*order.early, early))) <= BYTES_MAX


def _bytes_of(early: Early) -> int:
    names = (*early.amounts, early.sender, early.refund or "")
    return FACT_BYTES + sum(AMOUNT_BYTES + len(name.encode()) for name in names)


def letter_of(order: Order) -> Callable[[Early], ExpiredEvent]:
    """Return what makes a letter of what was kept for an order."""

    def letter(early: Early) -> ExpiredEvent:
        return ExpiredEvent(_envelope(order, early), early.refused or UNCLAIMED_CODE, early.reason)

    return letter


def _envelope(order: Order, early: Early) -> str:
    at = datetime_of(early.at).isoformat()
    detail: dict[str, Any] = {"order_id": order.id}
    if early.refund is None:
        detail["completed_at"] = at
    else:
        detail |= {"refund_id": early.refund, "refunded_at": at}
        named = [{"line_id": line, "amount": amount} for line, amount in early.amounts.items()]
        detail |= {"amount": early.amount} if early.amount is not None else {"lines": named}
    kind = "OrderCompleted" if early.refund is None else "OrderRefunded"
    said = {"detail-type": kind, "detail": detail, "time": at, "accepted_from": early.sender}
    return json.dumps(said, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class EarlyEvents:
    """Looks after what came before its order."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def waiting(self) -> int:
        """Return for how many orders something has been kept for a day, up to a page of them."""
        rows = self.store.query(Unclaimed, UNCLAIMED, limit=PAGE)
        return sum(row.since <= self.clock.now() - DAY for row in rows)

    def expire(self, set_aside: Callable[[ExpiredEvent], None]) -> int:
        """Set aside what is older than `early_days`; return how many events that were.

        Each is told before it is forgotten: a run that dies between the two tells it again.
        """
        days = self.settings.in_force().terms.early_days
        if days is None:
            return 0
        before, told = Instant(self.clock.now() - days * DAY), 0
        while True:
            rows = self.store.query(Unclaimed, UNCLAIMED, limit=PAGE)
            due = [row for row in rows if row.since <= before]
            for row in due:
                told += self._expire(row, days, set_aside)
            if len(due) < PAGE:
                return told

    def _expire(self, row: Unclaimed, days: int, set_aside: Callable[[ExpiredEvent], None]) -> int:
        order = self.store.get(Order, Key(row.order))
        waits = order is not None and order.digest is None
        early = order.early if order and waits else ()
        writes: list[Write] = [Remove(Unclaimed, key_of(row))]
        if order and early:
            reason = f"order {order.id} did not come within {days} days"
            for each in early:
                set_aside(letter_of(order)(replace(each, refused=None, reason=reason)))
            after = replace(order, early=(), version=order.version + 1)
            writes.append(Put(after, expects=order.version))
        with suppress(Conflict):  # the order came, or more of it: the next run looks again
            self.store.commit(writes)
        return len(early)
