"""How long a queue's entries will wait at its recent pace: for operators alone (Rules 7.5, 8.2).

Members are promised no date (Rule 8.4).
"""

from math import ceil, log

from rebate.contracts import api, queues
from rebate.domain.money import NOTHING, Amount, Bps, ratio_of, share
from rebate.domain.names import QueueId
from rebate.domain.plans.plan_type import DailyPool
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.domain.times import DAY, Instant, later
from rebate.domain.volumes import PayoutRate
from rebate.usecases.queries.line_history import DAYS_A_MONTH, line_history
from rebate.usecases.queries.show_entries import EntryViewer, moment_of
from rebate.usecases.queries.show_progress import line_page
from rebate.usecases.schedules.due_runs import next_clearing
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import Key

_STEADY = 0.0001
"""Growth below which a pace counts as steady."""


def forecast(
    store: Store,
    terms: Terms,
    name: QueueId,
    now: Instant,
    *,
    wanted_days: int | None = None,
    after: str | None = None,
) -> queues.Forecast | None:
    """Return when a page of a queue's entries will be paid; None if there is no such queue.

    `wanted_days`: also return what it takes that all who wait now are paid in so many days.
    """
    queue = store.get(Queue, Key(name))
    if queue is None:
        return None
    pool, pace = _daily_pool(name, terms), _pace(queue, terms, now)
    growth = line_history(store, terms, name, now).growth
    exit_after = shown_plan_of(name, terms).rewards_to_exit
    clears_at = next_clearing(terms, name, now)
    tickets, end = line_page(store, queue, after, api.PAGE_SIZE)
    entries = EntryViewer(store, terms).view(tickets)
    owed = queue.standing.owed
    needed = _needed(queue.flow.pace(now), owed, wanted_days)
    days = days_of_all(pace, queue, terms)
    return queues.Forecast(
        queue=name,
        days_seen=pace.days,
        given=pace.given,
        gifts=pace.gifts,
        promised=pace.promised,
        ever_paid_bps=pace.ever_paid(),
        owed=owed,
        days=days,
        needed_bps=needed,
        profit_share_bps=_profit_share(pool, needed),
        clears_at=moment_of(clears_at),
        line=tuple(
            _expected(entry, pace, exit_after, now, clears_at)
            for entry in entries
            if entry.place is not None
        ),
        outlook=_outlook(pace, days),
        trend_percent=None if growth is None else round(growth * 100, 1),
        days_at_trend=_days_at(pace, owed, growth),
        next=end,
    )


def pace_shown(queue: Queue, terms: Terms, now: Instant) -> queues.QueuePace | None:
    """Return what a queue's line was given of late and what comes of it; None: not seen yet."""
    pace = _pace(queue, terms, now)
    if not pace.is_known:
        return None
    days = days_of_all(pace, queue, terms)
    return queues.QueuePace(pace.days, pace.given, pace.gifts, pace.ever_paid(), days)


def _pace(queue: Queue, terms: Terms, now: Instant) -> PayoutRate:
    pool = _daily_pool(queue.id, terms)
    return queue.flow.pace(now).at_most(pool.payout_per_day if pool else None)


def days_of_all(pace: PayoutRate, queue: Queue, terms: Terms) -> int | None:
    """Return in how many days all that waits in a queue is paid at a pace; None: never."""
    standing, exit_after = queue.standing, shown_plan_of(queue.id, terms).rewards_to_exit
    return _days(pace, exit_after, place=standing.waiting, owed=standing.owed, rewards=0)


def _daily_pool(queue: QueueId, terms: Terms) -> DailyPool | None:
    name = PLANS.queue(queue)
    of = name.plan.daily_pool if name else None
    return of(terms.of(name.plan)) if name and of else None


def _expected(
    entry: api.EntryShown,
    pace: PayoutRate,
    exit_after: int | None,
    now: Instant,
    clears_at: Instant | None,
) -> queues.ExpectedWait:
    assert entry.place is not None, f"{entry.entry} does not stand in line"
    owed = (entry.ahead or NOTHING) + (entry.waiting or NOTHING)
    days = _days(pace, exit_after, place=entry.place, owed=owed, rewards=entry.rewards)
    paid_at = None if days is None else later(now, days * DAY)
    return queues.ExpectedWait(
        entry=entry.entry,
        member=entry.member,
        place=entry.place,
        ahead=entry.ahead,
        waiting=entry.waiting,
        days=days,
        cleared_first=clears_at is not None and (paid_at is None or clears_at < paid_at),
        outlook=_outlook(pace, days),
    )


def _days(
    pace: PayoutRate, exit_after: int | None, *, place: int, owed: Amount, rewards: int
) -> int | None:
    """Return the days until the entry at a place is done with; None: never, or not known.

    Where rewards are counted, those before it are taken to have got none yet (Rule 4.3).
    """
    if not pace.is_known:
        return None
    if exit_after is None:
        return pace.days_for(owed)
    return pace.days_for_gifts(place * exit_after - rewards)


def _outlook(pace: PayoutRate, days: int | None) -> str:
    """Return what is known of a wait: no day seen yet is not the same as never."""
    if days is not None:
        return "expected"
    return "never" if pace.is_known else "unknown"


def _days_at(pace: PayoutRate, owed: Amount, growth: float | None) -> int | None:
    """Return in how many days so much is paid if the pace goes on growing, or falling."""
    if growth is None or not pace.is_known or pace.given <= 0:
        return None
    a_day = pace.given / pace.days
    if abs(growth) < _STEADY:
        return ceil(owed / a_day)
    reached = 1 + owed * growth / (DAYS_A_MONTH * a_day)
    return ceil(DAYS_A_MONTH * log(reached) / growth) if reached > 0 else None


def _needed(pace: PayoutRate, owed: Amount, wanted_days: int | None) -> Bps | None:
    """Return how much has to be given, in basis points of what is, to pay all in time."""
    if wanted_days is None or not pace.given:
        return None
    return -ratio_of(-owed * pace.days, pace.given * wanted_days)


def _profit_share(pool: DailyPool | None, needed: Bps | None) -> Bps | None:
    """Return the share of profit that brings the wanted waiting time (Rule 7.5)."""
    if pool is None or needed is None or not pool.profit_share_bps:
        return None
    return -share(-pool.profit_share_bps, needed)
