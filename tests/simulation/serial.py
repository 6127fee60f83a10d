"""The same effects one after another, by one process, without trouble."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rebate.bootstrap import wire
from rebate.contracts.settings import parse_settings
from rebate.domain.events import CommissionPaid
from rebate.domain.holds import Hold
from rebate.domain.times import Instant
from rebate.usecases.ports import Put
from rebate.usecases.rows import Inbox, Journal, Statement
from rebate.usecases.show_outcome import show_outcome
from tests.fakes import FakeClock, MemoryStore
from tests.simulation.world import Accepted, Asked, Effect, Released, Sent, Settled, carry_out
from tests.usecases.disturbed import without_waiting

AT_THE_END = Instant(4 * 10**15)


class Narrowed(MemoryStore):
    """A store of which only some commands and holds are seen."""

    commands: tuple[Any, ...] = ()
    hold: Hold | None = None

    def query(self, kind: type[Any], partition: str, **options: Any) -> list[Any]:
        found = super().query(kind, partition, **options)
        return [row for row in found if kind is not Inbox or row.command in self.commands]

    def scan(self, kind: type[Any]) -> Iterator[Any]:
        rows = super().scan(kind)
        return iter([row for row in rows if kind is Hold and _alike(row, self.hold)])


def _alike(hold: Hold, other: Hold | None) -> bool:
    """Tell whether it is the same hold, whatever commit credited it."""
    return other is not None and _figures(hold) == _figures(other)


def _figures(hold: Hold) -> tuple[Any, ...]:
    return hold.member, hold.order, hold.amount, hold.days


def repeat(before: MemoryStore, effects: Iterable[Effect]) -> MemoryStore:
    """Return the store in which the effects came about one by one."""
    store = Narrowed()
    store.rows = before.fork().rows
    clock = FakeClock()
    app = without_waiting(wire(store, clock))
    for effect in effects:
        commits = store.commits
        match effect:
            case Accepted(event, arrived_at):
                if arrived_at is not None:
                    clock.advance(arrived_at - clock.now() - 1)
                app.orders.accept(event)
            case Asked():
                carry_out(app, effect)
            case Sent(row):
                store.commit([Put(row)])
            case Settled(queue, removed):
                store.commands = tuple(row.command for row in removed)
                app.settler.settle(queue)
            case Released(hold):
                store.hold = hold
                assert app.holds.release(AT_THE_END) == 1
        assert store.commits > commits, f"{effect} is not there to be repeated"
    return store


def told(store: MemoryStore, settings: dict[str, Any]) -> dict[str, Any]:
    """Return all that people see: the outcome, the events, and what statements sum up to."""
    events: Counter[Any] = Counter()
    for row in MemoryStore.scan(store, Journal):
        for event in row.events:
            if isinstance(event, CommissionPaid):
                events[event.kind, event.member, event.order] += event.amount
            else:
                events[event] += 1
    moved: Counter[Any] = Counter()
    for statement in MemoryStore.scan(store, Statement):
        for each in statement.movements:
            known = (statement.member, each.kind, each.pocket, each.order, each.entry)
            moved[known] += each.amount
    view = MemoryStore()
    view.rows = store.rows
    return {
        "outcome": show_outcome(view, parse_settings(settings)),
        "events": {event: count for event, count in events.items() if count},
        "moved": {key: amount for key, amount in moved.items() if amount},
    }
