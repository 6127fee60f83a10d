"""A simulated deployment: many workers on one store, until everything has taken effect."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Any, TypeAlias

from rebate.bootstrap import App, wire
from rebate.domain.commands import Exchange
from rebate.domain.errors import Conflict, NotYet, Rejected, Unavailable
from rebate.domain.holds import Hold
from rebate.domain.ledger import Pocket
from rebate.domain.names import QueueId
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, SECOND, Instant
from rebate.usecases.accept_order import OrderEvent
from rebate.usecases.ports import Put, Write
from rebate.usecases.queue_commands import queues_with_mail, send
from rebate.usecases.rings import ring_of
from rebate.usecases.rows import Inbox, key_of
from tests.engine import Player
from tests.fakes import FakeClock, MemoryStore
from tests.simulation.client import CALM, Client, Weather
from tests.simulation.lives import MEMBERS, Life
from tests.simulation.scheduler import Scheduler, Worker
from tests.usecases.disturbed import sweep, without_waiting

TURNS_MAX = 200_000
FAILURES = (Conflict, Unavailable, Rejected, NotYet)


@dataclass(frozen=True)
class Accepted:
    """An event, and when the first of its commands arrived."""

    event: OrderEvent
    arrived_at: Instant | None = None


@dataclass(frozen=True)
class Asked:
    """What a member asked of the cashier: the name of the use case and its arguments."""

    operation: str
    arguments: tuple[Any, ...]
    options: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Sent:
    row: Inbox


@dataclass(frozen=True)
class Settled:
    queue: QueueId
    removed: tuple[Inbox, ...]


@dataclass(frozen=True)
class Released:
    hold: Hold


Effect: TypeAlias = Accepted | Asked | Sent | Settled | Released


@dataclass
class Process:
    """Use cases that one worker runs, and what it is doing right now."""

    app: App = field(init=False)
    doing: Accepted | Asked | None = None


@dataclass
class World:
    """Plays a life as `chance` decides; `effects` is what took effect, in the order of commits."""

    life: Life
    chance: Random
    weather: Weather = field(default_factory=Weather)
    effects: list[Effect] = field(default_factory=list)

    def __post_init__(self) -> None:
        begun = Player({"settings": self.life.settings, "members": self.life.members, "steps": []})
        begun.begin()
        self.before: MemoryStore = begun.store
        self.store = begun.store.fork()
        self.clock = FakeClock()
        self.scheduler = Scheduler(self.chance)
        self.deliveries = [
            e for e in self.life.events for _ in range(self.chance.choice((1, 1, 2)))
        ]
        self.rings: list[QueueId] = []
        self.wishes = self._wishes()
        self.runs = [self.chance.choice(self.life.moments) for _ in range(3)]
        self.exchanges = 3

    def play(self) -> None:
        """Let everybody work in any weather, then let a calm day finish what is left."""
        roles = [
            *[self._accept] * 3,
            *[self._settle] * 3,
            *[self._pay] * 2,
            self._run,
            self._exchange,
            self._release,
            self._sweep,
        ]
        for role in roles:
            self.scheduler.spawn(role.__name__, partial(self._work, role))
        for _ in range(TURNS_MAX):
            if not self.deliveries:
                break
            worker = self.scheduler.step()
            if worker.done:
                self.scheduler.spawn(worker.name, worker.work)
            if self.chance.randrange(500) == 0:
                self.clock.advance(self.chance.choice((1, 4, 12)) * SECOND)
        else:
            raise AssertionError("some events are never accepted")
        self.scheduler.end()
        self._calm_down()

    def _calm_down(self) -> None:
        """Deliver everything once more, and settle what waits: nobody holds a lease any more."""
        self.clock.advance(12 * SECOND)
        process = self._process(lambda: None, CALM)
        for event in self.chance.sample(self.life.events, len(self.life.events)):
            process.doing = Accepted(event)
            process.app.orders.accept(event)
        sweep(process.app)

    def _work(self, role: Callable[[Process], None], worker: Worker) -> None:
        """Do one job after another as long as this process lives."""
        process = self._process(worker.turn, self.weather)
        while True:
            worker.turn()
            with suppress(*FAILURES):
                role(process)

    def _process(self, turn: Callable[[], None], weather: Weather) -> Process:
        process = Process()
        store = Client(self.store, turn, self.chance, weather, partial(self._note, process))
        process.app = without_waiting(wire(store, self.clock))
        return process

    def _note(self, process: Process, writes: Sequence[Write], gone: list[Any]) -> None:
        """Keep what a commit brought about."""
        commands = tuple(row for row in gone if isinstance(row, Inbox))
        if commands:
            self.effects.append(Settled(commands[0].queue, commands))
        elif isinstance(process.doing, Accepted):
            sent = [w.row for w in writes if isinstance(w, Put) and isinstance(w.row, Inbox)]
            arrived_at = ring_of(*key_of(sent[0])).arrived_at if sent else None
            self.effects.append(replace(process.doing, arrived_at=arrived_at))
        elif process.doing:
            self.effects.append(process.doing)
        elif len(writes) == 1 and isinstance(writes[0], Put) and isinstance(writes[0].row, Inbox):
            self.effects.append(Sent(writes[0].row))
        elif gone and isinstance(gone[0], Hold):
            self.effects.append(Released(gone[0]))

    def _wishes(self) -> list[Asked]:
        """Return what members will ask of the cashier, some of it more often than they own."""
        if "referral" in self.life.settings:
            return []
        wishes = []
        for number in range(6):
            name, member = f"w{number}", self.chance.choice(MEMBERS)
            amount, at = self.chance.choice((50, 700)), self.chance.choice(self.life.moments)
            wishes.append(Asked("withdraw", (name, member, amount, at)))
            wishes.append(Asked("decide", (name,), (("approve", self.chance.random() < 0.5),)))
            giver, taker = self.chance.sample(MEMBERS, 2)
            wishes.append(Asked("transfer", (f"t{number}", giver, taker, "points", amount)))
        return wishes

    def _accept(self, process: Process) -> None:
        if not self.deliveries:
            return
        event = self.chance.choice(self.deliveries)
        process.doing = Accepted(event)
        accepted = process.app.orders.accept(event)
        self.rings += [queue for queue in accepted.queues if self.chance.random() < 0.8]
        if self.chance.random() < 0.9:
            place = next((n for n, e in enumerate(self.deliveries) if e is event), None)
            if place is not None:
                del self.deliveries[place]

    def _settle(self, process: Process) -> None:
        if self.rings:
            process.app.settler.settle(self.rings.pop(self.chance.randrange(len(self.rings))))

    def _pay(self, process: Process) -> None:
        if self.wishes:
            wish = process.doing = self.chance.choice(self.wishes)
            carry_out(process.app, wish)

    def _run(self, process: Process) -> None:
        if self.runs and self.chance.randrange(20) == 0:
            at = self.chance.choice(self.runs)
            self.rings += process.app.scheduler.clear(at)
            self.rings += process.app.scheduler.union(at)

    def _exchange(self, process: Process) -> None:
        if not self.exchanges or self.chance.randrange(20):
            return
        joined = [
            (ticket, line.id)
            for ticket in self.store.scan(Ticket)
            for line in ticket.lines
            if line.entry
        ]
        if joined:
            ticket, line = self.chance.choice(joined)
            at, name = self.chance.choice(self.life.moments), f"x{self.exchanges}"
            self.exchanges -= 1
            command = Exchange(at, ticket.order, ticket.member, line, Pocket.POINTS)
            send(process.app.store, self.clock, ticket.queue, command, request=name)

    def _release(self, process: Process) -> None:
        at = self.chance.choice(self.life.moments)
        process.app.holds.release(Instant(at + DAY))

    def _sweep(self, process: Process) -> None:
        self.rings += queues_with_mail(process.app.store)


def carry_out(app: App, wish: Asked) -> None:
    getattr(app.cashier, wish.operation)(*wish.arguments, **dict(wish.options))
