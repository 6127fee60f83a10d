"""Settles every queue with mail, so that a lost ring costs time and no money.

And sets aside what came before its order, and whose order did not come (Rule 1.6.6), pauses
where refunds leave too much to be borne (Rule 1.6.5.2), and puts planned settings in force. Once a
day it lists queues that are not listed, and every hour it sums up what all of them come to.
"""

from collections.abc import Callable, Mapping
from random import random
from time import monotonic
from typing import Any

from rebate.adapters.telemetry import (
    Metric,
    count,
    logger,
    observed,
    record_retry,
    record_settled,
    record_stuck,
    record_unknown,
)
from rebate.bootstrap import app
from rebate.domain.errors import Conflict, Impossible, Unavailable, Unreadable
from rebate.domain.names import QueueId
from rebate.domain.parking import ParkedState
from rebate.domain.plans.registry import PLANS
from rebate.usecases.orders.early_events import ExpiredEvent
from rebate.usecases.parking.park_command import PARKED_MAX
from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.storage.queue_list import TakingIn
from rebate.usecases.storage.rows.inbox import Parked

STEP_SECONDS = 60.0
"""How long a sweep looks for queues that are not listed, and how long it sums up; the next one goes
on."""


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Return the queues that were found with mail, and those of them that were left to others.

    They are taken in the order in which a day's cap gives them room (Rule 8.4), those of a plan at
    random: one that cannot be settled keeps no other waiting for ever.
    """
    with_mail = queues_with_mail(app().store)
    found = sorted(with_mail, key=lambda queue: (PLANS.rank(queue), random()))  # noqa: S311
    left = [queue for queue in found if not _settle(queue)]
    for what, look in _BESIDE.items():
        try:
            look()
        except (Conflict, Unavailable) as error:
            record_retry(what, error)
    return {"queues": sorted(found), "left": sorted(left)}


def _look_after_early_events() -> None:
    app().early.expire(_keep)
    count(Metric.UNCLAIMED, app().early.waiting())


def _guard_refunds() -> None:
    """Pause for whoever died between a refund and the pause that it causes (Rule 1.6.5.2)."""
    count(Metric.TOO_MUCH_BORNE, app().refund_guard.look())


def _list_queues() -> None:
    """Enter into the list of queues those that a release without it made."""
    until = monotonic() + STEP_SECONDS
    TakingIn(app().store, app().clock).step(lambda: monotonic() < until)


def _sum_up() -> None:
    """Keep the sums over all queues and members, which no request can read."""
    # Large, and rarely needed.
    from rebate.usecases.reports.all_sums import SumsKeeping  # noqa: PLC0415

    until = monotonic() + STEP_SECONDS
    SumsKeeping(app().store, app().clock, app().settings).step(lambda: monotonic() < until)


def _count_parked() -> None:
    """Let the alarm go on until somebody has decided on what is parked."""
    count(Metric.PARKED, len(app().store.query(Parked, ParkedState.PARKED, limit=PARKED_MAX)))


def _put_settings_in_force() -> None:
    """Put the settings in force that were planned for now (Rule 8.5)."""
    done = app().planning.put_in_force()
    if done and done.reason is not None:
        logger.error(
            "planned settings are not in force",
            extra={"planned_by": done.planned_by, "state": done.state, "reason": done.reason},
        )


_BESIDE: Mapping[str, Callable[[], None]] = {
    "the settings that are planned": _put_settings_in_force,
    "what came before its order": _look_after_early_events,
    "what is parked": _count_parked,
    "the guard of refunds": _guard_refunds,
    "the list of queues": _list_queues,
    "the sums over all queues": _sum_up,
}
"""What a sweep looks after beside queues; what cannot be done now is left to the next one."""


def _keep(letter: ExpiredEvent) -> None:
    # Rarely needed, and what reads events is large.
    from rebate.adapters.deliveries import keep_letter  # noqa: PLC0415

    keep_letter(letter, app())


def _settle(queue: QueueId) -> bool:
    try:
        settled = app().settler.settle(queue)
    except (Conflict, Unavailable) as error:
        record_retry(f"queue {queue}", error)
        return False
    except Unreadable as unreadable:
        record_unknown(f"queue {queue}", str(unreadable))
        return False
    except Impossible as error:
        record_stuck(f"queue {queue}", error)
        return False
    record_settled(settled)
    return not (settled.busy or settled.unseen or settled.unfinished)
