"""The last day of a queue stands in its own row, and reads as if it had a row of its own."""

from typing import Any

from rebate.domain.days import DayFigures
from rebate.domain.names import QueueId, StoreId
from rebate.domain.queues import Queue
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.open_days import as_they_are, days_at
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.keys import Key, day_key
from tests.engine import Player
from tests.usecases.test_day_figures import BASE, MALL, buy

FIRST, SECOND = "2026-03-01", "2026-03-02"


def played(*steps: dict[str, Any], **settings: Any) -> Player:
    """Return a player after its steps, each of which is a commit of its own."""
    player = Player({"settings": {**BASE, "queue_rebate": MALL} | settings, "steps": steps})
    player.play()
    return player


def at(day: str, order: str, paid: int = 1000, **more: Any) -> dict[str, Any]:
    return buy(order, "A", paid, f"{day}T10:00:00+08:00", **more)


def stored(player: Player, day: str, queue: str = "mall") -> DayFigures:
    found = player.store.get(DayFigures, day_key(day, QueueId(queue)))
    assert isinstance(found, DayFigures)
    return found


def open_day(player: Player, queue: str = "mall") -> DayFigures | None:
    found = player.store.get(Queue, Key(queue))
    assert isinstance(found, Queue)
    return found.day


def days_written(player: Player, step: dict[str, Any]) -> list[tuple[str, bool]]:
    written: list[tuple[str, bool]] = []

    def note(writes: list[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        written.extend((row.day, row.open) for row in rows if isinstance(row, DayFigures))

    player.store.before_commit = note
    player.step(step)
    player.store.before_commit = lambda _: None
    return written


def test_a_day_is_written_when_it_begins_and_when_it_is_over():
    player = played(at(FIRST, "o1"))
    assert stored(player, FIRST).open
    assert days_written(player, at(FIRST, "o2")) == []
    key = day_key(FIRST, QueueId("mall"))
    assert days_at(player.store, [key])[key].sums.orders == 2
    assert sorted(days_written(player, at(SECOND, "o3"))) == [(FIRST, False), (SECOND, True)]
    assert (stored(player, FIRST).sums.orders, stored(player, FIRST).open) == (2, False)


def test_what_is_settled_late_counts_for_its_own_day():
    """The day after stays in the queue's row, whatever comes of the day before."""
    player = played(at(FIRST, "o1"), at(SECOND, "o2"))
    assert days_written(player, at(FIRST, "late")) == [(FIRST, False)]
    assert days_written(player, at(SECOND, "o3")) == []
    days = as_they_are(player.store, player.store.scan(DayFigures))
    assert {day.day: day.sums.orders for day in days} == {FIRST: 2, SECOND: 2}


def test_a_day_of_many_stores_has_its_own_row():
    """It would make the row that every commit writes larger than a row of its own is."""
    player = played(
        at(FIRST, "o1", channel="store", store="W"),
        at(FIRST, "o2", channel="store", store="V"),
        queue_rebate=MALL | {"stores": "shared"},
    )
    assert open_day(player, "stores") is None
    found = stored(player, FIRST, "stores")
    assert (found.open, set(found.stores)) == (False, {StoreId("W"), StoreId("V")})


def test_a_day_that_ends_while_it_is_read_is_read_whole():
    """Its row was read as one that goes on; by then the queue's row tells of the next day."""
    player = played(at(FIRST, "o1"), at(FIRST, "o2"))
    rows = list(player.store.scan(DayFigures))
    player.step(at(SECOND, "o3"))
    (day,) = as_they_are(player.store, rows)
    assert (day.day, day.sums.orders, day.open) == (FIRST, 2, False)


def test_deciding_all_again_finds_the_same_days():
    player = played(at(FIRST, "o1"), at(SECOND, "o2"), at(FIRST, "late"), at(SECOND, "o3"))
    audit = audit_books(player.store, full=True)
    assert (audit.differences, audit.rebuilt.left_out) == ([], {})
