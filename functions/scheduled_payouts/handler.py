"""Pays out what was collected: `{"run": "average" | "union", "at": instant}`.

With `"if_due": true` it runs only where the settings in force have that run at that minute.
"""

from typing import Any

from rebate.adapters.telemetry import observed, tell_started
from rebate.bootstrap import app
from rebate.contracts.schedules import Payout
from rebate.usecases.schedules import payout_due


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to pay out."""
    asked = Payout.model_validate(event)
    at = asked.instant
    if asked.if_due and not payout_due(asked.run, app().settings.in_force().settings, at):
        return {"queues": []}
    run = app().scheduler.average if asked.run == "average" else app().scheduler.union
    return {"queues": tell_started(asked.run, run(at))}
