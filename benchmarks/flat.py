"""What a queue costs by how many wait in it: settling, reading a place, a forecast, a clearing."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from statistics import median

from benchmarks.lines import build, member, order_at, write
from benchmarks.meter import Meter, total
from benchmarks.orders import batched, one_line_orders, paid
from benchmarks.results import Line, Options, say
from benchmarks.stage import SETTINGS, cpu_seconds, create_tables, deployment, engine
from local.engine import Engine
from rebate.bootstrap import App
from rebate.contracts.api import PAGE_SIZE
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.usecases.orders.accept_together import ToldOrder, accept_all
from rebate.usecases.queries.forecast import forecast
from rebate.usecases.queries.show_entries import show_entries
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.keys import Key

QUEUE = QueueId("mall")
LENGTHS = (1_000, 100_000, 1_000_000)
LENGTHS_QUICK = (1_000, 10_000, 40_000)
ROUNDS, ROUNDS_QUICK = 8, 4
ORDERS = 100
"""Orders that are settled in a round, by as many commits as they need."""

READS = 20
"""Places, and forecasts, that are read in a round, all along the line."""

CLEARINGS = 3
"""Clearings in a round; the queue's row is put back after each."""


@dataclass(slots=True)
class Spent:
    """What some work took in one round, for one of it."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    read_units: list[float] = field(default_factory=list)
    write_units: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Subject:
    """A deployment whose queue has `length` entries waiting."""

    length: int
    it: Engine
    app: App
    meter: Meter
    spent: dict[str, Spent] = field(default_factory=dict)
    sent: int = 0

    def spend(self, name: str, count: int, work: Callable[[], None]) -> None:
        """Do some work that consists of `count` pieces, and note what each took."""
        self.meter.reset()
        engine_before, before, began = cpu_seconds(self.it.pid), time.process_time(), _now()
        work()
        seconds, client = _now() - began, time.process_time() - before
        sums = total([self.meter.snapshot()])
        spent = self.spent.setdefault(name, Spent())
        spent.seconds.append(seconds / count)
        spent.cpu.append((client + cpu_seconds(self.it.pid) - engine_before) / count)
        spent.read_units.append(sums["read_units"] / count)
        spent.write_units.append(sums["write_units"] / count)
        spent.calls.append(sums["calls"].total() / count)


def run(options: Options) -> Iterator[Line]:
    """Yield a line for each kind of work and length, with its ratios to the shortest line.

    All lengths are measured in turns, so that whatever else the machine does meets all alike;
    what is quoted is the median of the rounds.
    """
    with ExitStack() as stack:
        subjects = []
        for length in LENGTHS_QUICK if options.quick else LENGTHS:
            say(f"flat: lets {length} entries wait")
            subjects.append(_subject(stack.enter_context(engine()), length))
        for number in range(ROUNDS_QUICK if options.quick else ROUNDS):
            say(f"flat: round {number + 1}")
            for subject in subjects:
                _round(subject)
        for name in subjects[0].spent:
            base = subjects[0].spent[name]
            for subject in subjects:
                yield {"bench": "flat", "case": name, "waiting": subject.length} | _figures(
                    subject.spent[name], base
                )


def _subject(it: Engine, length: int) -> Subject:
    create_tables(it.endpoint)
    app, meter = deployment(it.endpoint, SETTINGS)
    build(it, QUEUE, length)
    pages = (range(place, place + PAGE_SIZE + 1) for place in _places(length))
    write(it, (order_at(QUEUE, place) for place in sorted(set(chain.from_iterable(pages)))))
    subject = Subject(length, it, app, meter)
    _round(subject)
    subject.spent.clear()
    return subject


def _round(subject: Subject) -> None:
    app = subject.app
    terms = app.settings.in_force().terms
    _send(subject)
    subject.spend("settle, an order", ORDERS, lambda: _settle(subject))
    places = _places(subject.length)

    def read_places() -> None:
        for place in places:
            (entry,) = show_entries(app.store, terms, member(place)).entries
            assert entry.place is not None, "it does not wait any more"

    def read_forecasts() -> None:
        for place in places:
            seen = forecast(app.store, terms, QUEUE, app.clock.now(), after=str(place))
            assert seen is not None, "there is no such queue"
            assert seen.line, "nobody waits there"

    subject.spend("place in line", len(places), read_places)
    subject.spend("forecast, a page", len(places), read_forecasts)
    for _ in range(CLEARINGS):
        _clear(subject)


def _send(subject: Subject) -> None:
    orders = one_line_orders(ORDERS, writer=subject.sent, seed=subject.length)
    for batch in batched([ToldOrder(paid(order)) for order in orders], 10):
        accept_all(subject.app.orders, batch)
    subject.sent += 1


def _settle(subject: Subject) -> None:
    settled = subject.app.settler.settle(QUEUE)
    assert settled.commands == ORDERS, f"{settled} is not all"


def _clear(subject: Subject) -> None:
    """Clear the queue, then put its row back as it was."""
    app = subject.app
    before = app.store.get(Queue, Key(QUEUE))
    assert before is not None, "there is no such queue"
    app.scheduler.start("clear", app.clock.now())
    subject.spend("clear", 1, lambda: _settle_one(subject))
    cleared = app.store.get(Queue, Key(QUEUE))
    assert cleared is not None, "the queue is gone"
    assert cleared.standing.waiting == 0, "somebody waits"
    app.store.commit([Put(replace(before, version=cleared.version + 1), expects=cleared.version)])


def _settle_one(subject: Subject) -> None:
    assert subject.app.settler.settle(QUEUE).commands == 1, "one command was sent"


def _places(length: int) -> list[int]:
    """Return places from a quarter of the line on, far from where it is paid off."""
    return [length // 4 + (length // 2) * number // READS for number in range(READS)]


def _figures(spent: Spent, base: Spent) -> Line:
    units, base_units = _units(spent), _units(base)
    return {
        "ms": round(1000 * median(spent.seconds), 3),
        "cpu_ms": round(1000 * median(spent.cpu), 3),
        "read_units": round(median(spent.read_units), 3),
        "write_units": round(median(spent.write_units), 3),
        "calls": round(median(spent.calls), 3),
        "times_time_of_shortest": round(median(spent.seconds) / median(base.seconds), 2),
        "times_cpu_of_shortest": round(median(spent.cpu) / median(base.cpu), 2),
        "times_units_of_shortest": round(units / base_units, 2),
    }


def _units(spent: Spent) -> float:
    """Return capacity units of both kinds, a write at five times a read as AWS lists them."""
    return 5 * median(spent.write_units) + median(spent.read_units)


def _now() -> float:
    return time.monotonic()
