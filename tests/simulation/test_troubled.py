"""However workers interleave while the store refuses some orders for ever, nothing is lost.

Rows and transactions are bounded as DynamoDB bounds them, some commits are refused as not valid
each time (`ValidationException`), commands are parked, released and dropped by whoever looks, and
several senders tell of orders, each also of others'. When the cause is mended and all is decided,
every order that is not dropped has taken effect once, and nobody else's word has.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

import pytest

from rebate.bootstrap import wire
from rebate.contracts.events_in import OrderCompleted, OrderPaid, OrderRefunded, parse_event
from rebate.domain.errors import Impossible, Mismatch, Rejected
from rebate.domain.orders import Order
from rebate.domain.parking import ParkedState
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.domain.times import SECOND
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.draws.seeds import repeatable_seed
from rebate.usecases.orders.accept_order import OrderEvent
from rebate.usecases.orders.accept_together import OrderBatch, ToldOrder
from rebate.usecases.parking.park_command import PARKED_MAX
from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Parked
from rebate.usecases.storage.rows.orders import OrderRefund
from tests.books import check_books
from tests.simulation.client import CALM, Client
from tests.simulation.lives import life
from tests.simulation.world import (
    FAILURES,
    SEED,
    TURNS_MAX,
    Process,
    World,
    _insist_on_an_end,
)
from tests.strategies import EFFORT
from tests.usecases.disturbed import without_waiting

SEEDS = range(round(30 * EFFORT))
SENDERS = ("shop-a", "shop-b")
TROUBLES = (*FAILURES, Impossible)


@dataclass
class RefusingClient(Client):
    """A store that refuses what settles some orders, each time, until it is mended."""

    refused: set[str] = field(default_factory=set)

    def commit(self, writes: Sequence[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        settles = any(isinstance(row, Queue) for row in rows)
        settles = settles and not any(isinstance(row, Parked) for row in rows)
        if settles and any(isinstance(row, Ticket) and row.order in self.refused for row in rows):
            raise Impossible("ValidationException: Item size has exceeded the maximum allowed size")
        super().commit(writes)


@dataclass
class Troubled(World):
    """A life in which the store refuses a third of the orders, and two senders tell of all."""

    refused: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        orders = sorted({event.order_id for event in self.life.events})
        self.refused |= set(self.chance.sample(orders, max(1, len(orders) // 3)))
        self.crowded = False
        self.strange = [self._strange(order) for order in orders]

    def owner(self, order: str) -> str:
        return SENDERS[int(order.removeprefix("o")) % len(SENDERS)]

    def _strange(self, order: str) -> OrderEvent:
        """Return a refund that another sender tells of."""
        line = {"line_id": "0", "amount": 1}
        detail = {"order_id": order, "refund_id": "theirs", "lines": [line]}
        event = parse_event("OrderRefunded", detail | {"refunded_at": "2026-03-09T10:00:00+08:00"})
        assert isinstance(event, OrderRefunded)
        return event

    def _play(self) -> None:
        roles = [
            *[self._accept] * 2,
            *[self._accept_together] * 2,
            *[self._settle] * 3,
            *[self._settle_together] * 2,
            self._tell_of_others,
            *[self._decide] * 2,
            *[self._sweep] * 2,
        ]
        for role in roles:
            self.scheduler.spawn(role.__name__, self._working(role))
        for _ in range(TURNS_MAX):
            if not self.deliveries and not self.strange:
                break
            self._turn()
        else:
            raise AssertionError("some events are never accepted")
        for _ in range(2000):
            self._turn()
        self.scheduler.end()
        self._mend()

    def _working(self, role: Any) -> Any:
        def work(worker: Any) -> None:
            process = self._process(worker.turn, self.weather)
            while True:
                worker.turn()
                with suppress(*TROUBLES):
                    role(process)

        return work

    def _process(self, turn: Any, weather: Any) -> Process:
        process = super()._process(turn, weather)
        store = process.store
        client = RefusingClient(
            store.tables, store.turn, store.chance, store.weather, store.told, refused=self.refused
        )
        app = wire(client, self.clock, repeatable_seed(SEED), self._aside)
        process.store, process.app = client, without_waiting(app)
        return process

    def _note(self, process: Process, writes: Sequence[Write], before: Sequence[Any]) -> None:
        """Count what was parked; what takes effect is told by the rows at the end."""
        for write in writes:
            if isinstance(write, Put) and isinstance(write.row, Parked):
                self.visited[str(write.row.state)] += 1

    def _accept(self, process: Process) -> None:
        if self.deliveries:
            event = self.chance.choice(self.deliveries)
            sender = self.owner(event.order_id)
            self._accepted(event, process.app.orders.accept(event, sender))

    def _accept_together(self, process: Process) -> None:
        kind = self.chance.choice((OrderPaid, OrderPaid, OrderCompleted))
        told = [event for event in self.deliveries if isinstance(event, kind)]
        events = self.chance.sample(told, min(len(told), self.chance.randint(2, 6)))
        batch = OrderBatch(process.app.orders)
        batch.expect(ToldOrder(event, self.owner(event.order_id)) for event in events)
        for event in events:
            with suppress(*TROUBLES):
                self._accepted(event, batch.accept(event, self.owner(event.order_id)))

    def _tell_of_others(self, process: Process) -> None:
        """Tell of an order that belongs to another: before it is known, or after."""
        if not self.strange:
            return
        event = self.chance.choice(self.strange)
        other = next(each for each in SENDERS if each != self.owner(event.order_id))
        try:
            process.app.orders.accept(event, other)
        except Mismatch:
            self.visited["another's word is refused"] += 1
        else:
            self.visited["another's word is kept aside"] += 1
        self.strange.remove(event)

    def _decide(self, process: Process) -> None:
        """Release what is parked, or drop some of it."""
        parked = [row for row in self.store.scan(Parked) if row.state == ParkedState.PARKED]
        if not parked or self.chance.randrange(10):
            return
        each = self.chance.choice(parked)
        if self.chance.random() < 0.3:
            process.app.parked.drop(each.id, by="ann", why="not wanted")
        else:
            process.app.parked.release(each.id, by="ann", why="let us see")

    def _mend(self) -> None:
        """Let the store keep everything, and decide on what is parked, until nothing waits."""
        self.refused.clear()
        self.clock.advance(60 * SECOND)
        turns = iter(range(TURNS_MAX))
        process = self._process(lambda: _insist_on_an_end(turns), CALM)
        for event in self.life.events:
            process.app.orders.accept(event, self.owner(event.order_id))
        while True:
            for queue in sorted(queues_with_mail(self.store)):
                process.app.settler.settle(queue)
            parked = [row for row in self.store.scan(Parked) if row.state == ParkedState.PARKED]
            if not parked and not list(queues_with_mail(self.store)):
                return
            for each in parked:
                with suppress(Rejected):
                    process.app.parked.release(each.id, by="ann", why="mended")


@lru_cache(maxsize=60)
def played(seed: int) -> Troubled:
    chance = Random(seed)
    world = Troubled(life(chance), chance)
    world.play()
    return world


def dropped_in(world: Troubled) -> set[str]:
    rows = (row for row in world.store.scan(Parked) if row.state == ParkedState.DROPPED)
    return {str(getattr(row.row.command, "order", None)) for row in rows}


def orders_of(world: Troubled) -> Iterator[Order]:
    yield from (row for row in world.store.scan(Order) if row.repurchase_of is None)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_while_the_store_refuses_some_orders(seed: int) -> None:
    world = played(seed)
    assert len(list(world.store.scan(Parked))) <= PARKED_MAX
    assert [str(each) for each in audit_books(world.store).differences] == []
    dropped = dropped_in(world)
    if not dropped:
        check_books(world.store)
    tickets = list(world.store.scan(Ticket))
    for order in orders_of(world):
        assert order.sender == world.owner(order.id)
        its = [ticket for ticket in tickets if ticket.order == order.id]
        assert order.id in dropped or all(ticket.joined for ticket in its)
    told = {refund.name for refund in world.store.scan(OrderRefund)}
    assert "theirs" not in told


def test_the_runs_come_to_what_they_are_for() -> None:
    visited = sum((played(seed).visited for seed in range(30)), Counter())
    wanted = {
        *map(str, ParkedState),
        "another's word is refused",
        "another's word is kept aside",
    }
    assert wanted <= {name for name, count in visited.items() if count}
