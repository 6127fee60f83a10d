"""What a commit brings about, told from the rows that it writes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rebate.domain.commands import Complete, OfTicket
from rebate.domain.holds import Hold
from rebate.domain.names import OrderId, QueueId, TicketKey
from rebate.domain.orders import Order
from rebate.domain.plans import referral
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.orders.accept_order import OrderEvent
from rebate.usecases.settlement.pending_commands import PendingCommand
from rebate.usecases.settlement.wake_up import wake_up_of
from rebate.usecases.storage.ports import Put, Remove, Write
from rebate.usecases.storage.rows.commissions import Commission, DividendRun
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, inbox_key
from rebate.usecases.storage.rows.settings import CurrentSettings, SettingsVersion
from tests.fakes import MemoryStore


@dataclass(frozen=True)
class Accepted:
    """An event, and when the first of its commands arrived."""

    event: OrderEvent
    arrived_at: Instant | None


@dataclass(frozen=True)
class Asked:
    """What a member asked of the cashier: the name of the use case and its arguments."""

    operation: str
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Sent:
    """A command that does not come from an order."""

    row: Inbox


@dataclass(frozen=True)
class Settled:
    """Commands of a queue, named by their sort keys, that were carried out."""

    queue: QueueId
    commands: tuple[str, ...]


@dataclass(frozen=True)
class Rewarded:
    """Rings of an order's referral rewards that were heard when the order had this version."""

    queue: QueueId
    rings: tuple[str, ...]
    order: Key
    version: int


@dataclass(frozen=True)
class Divided:
    """A step of the dividend run of an instant."""

    at: Instant


@dataclass(frozen=True)
class Changed:
    """Settings that were put in force as a version."""

    document: dict[str, Any]
    version: int


@dataclass(frozen=True)
class Released:
    hold: Hold


What: TypeAlias = Accepted | Asked | Sent | Settled | Rewarded | Divided | Changed | Released


@dataclass(frozen=True)
class Effect:
    """What took effect, under the version of the settings that was read for it (None: none)."""

    what: What
    settings: int | None


