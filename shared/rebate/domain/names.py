"""Names of things: identifiers that must not be mistaken for one another."""

from typing import NewType

MemberId = NewType("MemberId", str)
OrderId = NewType("OrderId", str)
LineId = NewType("LineId", str)
ProductId = NewType("ProductId", str)
StoreId = NewType("StoreId", str)
QueueId = NewType("QueueId", str)
EntryId = NewType("EntryId", str)

WHOLE_ORDER = LineId("")
"""The line of a ticket in a plan that works on whole orders (Rule 0.4.1)."""


def entry_id(order: OrderId, line: LineId) -> EntryId:
    """Return the public name of an entry: `{order}/{line}`, or `{order}` for whole orders."""
    return EntryId(order if line == WHOLE_ORDER else f"{order}/{line}")
