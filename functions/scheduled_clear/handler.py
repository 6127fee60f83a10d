"""Clears queues: `{"at": instant}`, as EventBridge Scheduler sends it.

With `"if_due": true` it clears only where the settings in force have a clearing at that minute, so
that one schedule of every minute follows all changes of the settings. Such a clearing is sent two
minutes ahead: it waits in the inboxes, so that it takes its place among orders to the microsecond.
"""

from typing import Any

from rebate.adapters.telemetry import observed, tell_started
from rebate.bootstrap import app
from rebate.contracts.schedules import read_tick
from rebate.domain.names import QueueId
from rebate.usecases.schedules import clearing_due, instant_of_run, ticks


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to clear."""
    asked = read_tick(event)
    if not asked.if_due:
        return {"queues": tell_started("clear", app().scheduler.clear(asked.instant))}
    terms = app().settings.in_force().terms
    due = [(at, ahead) for at, ahead in ticks(asked.instant) if clearing_due(terms, at)]
    told: set[QueueId] = set()
    for at, ahead in due:
        told.update(app().scheduler.clear(instant_of_run(terms, at), ahead=ahead))
    return {"queues": tell_started("clear", sorted(told)) if due else []}
