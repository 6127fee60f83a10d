"""Pausing where refunds leave more to be borne than a day may have (Rule 1.6.5.2)."""

from rebate.domain.errors import Conflict
from rebate.domain.plans import queue_rebate
from rebate.domain.queues import Queue
from rebate.usecases.settings.save_settings import SettingsReader, save_settings
from rebate.usecases.storage.ports import Clock, Store

ATTEMPTS = 10

BY = "guards.borne_per_day"
"""Who has paused, as the history of the settings tells it."""


def passes_what_may_be_borne(store: Store, settings: SettingsReader, day: str) -> bool:
    """Tell whether more is borne of a day's refunds, over all queues, than may be."""
    most = settings.in_force().terms.borne_per_day
    if most is None:
        return False
    borne = (queue.borne for queue in store.scan(Queue))
    return sum(each.amount for each in borne if each and each.day == day) > most


def pause(store: Store, clock: Clock, settings: SettingsReader) -> bool:
    """Pause the base plan until an operator resumes it; False: it is paused, or there is none.

    Raises:
        Conflict: somebody kept saving settings.
    """
    from rebate.contracts.settings import merge_patch  # noqa: PLC0415 - hardly ever needed

    for attempt in range(ATTEMPTS):
        now = settings.in_force()
        plan = now.document.get(queue_rebate.PLAN.name)
        if not plan or plan.get("paused"):
            return False
        document = merge_patch(now.document, {queue_rebate.PLAN.name: {"paused": True}})
        try:
            save_settings(store, clock, document, expects=now.version, by=BY)
        except Conflict:
            if attempt == ATTEMPTS - 1:
                raise
        else:
            return True
    return False
