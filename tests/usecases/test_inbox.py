"""Which commands of an inbox may be carried out when one of them is of a later release."""

from typing import Any

import pytest

from rebate.domain.commands import Clear, Command
from rebate.domain.names import QueueId
from rebate.domain.queues import CommandProgress, Queue
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.settlement.pending_commands import ROWS_READ, PendingCommands, read_pending
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.keys import SHARDS, joined, number
from tests.fakes import MemoryStore

MALL = QueueId("mall")
NOW = Instant(10**15)


class CountingStore(MemoryStore):
    """Counts how often a partition is read."""

    reads = 0

    def query(self, *args: Any, **more: Any) -> list[Any]:
        self.reads += 1
        return super().query(*args, **more)


def sort_of(at: int) -> str:
    return joined(number(at), number(at), "x")


def put(store: MemoryStore, at: int, command: Command | Unknown, **more: Any) -> None:
    store.commit([Put(Inbox(MALL, sort_of(at), command, **more))])


def unknown(at: int) -> Unknown:
    return Unknown("freeze", {"at": at, "type": "freeze"})


def read(store: MemoryStore, begun: int | None = None, now: Instant = NOW) -> PendingCommands:
    progress = None if begun is None else CommandProgress(sort_of(begun))
    queue = Queue(MALL, progress=progress)
    return read_pending(store, queue, QueueReader(store, MALL), now)


def ats(pile: PendingCommands) -> list[int]:
    return [each.command.at for each in pile.waiting]


@pytest.mark.parametrize("at", range(5))
def test_what_comes_before_it_waits_to_be_carried_out_and_nothing_after(at: int) -> None:
    store = MemoryStore()
    for each in range(5):
        put(store, each, unknown(each) if each == at else Clear(Instant(each)))
    pile = read(store)
    assert ats(pile) == [*range(at)]
    assert pile.unknown is not None
    assert pile.unknown.sort == sort_of(at)
    assert not any(write.key.sort == sort_of(at) for write in pile.emptied(len(pile.waiting)))


def test_one_whose_time_has_not_come_stops_nothing() -> None:
    store = MemoryStore()
    put(store, 1, unknown(1), not_before=Instant(NOW + 1))
    put(store, 2, Clear(Instant(2)))
    assert ats(read(store)) == [2]
    assert ats(read(store, now=Instant(NOW + 1))) == []


def test_what_is_begun_is_finished_though_one_has_come_before_it() -> None:
    store = MemoryStore()
    put(store, 1, unknown(1))
    for at in (2, 3):
        put(store, at, Clear(Instant(at)))
    assert ats(read(store, begun=2)) == [2]


def test_nothing_is_carried_out_while_one_is_begun() -> None:
    store = MemoryStore()
    for at in (1, 3):
        put(store, at, Clear(Instant(at)))
    put(store, 2, unknown(2))
    pile = read(store, begun=2)
    assert (ats(pile), pile.unknown and pile.unknown.sort) == ([], sort_of(2))


def test_an_inbox_is_not_read_on_behind_one_that_is_not_known() -> None:
    store = CountingStore()
    put(store, 0, unknown(0))
    for at in range(1, ROWS_READ * SHARDS * 2):
        put(store, at, Clear(Instant(at)))
    assert ats(read(store)) == []
    assert store.reads == SHARDS


def test_what_is_begun_is_found_however_far_behind_it_stands() -> None:
    store = MemoryStore()
    last = ROWS_READ * SHARDS * 2
    put(store, 0, unknown(0))
    for at in range(1, last + 1):
        put(store, at, Clear(Instant(at)))
    assert ats(read(store, begun=last)) == [last]
