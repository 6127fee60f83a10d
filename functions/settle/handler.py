"""Settles the queues that new commands ring for: a batch of the inbox table's stream.

Keys are all that is read of a record, so the stream need not carry images. A queue that the store
will never let go on holds up no other of its shard: its ring is answered and an alarm tells of it,
while its commands stay in the inbox, where every sweep tries them anew.
"""

from collections.abc import Iterable
from typing import Any

from rebate.adapters.streams import Record, failures, inserted
from rebate.adapters.telemetry import (
    observed,
    record_lag,
    record_retry,
    record_settled,
    record_stuck,
    record_unknown,
)
from rebate.bootstrap import app
from rebate.domain.errors import Impossible, RebateError, Unreadable
from rebate.domain.names import QueueId
from rebate.usecases.settlement.settle_together import Outcome
from rebate.usecases.settlement.wake_up import wake_up_of
from rebate.usecases.storage.rows.keys import Key


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the records whose queues have to be rung for again."""
    rings: dict[QueueId, dict[str, Record]] = {}
    for record in inserted(event):
        rings.setdefault(wake_up_of(*record.key).queue, {})[record.number] = record
    rung = {queue: [Key(*each.key) for each in told.values()] for queue, told in rings.items()}
    outcomes = app().queues.settle(rung)
    return failures(
        number
        for queue, told in rings.items()
        if not _is_done(queue, outcomes[queue], told.values())
        for number in told
    )


def _is_done(queue: QueueId, outcome: Outcome, rung: Iterable[Record]) -> bool:
    """Report what came of a queue; tell whether its rings need not be brought again.

    What only another release can carry out or read is left to the sweep, which comes back to it:
    brought again from the stream, it would keep all queues behind it waiting.
    """
    match outcome:
        case Unreadable():
            record_unknown(f"queue {queue}", str(outcome))
            return True
        case Impossible():
            record_stuck(f"queue {queue}", outcome)
            return True
        case RebateError():
            record_retry(f"queue {queue}", outcome)
            return False
    record_settled(outcome)
    if not outcome.busy:
        first = min(wake_up_of(*each.key).arrived_at for each in rung)
        record_lag(first, app().clock.now())
    return not (outcome.unseen or outcome.unfinished)
