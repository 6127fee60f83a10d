"""Reading days of queues as they are: the last one stands in its queue's row (`domain/days`)."""

from collections.abc import Iterable

from rebate.domain.days import DayFigures
from rebate.domain.queues import Queue
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key


def days_at(store: Store, keys: Iterable[Key]) -> dict[Key, DayFigures]:
    """Return those of the days at `keys` that there are, by key."""
    return {
        key_of(day): day for day in as_they_are(store, store.get_many(DayFigures, keys).values())
    }


def as_they_are(store: Store, rows: Iterable[DayFigures]) -> list[DayFigures]:
    """Return days with what they came to so far, in the order of their rows."""
    found = list(rows)
    going_on = [row for row in found if row.open]
    if not going_on:
        return found
    queues = store.get_many(Queue, {Key(row.queue) for row in going_on})
    last = {key_of(queue.day): queue.day for queue in queues.values() if queue.day is not None}
    # what is over since its row was read is in its row now
    over = store.get_many(DayFigures, {key_of(row) for row in going_on} - last.keys())
    known = {**over, **last}
    return [known.get(key_of(row), row) if row.open else row for row in found]
