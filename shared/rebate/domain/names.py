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

    `merged_from` is the queue that it came from (`came_from`): an order may have a ticket of its
    own in the queue into which others of its tickets are merged.
    """

    member: MemberId
    order: OrderId
    merged_from: QueueId = NO_QUEUE


_CAME_FROM = re.compile(r"(?:([0-9]+):)?(.*)", re.DOTALL)


def came_from(queue: QueueId, merged_from: QueueId) -> QueueId:
    """Return what a ticket of `queue` has as `merged_from` in the queue to which it goes on.

    From the second time on it says which it is: what goes back and forth between two queues, as
    these are put together and apart (Rule 1.4.1), is a ticket of its own each time.
    """
    moves = moves_of(merged_from) + 1
    return queue if moves == 1 else QueueId(f"{moves}:{queue}")


def moves_of(merged_from: QueueId) -> int:
    """Return how often what a ticket stands for has gone on in another queue."""
    return int(_came(merged_from)[1] or 1) if merged_from else 0


def queue_left(merged_from: QueueId) -> QueueId:
    """Return the queue that a ticket came from, without how often it went on."""
    return QueueId(_came(merged_from)[2])


def left_behind(queue: QueueId, merged_from: QueueId) -> tuple[QueueId, QueueId]:
    """Return where the ticket stands that went on in `queue`: its queue, and its `merged_from`.

    A line goes on between its own queue and the shared one, so what came there before came from
    here.
    """
    moves = moves_of(merged_from) - 1
    before = {0: NO_QUEUE, 1: queue}.get(moves, QueueId(f"{moves}:{queue}"))
    return queue_left(merged_from), before


def _came(merged_from: QueueId) -> re.Match[str]:
    found = _CAME_FROM.fullmatch(merged_from)
    assert found is not None, "the pattern takes everything"
    return found


_REPURCHASE = re.compile(r"-r[0-9]+$")


def is_repurchase(order: str) -> bool:
    """Tell whether an order's id is that of a forced repurchase: `{order}-r{n}` (Rule 4.4)."""
    return _REPURCHASE.search(order) is not None


def entry_id(order: OrderId, line: LineId) -> EntryId:
    """Return the public name of an entry: `{order}/{line}`, or `{order}` for whole orders."""
    return EntryId(order if line == WHOLE_ORDER else f"{order}/{line}")
