"""What falls due by itself: commands that wait for their instant (Rule 1.6.5.1).

In the cloud the sweep finds them when their time has come. Where the past is played nothing goes
by the clock of the machine: who plays asks what is next, and lets it happen at its own instant.
"""

from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.inbox import Inbox


def next_due(store: Store) -> tuple[Instant, tuple[QueueId, ...]] | None:
    """Return the next instant for which commands wait, and of which queues; None: there is none.

    Queues stand in the order in which their commands came.
    """
    waiting = [row for row in store.scan(Inbox) if row.not_before is not None]
    at = min((row.not_before for row in waiting if row.not_before is not None), default=None)
    if at is None:
        return None
    first = sorted((row for row in waiting if row.not_before == at), key=lambda row: row.sort)
    return at, tuple(dict.fromkeys(row.queue for row in first))
