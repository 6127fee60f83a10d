"""Clears queues: `{"at": instant}`, as EventBridge Scheduler sends it.

With `"if_due": true` it clears only where the settings in force have a clearing at that minute, so
that one schedule of every minute follows all changes of the settings.
"""

from typing import Any

from rebate.adapters.telemetry import observed, tell_started
from rebate.bootstrap import app
from rebate.contracts.schedules import Clear
from rebate.usecases.schedules import clearing_due


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to clear."""
    asked = Clear.model_validate(event)
    at = asked.instant
    if asked.if_due and not clearing_due(app().settings.in_force().settings, at):
        return {"queues": []}
    return {"queues": tell_started("clear", app().scheduler.clear(at))}
