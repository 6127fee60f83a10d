"""Sending queues what does not come from orders: clearings, runs, exchanges."""

from collections.abc import Iterable

from rebate.domain.clearings import Clearing
from rebate.domain.commands import Clear, Command, PayPool
from rebate.domain.names import QueueId
from rebate.domain.plans import union
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.usecases.ports import Clock, Put, Store
from rebate.usecases.rows import Inbox, joined, number
from rebate.usecases.settings import SettingsReader

_OTHER_PLANS = frozenset({"order_queue", "alliance", "red_packet", "union", "referral"})


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Sends queues what a schedule starts; a repeated start of the same instant changes nothing."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def clear(self, at: Instant, *, ahead: bool = False) -> list[QueueId]:
        """Set all that waits in the chosen queues to zero, as of `at` (Rule 1.6.3).

        `ahead`: `at` is still to come. The command waits in the inboxes until then, and takes
        its place among orders to the microsecond, however late a schedule starts.
        """
        clearing = self.settings.in_force().terms.queue_rebate.clearing or Clearing()
        chosen = [q for q in self._queues() if is_base_queue(q) and clearing.covers(q)]
        return self._send(chosen, Clear(at), ahead=ahead)

    def average(self, at: Instant, *, ahead: bool = False) -> list[QueueId]:
        """Split each store's collected rewards over all entries that wait there (Rule 6.2)."""
        chosen = [q for q in self._queues() if q.startswith("red_packet/")]
        return self._send(chosen, PayPool(at, equally=True), ahead=ahead)

    def union(self, at: Instant, *, ahead: bool = False) -> list[QueueId]:
        """Pay the day's pool to entries in order of purchase (Rule 7.3)."""
        chosen = [q for q in self._queues() if q == union.QUEUE]
        limit = self.settings.in_force().terms.union.payout_per_day
        return self._send(chosen, PayPool(at, equally=False, limit=limit), ahead=ahead)

    def _queues(self) -> Iterable[QueueId]:
        """Return all queues, also those whose first commands still wait.

        Inboxes are read first, so that a queue that is settled meanwhile is not missed.
        """
        with_mail = queues_with_mail(self.store)
        return {*with_mail, *(queue.id for queue in self.store.scan(Queue))}

    def _send(self, queues: Iterable[QueueId], command: Command, *, ahead: bool) -> list[QueueId]:
        sent = sorted(queues)
        for queue in sent:
            send(self.store, self.clock, queue, command, ahead=ahead)
        return sent


def is_base_queue(queue: QueueId) -> bool:
    """Tell whether a queue is one of the queue-rebate plan's, which alone are cleared."""
    return queue.split("/")[0] not in _OTHER_PLANS


def send(
    store: Store,
    clock: Clock,
    queue: QueueId,
    command: Command,
    *,
    request: str | None = None,
    ahead: bool = False,
) -> None:
    """Put a command into a queue's inbox, at the instant at which it happened or will happen."""
    sort = joined(number(command.at), number(clock.now()), request or command.type)
    not_before = command.at if ahead else None
    row = Inbox(queue, sort, command, request=request, not_before=not_before)
    store.commit([Put(row)])


def queues_with_mail(store: Store) -> list[QueueId]:
    """Return the queues whose inboxes are not empty: what a sweep settles."""
    return sorted({row.queue for row in store.scan(Inbox)})
