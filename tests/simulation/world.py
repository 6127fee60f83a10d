"""A simulated deployment: many workers on one store, until everything has taken effect."""

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import OrderCompleted, OrderPaid
from rebate.contracts.settings import merge_patch
from rebate.domain.commands import Complete
from rebate.domain.errors import Conflict, NotYet, Rejected, Unavailable
from rebate.domain.names import OrderId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, SECOND, Instant
from rebate.usecases.draws.seeds import repeatable_seed
from rebate.usecases.entries import exchange_entry
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.request_withdrawal import request_withdrawal
from rebate.usecases.money.transfer import transfer
from rebate.usecases.orders.accept_order import Accepted, OrderEvent
from rebate.usecases.orders.accept_together import OrderBatch, ToldOrder
from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.settings.save_settings import CURRENT_SETTINGS, save_settings
from rebate.usecases.settlement import pending_commands, settlement
from rebate.usecases.storage.ports import Work, Write, inline
from rebate.usecases.storage.rows.commissions import DividendRun
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.engine import Player
from tests.fakes import FakeClock, MemoryStore
from tests.simulation.client import CALM, Client, Weather
from tests.simulation.effects import Asked, Commit, Effect
from tests.simulation.lives import MEMBERS, Life
from tests.simulation.scheduler import Scheduler, Worker
from tests.usecases.disturbed import sweep, without_waiting

TURNS_MAX = 50_000
TURNS_AFTER = 1000
"""Turns for which work may go on when all events are accepted."""

FAILURES = (Conflict, Unavailable, Rejected, NotYet)
SEED = "simulated"
ROOM = settlement.ROOM
LITTLE_ROOM = 8


@dataclass
class Process:
    """Use cases that one worker runs, and what it is doing right now."""

    store: Client = field(init=False)
    app: App = field(init=False)
    doing: Asked | dict[OrderId, OrderEvent] | None = None


