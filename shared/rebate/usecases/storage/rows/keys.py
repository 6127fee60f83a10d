"""Keys: where rows are stored.

A `Key` is (partition, sort); rows of one partition can be read in order of their sort keys.
No partition is shared between two orders, except by the same member or, in a queue's inbox,
by the orders of one of its `SHARDS`.
"""

from hashlib import sha256
from typing import NamedTuple
from zlib import crc32

from rebate.domain.names import (
    NO_QUEUE,
    MemberId,
    OrderId,
    QueueId,
    StoreId,
)
from rebate.domain.place_index import NodeKey
from rebate.domain.times import Instant

PART_BYTES_MAX = 240

UNCLAIMED = "all"
"""The partition of what came before its order: there is little of it."""

AUDITS = "all"
"""The partition of all audits: there is one a day."""

EXPORT_JOBS = "all"
"""The partition of exports that are asked for: they are kept for a day."""

ENDPOINTS = "all"
"""The partition of the endpoints of webhooks: there are a few."""

SHARDS = 4
"""Partitions of a queue's inbox; each takes about 250 orders a second."""

DAY_SHARDS = 4
"""Partitions of the figures of a day; each takes a few hundred commits a second."""

TALLIES = tuple(map(str, range(16)))
"""Shards of what orders add to sums outside queues; each takes about a hundred orders a second."""


class Key(NamedTuple):
    """Where a row is stored."""

    partition: str
    sort: str = ""


ACTS = "acts"
"""The partition of what people did: there is little of it."""

PERIODS = Key("dividend")
"""Where it stands which period of the dividend is open."""

CORRECTIONS = Key("corrections")
"""Where it stands how often a binding was corrected."""


def joined(*parts: str) -> str:
    """Return `parts` as one string that no other parts give.

    Long parts are shortened to a digest: a sort key may have 1 024 bytes.
    """
    return "#".join(distinct(part) for part in parts)


def distinct(part: str) -> str:
    safe = escaped(part)
    if utf8_bytes(safe) <= PART_BYTES_MAX:
        return safe
    return f"{safe[:32]}%{sha256(part.encode()).hexdigest()}"


def utf8_bytes(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text) if text.isascii() else len(text.encode())


def escaped(part: str) -> str:
    """Return a part in which `#` does not stand; partitions need no shortening."""
    return part.replace("%", "%25").replace("#", "%23")


_NOBODYS = "\x1f"
"""Begins the partitions of guests' tickets, and no member's id."""


def number(value: int) -> str:
    """Return a non-negative whole number so that text sorts as numbers do."""
    return f"{value:020d}"


def place_key(queue: QueueId, place: int) -> str:
    """Return how a ticket that waits sorts among its member's tickets."""
    return f"{joined(queue)}#{number(place)}"


def tally_of(name: str) -> Key:
    """Return the tally in which what is called so counts."""
    return Key(TALLIES[crc32(name.encode()) % len(TALLIES)])


def day_key(day: str, queue: QueueId) -> Key:
    """Return where it is stored what a day came to in a queue."""
    return Key(day_partition(day, crc32(queue.encode()) % DAY_SHARDS), queue)


def day_partition(day: str, shard: int) -> str:
    """Return a part of the figures of a day, over all queues."""
    return f"{day}/{shard}"


def inbox_partition(queue: QueueId, shard: int) -> str:
    """Return one of the partitions in which a queue's commands wait."""
    return f"{escaped(queue)}#{shard}"


def inbox_key(queue: QueueId, sort: str) -> Key:
    """Return where the command with this sort key waits."""
    return Key(inbox_partition(queue, crc32(sort.encode()) % SHARDS), sort)


def due_partition(queue: QueueId) -> str:
    """Return where what is due later waits for its time, in order of that (Rule 1.6.5.1)."""
    return f"{escaped(queue)}#due"


def journal_key(source: str, row: int) -> Key:
    """Return where the journal row `row` of a source is stored."""
    return Key(joined(source, number(row)))


def ticket_key(
    queue: QueueId, member: MemberId, order: OrderId, merged_from: QueueId = NO_QUEUE
) -> Key:
    """Return where the ticket of an order in a queue is stored: with its member's others.

    A guest's stands for itself, where no member's can.
    """
    came_from = (merged_from,) if merged_from else ()
    return Key(member or f"{_NOBODYS}{order}", joined(queue, order, *came_from))


def node_key(key: NodeKey) -> Key:
    """Return where a node of a queue's index of places is stored."""
    return Key(joined(key.queue, str(key.tree), str(key.level), str(key.index)))


def refund_key(order: OrderId, name: str) -> Key:
    """Return where a refund of an order is stored."""
    return Key(order, joined(name))


def owned_key(name: str, member: MemberId) -> Key:
    """Return where something that a member named is stored: with what others call the same."""
    return Key(name, joined(member))


def request_key(kind: str, caller: str, name: str) -> Key:
    """Return where the request that a caller named is stored."""
    return Key(joined(kind, name), joined(caller))


def figures_key(promoter: MemberId, member: MemberId) -> Key:
    """Return where it stands what a member earned a promoter; of no member: who bought in all."""
    return Key(promoter, joined("of", member))


def right_key(store: StoreId, member: MemberId) -> Key:
    """Return where it stands what a member may do in a store."""
    return Key(store, joined(member))


def bill_key(store: StoreId, name: str) -> Key:
    """Return where a bill of a store is stored."""
    return Key(store, joined(name))


def line_rows_key(order: OrderId, digest: str, row: int) -> Key:
    """Return where further lines of an order are stored."""
    return Key(order, joined(digest, number(row)))


def name_key(kind: str, name: str, owner: str) -> Key:
    """Return where a folded name is stored: with those that begin alike, in their order."""
    return Key(f"{kind}/{name[:1]}", f"{escaped(name)}#{distinct(owner)}")


def act_key(at: Instant, name: str) -> Key:
    """Return where it is stored what a person did: all in one list, in order of time."""
    return Key(ACTS, joined(number(at), name))


def note_key(member: MemberId, name: str) -> Key:
    """Return where a note about a member is stored."""
    return Key(member, joined(name))


def webhook_secret_key(endpoint: str, number_: int) -> Key:
    """Return where a secret of an endpoint is stored."""
    return Key(endpoint, number(number_))


def webhook_delivery_key(endpoint: str, at: Instant, message: str) -> Key:
    """Return where a delivery to an endpoint is stored: in order of when its event happened."""
    return Key(endpoint, joined(number(at), message))
