"""Names of things: identifiers that must not be mistaken for one another."""

import re
from typing import NamedTuple, NewType

MemberId = NewType("MemberId", str)
OrderId = NewType("OrderId", str)
LineId = NewType("LineId", str)
ProductId = NewType("ProductId", str)
StoreId = NewType("StoreId", str)
QueueId = NewType("QueueId", str)
EntryId = NewType("EntryId", str)

GUEST = MemberId("")
"""The member of a guest's ticket: a guest contributes and earns nothing (Rule 0.14)."""

WHOLE_ORDER = LineId("")
"""The line of a ticket in a plan that works on whole orders (Rule 0.4.1)."""

NO_QUEUE = QueueId("")
"""Where a ticket came from, or went to, that was never merged (Rule 1.5.5)."""


class TicketKey(NamedTuple):
    """What a ticket is found by within its queue.

    `merged_from` is the queue that it came from: an order may have a ticket of its own in the
    queue into which others of its tickets are merged.
    """

    member: MemberId
    order: OrderId
    merged_from: QueueId = NO_QUEUE


_REPURCHASE = re.compile(r"-r[0-9]+$")


def is_repurchase(order: str) -> bool:
    """Tell whether an order's id is that of a forced repurchase: `{order}-r{n}` (Rule 4.4)."""
    return _REPURCHASE.search(order) is not None


def entry_id(order: OrderId, line: LineId) -> EntryId:
    """Return the public name of an entry: `{order}/{line}`, or `{order}` for whole orders."""
    return EntryId(order if line == WHOLE_ORDER else f"{order}/{line}")
