"""The same effects one after another, by one process, without trouble."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from rebate.bootstrap import App, wire
from rebate.domain.events import Event
from rebate.domain.holds import Hold
from rebate.domain.orders import Order
from rebate.domain.plans import referral
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.draws.seeds import repeatable_seed
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import SettingsReader, save_settings
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.commissions import DividendRun
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.settings import CurrentSettings
from tests.fakes import FakeClock, MemoryStore
from tests.simulation.effects import (
    Accepted,
    Asked,
    Changed,
    Divided,
    Effect,
    Released,
    Rewarded,
    Sent,
    Settled,
)
from tests.simulation.world import SEED, carry_out
from tests.usecases.disturbed import Killed, without_waiting

AT_THE_END = Instant(4 * 10**15)
NOTHING: Mapping[Key, int] = {}


class Narrowed(MemoryStore):
    """A store in which one effect's own part is seen, as it was when the effect's process read it.

    `commands` wait, and no others do; a ring for rewards may be heard by two. `hold` is held.
    `settings` is the version in force (None: the last); `versions` are those of orders that have
    changed since.
    """

    def __init__(self, rows: dict[type, dict[str, dict[str, Any]]]) -> None:
        super().__init__()
        self.rows = rows
        self._orders: dict[tuple[Key, int], Order] = {}
        self._rings: list[Inbox] = []
        self.narrow(None)

    def narrow(
        self,
        settings: int | None,
        *,
        commands: Sequence[str] = (),
        hold: Hold | None = None,
        versions: Mapping[Key, int] = NOTHING,
    ) -> None:
        self.settings = settings
        self.commands = commands
        self.hold = hold
        self.versions = versions

    def get(self, kind: type[Any], key: Key) -> Any:
        if kind is CurrentSettings and self.settings is not None:
            return CurrentSettings(self.settings)
        if kind is Order and key in self.versions:
            return self._orders[key, self.versions[key]]
        return super().get(kind, key)

    def query(
        self, kind: type[Any], partition: str, *, limit: int | None = None, **options: Any
    ) -> list[Any]:
        if kind is not Inbox:
            return super().query(kind, partition, **options)[:limit]
        rows = {row.sort: row for row in self._rings if key_of(row).partition == partition}
        rows |= {row.sort: row for row in super().query(kind, partition, **options)}
        return [rows[sort] for sort in sorted(rows) if sort in self.commands][:limit]

    def scan(self, kind: type[Any], *, after: Key | None = None) -> Iterator[Any]:
        rows = super().scan(kind, after=after)
        if kind is Hold:
            return islice((row for row in rows if _alike(row, self.hold)), 1)
        return rows

    def commit(self, writes: Sequence[Write]) -> None:
        super().commit(writes)
        for write in writes:
            if isinstance(write, Put) and isinstance(write.row, Order):
                self._orders[key_of(write.row), write.row.version] = write.row
            if isinstance(write, Put) and isinstance(write.row, Inbox):
                self._rings += [write.row] if referral.order_of(write.row.queue) else []


def _alike(hold: Hold, other: Hold | None) -> bool:
    """Tell whether it is the same hold, whatever commit credited it."""
    return other is not None and _figures(hold) == _figures(other)


def _figures(hold: Hold) -> tuple[Any, ...]:
    return hold.member, hold.order, hold.amount, hold.days


def repeat(before: MemoryStore, effects: Iterable[Effect]) -> MemoryStore:
    """Return the store in which the effects came about one by one, nothing sharing a row."""
    store = Narrowed(before.fork().rows)
    clock = FakeClock()
    app = without_waiting(wire(store, clock, repeatable_seed(SEED)))
    for effect in effects:
        commits = store.commits
        _come_about(store, clock, app, effect)
        assert store.commits > commits, f"{effect} is not there to be repeated"
    return store


def _come_about(store: Narrowed, clock: FakeClock, app: App, effect: Effect) -> None:
    match effect.what:
        case Accepted(event, arrived_at):
            store.narrow(effect.settings)
            if arrived_at is not None:
                clock.advance(arrived_at - clock.now() - 1)
            app.orders.accept(event)
        case Asked() as wish:
            store.narrow(effect.settings)
            carry_out(app, wish)
        case Sent(row):
            store.commit([Put(row)])
        case Settled(queue, commands):
            store.narrow(effect.settings, commands=commands)
            app.settler.settle(queue)
        case Rewarded(queue, rings, order, version):
            store.narrow(effect.settings, commands=rings, versions={order: version})
            app.settler.settle(queue)
        case Divided(at):
            store.narrow(effect.settings)
            _take_a_step(store, partial(app.dividends.run, at))
        case Changed(document, version):
            store.narrow(None)
            save_settings(store, clock, document, expects=version - 1, by="test")
        case Released(hold):
            store.narrow(effect.settings, hold=hold)
            assert app.holds.release(AT_THE_END) == 1


def _take_a_step(store: MemoryStore, run: Callable[[], object]) -> None:
    """Stop a run that goes on by itself: its next step is an effect of its own."""

    def stop(_writes: Sequence[Write]) -> None:
        raise Killed

    store.after_commit = stop
    with suppress(Killed):
        run()
    store.after_commit = lambda _: None


def _events(store: MemoryStore) -> Counter[Event]:
    return Counter(
        each for row in store.scan(Journal) for each in row.events if not isinstance(each, Unknown)
    )


def told(store: MemoryStore) -> dict[str, Any]:
    """Return all that people see: the outcome, answers, events, and what statements sum up to.

    Each commit of a command that is cut tells anew whom a day's cap keeps from being paid.
    """
    view = MemoryStore()
    view.rows = store.rows
    moved: Counter[Any] = Counter()
    for statement in view.scan(StatementEntry):
        for each in statement.movements:
            known = (statement.member, each.kind, each.pocket, each.order, each.entry, each.reason)
            moved[known] += each.amount
    in_force = SettingsReader(view).in_force()
    return {
        "settings": (in_force.version, in_force.document),
        "outcome": show_outcome(view, in_force.terms),
        "events": _events(view),
        "moved": {key: amount for key, amount in moved.items() if amount},
        "answers": {answer.request: answer.refused for answer in view.scan(Answer)},
        "dividends": {
            run.id: (run.turnover, run.paid, run.finished) for run in view.scan(DividendRun)
        },
    }
