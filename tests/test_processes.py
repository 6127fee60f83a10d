"""Eight real processes and the engine, killed and started again while they work."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pytest

from local.engine import Engine
from rebate.adapters.clock import SystemClock
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import wire
from rebate.domain.orders import Order
from rebate.domain.times import SECOND, Instant
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import OrderRefund
from tests.books import check_books
from tests.engine import Player
from tests.plans import MALL
from tests.strategies import EFFORT
from tests.usecases.disturbed import sweep
from tests.worker import PREFIX, REGION, Told, enough, work

PROCESSES = 8
ORDERS = round(20 * EFFORT)
KILLS = 8 * max(1, round(EFFORT))
SECONDS_MAX = 100 * max(1.0, EFFORT)


class Later(SystemClock):
    """A clock on which no lease of a killed settler holds any more."""

    def now(self) -> Instant:
        return Instant(super().now() + 11 * SECOND)


def events() -> list[Told]:
    told: list[Told] = []
    for number in range(ORDERS):
        name, minute = f"o{number}", f"2026-03-01T{10 + number // 60 % 12}:{number % 60:02d}"
        lines: list[object] = [{"line_id": str(n), "paid": 1000 + 7 * number + n} for n in range(2)]
        buyer: dict[str, object] = {
            "member": {"id": f"m{number % 9}", "level": None},
            "channel": "mall",
        }
        paid: dict[str, object] = {
            "order_id": name,
            "paid_at": f"{minute}:00+08:00",
            "lines": lines,
            **buyer,
        }
        back = {"line_id": "0", "amount": 100 + number}
        refund = {"order_id": name, "refund_id": "r", "refunded_at": f"{minute}:40+08:00"}
        told.append(("OrderPaid", paid))
        told.append(("OrderCompleted", {"order_id": name, "completed_at": f"{minute}:20+08:00"}))
        told.append(("OrderRefunded", {**refund, "lines": [back]}))
    return told


class Machine:
    """The processes of one machine; `chance` says which dies next."""

    def __init__(self, folder: Path, told: list[Told], chance: Random) -> None:
        self.folder = folder
        self.told = told
        self.chance = chance
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.worker"])
        self.engine = self._engine()
        self.workers: dict[int, BaseProcess] = {}

    def work(self) -> None:
        """Let all work, kill one after another meanwhile, and wait until they are done."""
        for number in range(PROCESSES):
            self._start(number)
        deadline = time.monotonic() + SECONDS_MAX
        between = PROCESSES * len(self.told) // (KILLS + 1)
        for kill in range(1, KILLS + 1):
            while self._accepted() < kill * between:
                assert time.monotonic() < deadline, f"all are stuck before kill {kill}"
                time.sleep(self.chance.uniform(0.01, 0.05))
            if kill % 4 == 0:
                self._kill_engine()
            else:
                self._kill(self.chance.randrange(PROCESSES))
        enough(self.folder).touch()
        for each in self.workers.values():
            each.join(max(0.0, deadline - time.monotonic()))
        assert [each.exitcode for each in self.workers.values()] == [0] * PROCESSES

    def _accepted(self) -> int:
        noted = self.folder.glob("accepted-*")
        return sum(len(each.read_text(encoding="ascii").split()) for each in noted)

    def _kill_engine(self) -> None:
        os.kill(self.engine.pid, signal.SIGKILL)
        self.engine = self._engine()

    def _kill(self, number: int) -> None:
        assert self.workers[number].is_alive()
        self.workers[number].kill()
        self.workers[number].join()
        self._start(number)

    def _start(self, number: int) -> None:
        process = self.context.Process(target=work, args=(number, self.folder, self.told))
        process.start()
        self.workers[number] = process

    def _engine(self) -> Engine:
        engine = Engine.start(self.folder / "store")
        written = self.folder / "endpoint.new"
        written.write_text(engine.endpoint, encoding="ascii")
        written.rename(self.folder / "endpoint")
        return engine


@contextmanager
def machine(folder: Path, told: list[Told]) -> Iterator[Machine]:
    made = Machine(folder, told, Random(7))
    try:
        yield made
    finally:
        for worker in made.workers.values():
            worker.kill()
            worker.join()
        made.engine.stop()


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(SECONDS_MAX + 60)
def test_every_event_that_was_accepted_took_effect_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each event is brought by every process, in an order of its own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    told = events()
    with machine(tmp_path, told) as running:
        store = DynamoStore(PREFIX, REGION, running.engine.endpoint)
        for table in store.tables.values():
            table.create_table(wait=False)
        save_settings(store, SystemClock(), MALL, expects=0, by="test")
        running.work()
        store = DynamoStore(PREFIX, REGION, running.engine.endpoint)
        app = wire(store, Later())
        sweep(app)
        check_books(store)
        audit = audit_books(store)
        assert (audit.waiting, [str(each) for each in audit.differences]) == (0, [])
        outcome = show_outcome(store, app.settings.in_force().terms)
        orders = store.get_many(Order, [Key(f"o{number}") for number in range(ORDERS)])
        refunded = {row.order for row in store.scan(OrderRefund)}
    assert all(order.completed_at for order in orders.values())
    assert refunded == {order.id for order in orders.values()}
    serial = Player({"settings": MALL, "steps": []})
    serial.begin()
    for each in told:
        serial.deliver(*each)
    expected = serial.outcome()
    assert outcome["platform"]["contributed"] == expected["platform"]["contributed"]
    assert entitlements(outcome) == entitlements(expected)


def entitlements(outcome: dict) -> dict[str, int]:
    return {e["entry"]: e["entitlement"] for e in outcome["queues"]["mall"]["entries"]}
