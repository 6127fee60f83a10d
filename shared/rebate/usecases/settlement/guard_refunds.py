"""Pausing where refunds leave more to be borne than a day may have (Rule 1.6.5.2)."""

from contextlib import suppress

from rebate.domain.errors import Conflict
from rebate.domain.money import sum_of
from rebate.domain.plans import queue_rebate
from rebate.domain.queues import DayTotal, Queue
from rebate.domain.records import dataclass, replace
from rebate.usecases.settings.save_settings import SettingsReader, save_settings
from rebate.usecases.storage.ports import Clock, Put, Store

ATTEMPTS = 10

BY = "guards.borne_per_day"
"""Who has paused, as the history of the settings tells it."""


@dataclass(frozen=True, slots=True)
class RefundGuard:
    """Pauses the base plan; each settler looks after a refund, and every sweep for those who died.

    What was paused for stays in the rows of queues: an operator who resumes is not undone.
    """

    store: Store
    clock: Clock
    settings: SettingsReader

    def look(self) -> bool:
        """Pause if more is borne of some day's refunds, over all queues, than may be.

        Tells whether there was more, which nobody has paused for.

        Raises:
            Conflict: somebody kept saving settings.
        """
        most = self.settings.in_force().terms.borne_per_day
        if most is None:
            return False
        by_day: dict[str, list[tuple[Queue, DayTotal]]] = {}
        for queue in self.store.scan(Queue):
            if queue.borne:
                by_day.setdefault(queue.borne.day, []).append((queue, queue.borne))
        fresh = [
            queue
            for borne in by_day.values()
            if sum_of(total.amount for _, total in borne) > most
            for queue, total in borne
            if queue.paused_for != total
        ]
        if fresh:
            pause(self.store, self.clock, self.settings)
        for queue in fresh:
            self._mark(queue)
        return bool(fresh)

    def _mark(self, queue: Queue) -> None:
        """Keep that all was paused for what a queue has borne."""
        after = replace(queue, version=queue.version + 1, paused_for=queue.borne)
        with suppress(Conflict):  # it is settled just now: the next look sees it anew
            self.store.commit([Put(after, expects=queue.version)])


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
