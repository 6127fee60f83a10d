"""Pays out what was collected: `{"run": …, "at": instant}`, a run of `rebate.contracts.schedules`.

With `"if_due": true` it runs only where the settings in force have that run at that minute. Minutes
at which nobody looked are made up for.
"""

from collections.abc import Sequence
from typing import Any

from rebate.adapters.telemetry import observed, record_started
from rebate.bootstrap import app
from rebate.contracts.schedules import LEVELS, RELEASE, payouts, read_run, read_tick
from rebate.domain.names import QueueId
from rebate.domain.times import Instant
from rebate.usecases.money.thaw import thaw_due


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were told to pay out; dividends, holds and thaws are of none."""
    asked, run = read_tick(event), read_run(event, payouts())
    if not asked.if_due:
        return {"queues": record_started(run, _start(run, asked.instant, ahead=False))}
    told = app().due_runs.start(run, asked.instant, lambda at, ahead: _start(run, at, ahead=ahead))
    return {"queues": [] if told is None else record_started(run, told)}


def _start(run: str, at: Instant, *, ahead: bool) -> Sequence[QueueId]:
    """Start a run; those of no queue have a use case of their own, and are never sent ahead."""
    match run:
        case "dividend":
            if not ahead:
                app().dividends.run(at)
        case _ if run == LEVELS:
            if not ahead:
                app().levels.fall(at)
        case _ if run == RELEASE:
            if not ahead:
                app().holds.release(at)
                thaw_due(app().wallets, at)
        case _:
            return app().scheduler.start(run, at, ahead=ahead)
    return []
