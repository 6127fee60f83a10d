"""Clears queues: `{"at": instant}`, as EventBridge Scheduler sends it.

With `"if_due": true` it clears only where the settings in force have a clearing at that minute, so
that one schedule of every minute follows all changes of the settings. Minutes at which nobody
looked are made up for. Such a clearing is sent two minutes ahead: it waits in the inboxes, so that
it takes its place among orders to the microsecond.
`"run"` names another run of some plan that ends entries; left out it is the base plan's clearing.
"""

from typing import Any

from rebate.adapters.telemetry import observed, record_started
from rebate.bootstrap import app
from rebate.contracts.schedules import endings, read_run, read_tick


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to clear."""
    asked, run = read_tick(event), read_run({"run": "clear", **event}, endings())
    scheduler = app().scheduler
    if not asked.if_due:
        return {"queues": record_started(run, scheduler.start(run, asked.instant))}
    told = app().due_runs.start(
        run, asked.instant, lambda at, ahead: scheduler.start(run, at, ahead=ahead)
    )
    return {"queues": [] if told is None else record_started(run, told)}