@dataclass
class Commit:
    """A commit that took place, with the row that was there before each of its writes."""

    writes: Sequence[Write]
    before: Sequence[Any]
    store: MemoryStore

    def __post_init__(self) -> None:
        self.put: dict[type, list[Any]] = defaultdict(list)
        self.removed: dict[type, list[Any]] = defaultdict(list)
        self.appeared: list[Any] = []
        self.was: dict[type, Any] = {}
        for write, row in zip(self.writes, self.before, strict=True):
            match write:
                case Put(new):
                    self.put[type(new)].append(new)
                    self.was[type(new)] = row
                    self.appeared += [new] if row is None else []
                case Remove(kind) if row is not None:
                    self.removed[kind].append(row)

    def parts(self) -> Iterator["Commit"]:
        """Yield what each of several queues wrote, in order; rows of none go with the first."""
        owners = list(dict.fromkeys(filter(None, map(self._owner, self.writes))))
        if len(owners) < 2:
            yield self
            return
        for owner in owners:
            own = [
                (write, row)
                for write, row in zip(self.writes, self.before, strict=True)
                if (self._owner(write) or owners[0]) == owner
            ]
            yield Commit([write for write, _ in own], [row for _, row in own], self.store)

    @staticmethod
    def _owner(write: Write) -> QueueId | None:
        match write:
            case Put(Queue() as queue):
                return queue.id
            case Put(Ticket() as ticket):
                return ticket.queue
            case Put(Journal() as journal):
                return QueueId(journal.source)
            case Put(Commission() as commission):
                return referral.queue_of(commission.order)
            case Remove(kind, key) if kind is Inbox:
                return wake_up_of(*key).queue
        return None

    def tell(
        self,
        doing: Asked | Mapping[OrderId, OrderEvent] | None,
        read: Mapping[tuple[type, Key], int],
    ) -> Iterator[What]:
        """Yield what took effect: `doing` and `read` are what the process was at, and had read."""
        if self.put[Queue]:
            yield from self._settled()
        elif self._rings() and (self.removed[Inbox] or self.put[Commission]):
            yield self._rewarded(read)
        elif self.put[Order]:
            assert isinstance(doing, Mapping)
            for order in self.put[Order]:
                yield Accepted(doing[order.id], self._arrival(order.id))
        elif self.put[DividendRun]:
            yield Divided(self.put[DividendRun][0].at)
        elif self.put[CurrentSettings]:
            (saved,) = self.put[SettingsVersion]
            yield Changed(saved.document, saved.number)
        elif self.put[Inbox]:
            yield from map(Sent, self.put[Inbox])
        elif self.removed[Hold]:
            yield Released(self.removed[Hold][0])
        elif isinstance(doing, Asked):
            yield doing

    def letters(self) -> list[PendingCommand]:
        """Return the commands of the queue's inbox in which this commit may have had a part."""
        (queue,) = self.put[Queue]
        left = [row for row in self.store.scan(Inbox) if row.queue == queue.id]
        return [each for row in [*self.removed[Inbox], *left] for each in commands(row)]

    def joined(self) -> set[TicketKey]:
        """Return whose tickets appeared: their commands to join were carried out, or begun."""
        return {row.key for row in self.appeared if isinstance(row, Ticket)}

    def completed(self) -> set[TicketKey]:
        """Return whose orders were completed: their commands were carried out, or begun."""
        pairs = zip(self.writes, self.before, strict=True)
        return {
            write.row.key
            for write, row in pairs
            if isinstance(write, Put)
            and isinstance(write.row, Ticket)
            and write.row.completed_at is not None
            and (row is None or row.completed_at is None)
        }

    def begun(self) -> tuple[str | None, str | None]:
        """Return which command of the queue was begun before, and which is now."""
        before, after = self.was[Queue], self.put[Queue][0]
        return (
            before.progress.command if before and before.progress else None,
            after.progress.command if after.progress else None,
        )

    def _settled(self) -> Iterator[Settled]:
        """Yield what was carried out: what was begun comes first, whatever sorts before it."""
        (queue,), (was, now) = self.put[Queue], self.begun()
        removed = {key_of(row) for row in self.removed[Inbox]}
        joined = self.joined()
        completed = self.completed()

        def is_done(each: PendingCommand) -> bool:
            if isinstance(each.command, Complete):
                return each.command.ticket in completed
            return each.ticket.key in joined if each.ticket else each.row in removed

        done = sorted(each.sort for each in self.letters() if is_done(each))
        first = [was] if was and was != now else []
        for commands in (first, [sort for sort in done if sort not in {was, now}]):
            if commands:
                yield Settled(queue.id, tuple(commands))

    def _rings(self) -> list[Key]:
        """Return which rings were heard, also those that another has heard meanwhile."""
        return [w.key for w in self.writes if isinstance(w, Remove) and w.kind is Inbox]

    def _rewarded(self, read: Mapping[tuple[type, Key], int]) -> Rewarded:
        rings = self._rings()
        queue = wake_up_of(*rings[0]).queue
        order = Key(referral.order_of(queue) or "")
        return Rewarded(queue, tuple(key.sort for key in rings), order, read[Order, order])

    def _arrival(self, order: OrderId) -> Instant | None:
        sent = [
            wake_up_of(*inbox_key(row.queue, each.sort)).arrived_at
            for row in self.put[Inbox]
            for each in commands(row)
            if isinstance(each.command, OfTicket) and each.command.order == order
        ]
        return min(sent, default=None)


def commands(row: Inbox) -> list[PendingCommand]:
    """Return the commands that share a row of an inbox."""
    key = key_of(row)
    assert not isinstance(row.command, Unknown)
    others = [
        PendingCommand(each.sort, each.command, key, ticket=each.ticket) for each in row.others
    ]
    return [PendingCommand(row.sort, row.command, key, row.request, row.ticket), *others]
