"""What the last days came to in one queue, as operators see its line go (Rules 8.2 and 8.8)."""

from datetime import timedelta

from rebate.contracts import queues
from rebate.domain.days import DayFigures
from rebate.domain.money import sum_of
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, day_of
from rebate.usecases.storage.open_days import days_at
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key, day_key

DAYS = 30
"""Days that are shown, today included: one request reads them."""


def show_queue_days(
    store: Store, terms: Terms, name: QueueId, now: Instant
) -> queues.QueueDays | None:
    """Return a queue's last days from the first on that is known; None: there is no such queue."""
    if store.get(Queue, Key(name)) is None:
        return None
    today = day_of(now, terms.zone)
    days = [(today - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]
    keys = {day: day_key(day, name) for day in days}
    rows = days_at(store, keys.values())
    known = [day for day in days if keys[day] in rows]
    shown = days[days.index(known[0]) :] if known else ()
    figures = (rows.get(keys[day]) or DayFigures(day, name) for day in shown)
    return queues.QueueDays(queue=name, days=tuple(map(_day, figures)))


def _day(row: DayFigures) -> queues.QueueDay:
    sums = row.sums
    return queues.QueueDay(
        day=row.day,
        entries=sums.entries,
        completed=sums.completed,
        contributed=sums.contributed,
        promised=sums.promised,
        paid=sum_of(row.paid_of.values()),
        ended=sums.ended,
    )
