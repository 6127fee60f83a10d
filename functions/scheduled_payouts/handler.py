"""Pays out what was collected: `{"run": …, "at": instant}`, a run of `rebate.contracts.schedules`.

With `"if_due": true` it runs only where the settings in force have that run at that minute.
"""

from collections.abc import Sequence
from typing import Any

from rebate.adapters.telemetry import observed, tell_started
from rebate.bootstrap import app
from rebate.contracts.schedules import Payout, Run
from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.usecases.schedules import payout_due


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to pay out; dividends and holds are of no queue."""
    asked = Payout.model_validate(event)
    at = asked.instant
    if asked.if_due and not payout_due(asked.run, app().settings.in_force().settings, at):
        return {"queues": []}
    return {"queues": tell_started(asked.run, _start(asked.run, at))}


def _start(run: Run, at: Instant) -> Sequence[QueueId]:
    match run:
        case "average":
            return app().scheduler.average(at)
        case "union":
            return app().scheduler.union(at)
        case "dividend":
            app().dividends.run(at)
        case "release":
            app().holds.release(at)
    return []