@dataclass
class World:
    """Plays a life as `chance` decides; `effects` is what took effect, in the order of commits.

    `room` and `rows_read` are what a settler's commit has room for, and reads at first. Where
    there is `LITTLE_ROOM`, commands are cut. What takes effect by halves, while others move the
    same wallets or change the settings, has no equal among effects one by one; so in a world
    that is not `crowded` nobody does, and one that is cannot be `repeatable`.
    """

    life: Life
    chance: Random
    weather: Weather = field(default_factory=Weather)
    effects: list[Effect] = field(default_factory=list)
    visited: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        document = {"settings": self.life.settings, "members": self.life.members, "steps": []}
        begun = Player({**document, "draw_seed": SEED})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(secrets, "token_hex", self._token)
            begun.begin()
        self.before: MemoryStore = begun.store
        self.store = begun.store.fork()
        self.clock = FakeClock()
        self.scheduler = Scheduler(self.chance)
        self.deliveries = [
            e for e in self.life.events for _ in range(self.chance.choice((1, 1, 2)))
        ]
        self.room = self.chance.choice((ROOM, ROOM, LITTLE_ROOM))
        self.rows_read = self.chance.choice((1, 2, pending_commands.ROWS_READ))
        self.crowded = self.room == ROOM or self.chance.random() < 0.3
        self.rings: list[QueueId] = []
        self.wishes = self._wishes()
        self.runs = [self.chance.choice(self.life.moments) for _ in range(3)]
        self.dividends = [self.chance.choice(self.life.moments) for _ in range(2)]
        self.changes = list(self.life.changes)
        self.asks = 40 if self.life.has_lottery else 6
        self._parts: dict[Key, set[int]] = defaultdict(set)

    @property
    def repeatable(self) -> bool:
        return self.room == ROOM or not self.crowded

    def play(self) -> None:
        """Let everybody work in any weather, then let a calm day finish what is left."""
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(settlement, "ROOM", self.room)
            patched.setattr(pending_commands, "ROWS_READ", self.rows_read)
            patched.setattr(exchange_entry, "uuid4", self._uuid)
            self._play()

    def _play(self) -> None:
        roles = [
            *[self._accept] * 2,
            *[self._accept_together] * 2,
            *[self._settle] * 2,
            *[self._settle_together] * 2,
            self._run,
            *[self._ask] * (4 if self.life.has_lottery else 1),
            self._sweep,
        ]
        if self.crowded:
            roles += [*[self._pay] * 2, *[self._divide] * 2, self._release, self._change]
        for role in roles:
            self.scheduler.spawn(role.__name__, partial(self._work, role))
        for _ in range(TURNS_MAX):
            if not self.deliveries:
                break
            self._turn()
        else:
            raise AssertionError("some events are never accepted")
        for _ in range(self.chance.randrange(TURNS_AFTER)):
            self._turn()
        self.scheduler.end()
        self._calm_down()

    def _turn(self) -> None:
        worker = self.scheduler.step()
        if worker.done:
            self.scheduler.spawn(worker.name, worker.work)
        if self.chance.randrange(500) == 0:
            self.clock.advance(self.chance.choice((1, 4, 12)) * SECOND)

    def _calm_down(self) -> None:
        """Deliver everything once more, and settle what waits: nobody holds a lease any more."""
        self.clock.advance(12 * SECOND)
        turns = iter(range(TURNS_MAX))
        process = self._process(lambda: _insist_on_an_end(turns), CALM)
        for event in self.chance.sample(self.life.events, len(self.life.events)):
            process.doing = _by_order([event])
            process.app.orders.accept(event)
        sweep(process.app)
        for run in list(self.store.scan(DividendRun)):
            process.app.dividends.run(run.at)

    def _work(self, role: Callable[[Process], None], worker: Worker) -> None:
        """Do one job after another as long as this process lives."""
        process = self._process(worker.turn, self.weather)
        while True:
            worker.turn()
            process.store.read.clear()
            with suppress(*FAILURES):
                role(process)

    def _process(self, turn: Callable[[], None], weather: Weather) -> Process:
        process = Process()
        note = partial(self._note, process)
        process.store = Client(self.store, turn, self.chance, weather, note)
        app = wire(process.store, self.clock, repeatable_seed(SEED), self._aside)
        process.app = without_waiting(app)
        return process

    def _aside(self, work: Work) -> Work:
        """Let a commit take place before the next is decided, or only after that."""
        return inline(work) if self.chance.random() < 0.5 else work

    def _note(self, process: Process, writes: Sequence[Write], before: Sequence[Any]) -> None:
        """Keep what a commit brought about."""
        parts = list(Commit(writes, before, self.store).parts())
        self.visited["queues share a transaction"] += len(parts) > 1
        for commit in parts:
            settings = _settings_of(process, commit)
            for what in commit.tell(process.doing, process.store.read):
                self.effects.append(Effect(what, settings))
                self.visited[type(what).__name__] += 1
            self._visit(process, commit)

    def _visit(self, process: Process, commit: Commit) -> None:
        """Count how often what is rare came about."""
        shared = [row for row in commit.put[Inbox] if row.others]
        self.visited["commands share a row"] += bool(shared)
        self.visited["completions do"] += any(isinstance(row.command, Complete) for row in shared)
        if not commit.put[Queue]:
            return
        _, begun = commit.begun()
        joined = commit.joined()
        for each in commit.letters():
            if each.ticket and each.ticket.key in joined:
                self._parts[each.row].add(id(process))
            if each.sort == begun:
                self.visited[f"a {each.command.type} is cut"] += 1
        left = {row for row in self._parts if self.store.get(Inbox, row)}
        self.visited["part of a row is settled"] += len(left)
        gone = [self._parts.pop(row) for row in list(self._parts) if row not in left]
        self.visited["several settle a row"] += sum(len(each) > 1 for each in gone)
        self.visited.update(event.type for row in commit.put[Journal] for event in row.events)
        for answer in commit.put[Answer]:
            self.visited["refused" if answer.refused else "granted"] += 1

    def _token(self, count: int) -> str:
        return self.chance.randbytes(count).hex()

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def _wishes(self) -> list[Asked]:
        """Return what members will ask of the cashier, some of it more often than they own."""
        wishes = []
        for number in range(6):
            name, member = f"w{number}", self.chance.choice(MEMBERS)
            amount, at = self.chance.choice((50, 700)), self.chance.choice(self.life.moments)
            wishes.append(Asked("withdraw", (name, member, amount, at)))
            decision = (("approve", self.chance.random() < 0.5), ("by", "operator"))
            wishes.append(Asked("decide", (name,), decision))
            giver, taker = self.chance.sample(MEMBERS, 2)
            wishes.append(Asked("transfer", (f"t{number}", giver, taker, "points", amount, at)))
        return wishes

    def _accept(self, process: Process) -> None:
        if self.deliveries:
            event = self.chance.choice(self.deliveries)
            process.doing = _by_order([event])
            self._accepted(event, process.app.orders.accept(event))

    def _accept_together(self, process: Process) -> None:
        """Accept a batch of orders that were paid, or completed, as the function for them does."""
        kind = self.chance.choice((OrderPaid, OrderPaid, OrderCompleted))
        told = [event for event in self.deliveries if isinstance(event, kind)]
        events = self.chance.sample(told, min(len(told), self.chance.randint(2, 6)))
        process.doing = _by_order(events)
        batch = OrderBatch(process.app.orders)
        batch.expect(ToldOrder(event) for event in events)
        for event in events:
            with suppress(*FAILURES):
                self._accepted(event, batch.accept(event))

    def _accepted(self, event: OrderEvent, accepted: Accepted) -> None:
        """Ring, unless the ring is lost; acknowledge, unless that is."""
        self.rings += [queue for queue in accepted.queues if self.chance.random() < 0.8]
        if self.chance.random() < 0.9:
            place = next((n for n, e in enumerate(self.deliveries) if e is event), None)
            if place is not None:
                del self.deliveries[place]

    def _settle(self, process: Process) -> None:
        if self.rings:
            process.app.settler.settle(self.rings.pop(self.chance.randrange(len(self.rings))))

    def _settle_together(self, process: Process) -> None:
        """Settle several queues by what rang of their inboxes, as a batch of a stream does."""
        queues = self.chance.sample(self.rings, min(len(self.rings), self.chance.randint(2, 6)))
        waiting = sorted(self.store.scan(Inbox), key=lambda row: row.sort)
        heard = [row for row in waiting if row.queue in queues and self.chance.random() < 0.9]
        rung = {queue: [key_of(row) for row in heard if row.queue == queue] for queue in queues}
        for queue in queues:
            self.rings.remove(queue)
        process.app.queues.settle(rung)

    def _pay(self, process: Process) -> None:
        if self.wishes:
            wish = process.doing = self.chance.choice(self.wishes)
            carry_out(process.app, wish)

    def _run(self, process: Process) -> None:
        if self.runs and self.chance.randrange(20) == 0:
            at = self.chance.choice(self.runs)
            self.rings += process.app.scheduler.start("clear", at)
            self.rings += process.app.scheduler.start("union", at)

    def _ask(self, process: Process) -> None:
        """Exchange an entry, or draw its ratio."""
        if not self.asks or (self.chance.randrange(4) and not self.life.has_lottery):
            return
        waiting = [
            (ticket.queue, ticket.entry_id(index))
            for ticket in self.store.scan(Ticket)
            for index, line in enumerate(ticket.lines)
            if line.entry and line.entry.waits
            if not (self.life.has_lottery and line.entry.paid)
        ]
        if waiting:
            self.asks -= 1
            queue, entry = self.chance.choice(waiting)
            at = self.chance.choice((self.chance.choice(self.life.moments), self.life.moments[-1]))
            if self.chance.random() < (0.8 if self.life.has_lottery else 0.1):
                process.app.entries.draw(Wish(queue, entry), at=at)
            else:
                process.app.entries.exchange(Wish(queue, entry), "points", at=at)

    def _release(self, process: Process) -> None:
        at = self.chance.choice(self.life.moments)
        process.app.holds.release(Instant(at + DAY))

    def _divide(self, process: Process) -> None:
        if self.chance.randrange(8) == 0:
            process.app.dividends.run(self.chance.choice(self.dividends))

    def _change(self, process: Process) -> None:
        """Change the settings that are in force; an operator whose change fails tries again."""
        if self.changes and self.chance.randrange(20) == 0:
            patch = self.chance.choice(self.changes)
            known = process.app.settings.in_force()
            document = merge_patch(known.document, patch)
            save_settings(process.store, self.clock, document, expects=known.version, by="test")
            self.changes.remove(patch)

    def _sweep(self, process: Process) -> None:
        self.rings += queues_with_mail(process.app.store)


OPERATIONS: Mapping[str, Callable[..., object]] = {
    "withdraw": request_withdrawal,
    "decide": decide_withdrawal,
    "transfer": transfer,
}


def carry_out(app: App, wish: Asked) -> None:
    OPERATIONS[wish.operation](app.wallets, *wish.arguments, **dict(wish.options))


def _settings_of(process: Process, commit: Commit) -> int | None:
    """Return which version of the settings a commit was decided under (None: none was read).

    It is the last that was read; but a settler decides by what it read with the queue, and looks
    at the settings again, for its guard, before that commit has to be stored.
    """
    for queue in commit.put[Queue]:
        return process.store.together[Queue, Key(queue.id)][CURRENT_SETTINGS]
    return process.store.read.get(CURRENT_SETTINGS)


def _insist_on_an_end(turns: Iterator[int]) -> None:
    assert next(turns, None) is not None, "work goes on and on"


def _by_order(events: Iterable[OrderEvent]) -> dict[OrderId, OrderEvent]:
    return {OrderId(event.order_id): event for event in events}
