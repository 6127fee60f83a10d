"""From an inbox row's key to the queue that it rings for."""

from urllib.parse import unquote

from rebate.domain.names import QueueId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A command came into the inbox of `queue` at `arrived_at`."""

    queue: QueueId
    arrived_at: Instant


def wake_up_of(partition: str, sort: str) -> WakeUp:
    """Return what the key of an inbox row says: the inverse of `rows.inbox_key`.

    The partition is the queue's id and a shard, the sort key begins with the instants of the
    command and of its arrival; all are quoted so that `#` stands only between them.
    """
    queue, _, _ = partition.rpartition("#")
    _, arrival, _ = sort.split("#", 2)
    return WakeUp(QueueId(unquote(queue)), Instant(int(arrival)))
