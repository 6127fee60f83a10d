"""Clears queues: `{"at": instant}`, as EventBridge Scheduler sends it.

With `"if_due": true` it clears only where the settings in force have a clearing at that minute, so
that one schedule of every minute follows all changes of the settings. Such a clearing is sent two
minutes ahead: it waits in the inboxes, so that it takes its place among orders to the microsecond.
`"run"` names another run of some plan that ends entries; left out it is the base plan's clearing.
"""

from typing import Any

from rebate.adapters.telemetry import observed, record_started
from rebate.bootstrap import app
from rebate.contracts.schedules import endings, read_run, read_tick
from rebate.domain.names import QueueId
from rebate.usecases.schedules.due_runs import instant_of_run, run_due, ticks


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to clear."""
    asked, run = read_tick(event), read_run({"run": "clear", **event}, endings())
    scheduler = app().scheduler
    if not asked.if_due:
        return {"queues": record_started(run, scheduler.start(run, asked.instant))}
    terms = app().settings.in_force().terms
    due = [(at, ahead) for at, ahead in ticks(asked.instant) if run_due(run, terms, at)]
    told: set[QueueId] = set()
    for at, ahead in due:
        told.update(scheduler.start(run, instant_of_run(run, terms, at), ahead=ahead))
    return {"queues": record_started(run, sorted(told)) if due else []}
