"""Sending queues what does not come from orders: clearings, runs, exchanges."""

from collections.abc import Iterable

from rebate.domain.clearings import Schedule
from rebate.domain.commands import Command
from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import WRITES_MAX, Clock, Put, Store
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import joined, number


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Sends queues what a schedule starts; a repeated start of the same instant changes nothing."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def start(self, name: str, at: Instant, *, ahead: bool = False) -> list[QueueId]:
        """Send what a run of some plan's asks of its queues, as of `at`; return the queues.

        Only the plan's own queues get it, of those that its schedule names if it names some.
        `ahead`: `at` is still to come. The command waits in the inboxes until then, and takes its
        place among orders to the microsecond, however late a schedule starts.

        Raises:
            LookupError: no plan has a run of that name.
        """
        plan, run = PLANS.run(name)
        assert run.command is not None, f"run {name} is of no queue: it has a use case of its own"
        terms = self.settings.in_force().terms.of(plan)
        schedule = run.schedule(terms) or Schedule()
        own = filter(None, map(plan.queue, self._queues()))
        chosen = [queue.id for queue in own if schedule.covers(queue)]
        return self._send(chosen, run.command(terms, at), ahead=ahead)

    def _queues(self) -> Iterable[QueueId]:
        """Return all queues, also those whose first commands still wait.

        Inboxes are read first, so that a queue that is settled meanwhile is not missed.
        """
        with_mail = queues_with_mail(self.store)
        return {*with_mail, *(queue.id for queue in self.store.scan(Queue))}

    def _send(self, queues: Iterable[QueueId], command: Command, *, ahead: bool) -> list[QueueId]:
        """Send a command to queues, many to a transaction: one by one, many would take too long.

        One that is cut off is started again for the same instant, and each queue takes it once.
        """
        sent = sorted(queues)
        for begins in range(0, len(sent), WRITES_MAX):
            some = sent[begins : begins + WRITES_MAX]
            now = self.clock.now()
            self.store.commit([Put(mail(queue, command, now, ahead=ahead)) for queue in some])
        return sent


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
    store.commit([Put(mail(queue, command, clock.now(), request=request, ahead=ahead))])


def mail(
    queue: QueueId,
    command: Command,
    now: Instant,
    *,
    request: str | None = None,
    ahead: bool = False,
) -> Inbox:
    """Return the row by which a command waits for its queue."""
    sort = joined(number(command.at), number(now), request or command.type)
    not_before = command.at if ahead else None
    return Inbox(queue, sort, command, request=request, not_before=not_before)


def queues_with_mail(store: Store) -> list[QueueId]:
    """Return the queues whose inboxes are not empty, in the order of their plans: for a sweep."""
    found = {row.queue for row in store.scan(Inbox)}
    return sorted(found, key=lambda queue: (PLANS.rank(queue), queue))
