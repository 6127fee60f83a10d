"""Settles the queues that new commands ring for: a batch of the inbox table's stream.

Keys are all that is read of a record, so the stream need not carry images. A queue that the store
will never let go on holds up no other of its shard: its ring is answered and an alarm tells of it,
while its commands stay in the inbox, where every sweep tries them anew.
"""

from typing import Any

from rebate.adapters.streams import failures, inserted
from rebate.adapters.telemetry import (
    observed,
    record_lag,
    record_retry,
    record_settled,
    record_stuck,
    record_unknown,
)
from rebate.bootstrap import app
from rebate.domain.errors import Conflict, Impossible, Unavailable, Unreadable
from rebate.domain.names import QueueId
from rebate.usecases.settlement.wake_up import WakeUp, wake_up_of


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose queues have to be rung for again."""
    rings: dict[QueueId, dict[str, WakeUp]] = {}
    for record in inserted(event):
        ring = wake_up_of(*record.key)
        rings.setdefault(ring.queue, {})[record.number] = ring
    return failures(
        number for queue, rung in rings.items() if not _settle(queue, rung) for number in rung
    )


def _settle(queue: QueueId, rung: dict[str, WakeUp]) -> bool:
    """Settle once for all rings of a batch; tell whether they need not be brought again.

    What only another release can carry out or read is left to the sweep, which comes back to it:
    brought again from the stream, it would keep all queues behind it waiting.
    """
    try:
        settled = app().settler.settle(queue)
    except (Conflict, Unavailable) as error:
        record_retry(f"queue {queue}", error)
        return False
    except Unreadable as unreadable:
        record_unknown(f"queue {queue}", str(unreadable))
        return True
    except Impossible as error:
        record_stuck(f"queue {queue}", error)
        return True
    record_settled(settled)
    if not settled.busy:
        record_lag(min(ring.arrived_at for ring in rung.values()), app().clock.now())
    return not (settled.unseen or settled.unfinished)
