"""A store as its people see it: figures, queues, rewards (Rules 1.8 and 2.7.2)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rebate.contracts.api import PAGE_SIZE
from rebate.contracts.merchants import (
    StoreBuyers,
    StoreDay,
    StoreOrder,
    StoreOrders,
    StoreQueues,
    StoreReward,
    StoreRewards,
    StoreShown,
    StoreTermsShown,
    StoreWait,
)
from rebate.contracts.office import OrderFound
from rebate.domain.days import DayFigures, DaySums
from rebate.domain.errors import Code, Rejected
from rebate.domain.events import RebatePaid
from rebate.domain.names import MemberId, QueueId, StoreId
from rebate.domain.queues import Queue
from rebate.domain.records import fields_of
from rebate.domain.terms import Terms
from rebate.domain.times import Instant, datetime_of, day_of
from rebate.usecases.merchants.change_terms import terms_in_force
from rebate.usecases.merchants.rights import held_store, insist_right
from rebate.usecases.office.order_lists import newest_places
from rebate.usecases.office.places import orders_at
from rebate.usecases.office.search_orders import WantedOrders, search_orders
from rebate.usecases.people.desk import PeopleDesk
from rebate.usecases.queries.forecast import days_of_all
from rebate.usecases.queries.show_queues import queue_shown
from rebate.usecases.reports.read_days import queues_of, sums_by
from rebate.usecases.storage.open_days import days_at
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key, day_key, journal_key

DAYS_SHOWN = 62
"""Days of a store that are shown: this month and the one before, at least."""

ORDERS_READ_MAX = 1_000
"""Orders of a store by which those who bought today are told apart."""

_SHARED = tuple(map(QueueId, ("stores", "cashiers", "alliance", "order_queue", "union")))
"""Queues that orders of several stores join: their days say what each store came to."""


class RewardsAsked(NamedTuple):
    """Which rewards are asked for: of a queue, from an instant on and before another one."""

    queue: QueueId | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


def show_store(desk: PeopleDesk, store: StoreId, member: MemberId) -> StoreShown:
    """Return a store with its figures, to those who have a right in it.

    Raises:
        Rejected: `not_yours`.
    """
    shop, right = held_store(desk, store, member), insist_right(desk, store, member)
    in_force = desk.settings.in_force()
    today = day_of(desk.clock.now(), in_force.terms.zone)
    rows = list(_days(desk, store, today))
    channels = (terms_in_force(in_force.settings, store, each) for each in ("store", "cashier"))
    days = sums_by(rows, lambda row: row.day)
    return StoreShown(
        id=store,
        name=shop.name,
        role=right.role,
        concession_bps=shop.concession_bps,
        currency=in_force.terms.currency,
        today=_figures(days.get(today.isoformat(), DaySums())),
        days=tuple(_day(day, sums) for day, sums in days.items()),
        months=tuple(_day(month, s) for month, s in sums_by(rows, _month_of).items()),
        terms=tuple(StoreTermsShown(*each) for each in channels),
        buyers=_buyers(desk, store, today, in_force.terms.zone),
        timezone=in_force.terms.zone.key,
    )


def _buyers(desk: PeopleDesk, store: StoreId, today: date, zone: ZoneInfo) -> StoreBuyers | None:
    """Tell apart who bought today, by the orders of the days shown; None: they are too many."""
    places = list(islice(newest_places(desk.store, [orders_at(store)]), ORDERS_READ_MAX))
    before: set[MemberId | None] = set()
    bought: set[MemberId] = set()
    guests, first = 0, today - timedelta(days=DAYS_SHOWN)
    for place in places:
        day = day_of(place.at, zone)
        if day < first:
            break
        if day < today:
            before.add(place.member)
        elif place.member is None:
            guests += 1
        else:
            bought.add(place.member)
    else:
        if len(places) == ORDERS_READ_MAX:
            return None
    returning = len(bought & before)
    return StoreBuyers(len(bought) - returning, returning, guests)


def show_store_queues(desk: PeopleDesk, store: StoreId, member: MemberId) -> StoreQueues:
    """Return the queues of a store, to those who have a right in it.

    Raises:
        Rejected: `not_yours`.
    """
    insist_right(desk, store, member)
    rows = desk.store.get_many(Queue, map(Key, queues_of(store))).values()
    ordered = sorted(rows, key=lambda row: row.id)
    terms = desk.settings.in_force().terms
    return StoreQueues(
        tuple(queue_shown(row) for row in ordered),
        terms.currency,
        tuple(_wait(desk, row, terms) for row in ordered),
    )


def _wait(desk: PeopleDesk, queue: Queue, terms: Terms) -> StoreWait:
    pace = queue.flow.pace(desk.clock.now())
    return StoreWait(queue.id, days_of_all(pace, queue, terms), pace.days)


def show_store_orders(
    desk: PeopleDesk, member: MemberId, wanted: WantedOrders, after: str | None = None
) -> StoreOrders:
    """Return a page of the orders of a store, to those who have a right in it.

    Raises:
        Rejected: `not_yours`.
    """
    assert wanted.store is not None, "whose orders are asked for is said"
    insist_right(desk, wanted.store, member)
    found = search_orders(desk.store, desk.settings.in_force().terms, wanted, after=after)
    return StoreOrders(tuple(map(_order, found.orders)), found.currency, found.next)


def _order(found: OrderFound) -> StoreOrder:
    return StoreOrder(
        order=found.order_id,
        channel=found.channel,
        products=found.products,
        paid=found.paid,
        refunded=found.refunded,
        state=found.state,
        paid_at=found.paid_at,
        completed_at=found.completed_at,
    )


def show_store_rewards(
    desk: PeopleDesk,
    store: StoreId,
    member: MemberId,
    asked: RewardsAsked,
    after: int | None = None,
) -> StoreRewards:
    """Return a page of the rewards that a queue of a store paid, the newest first.

    Raises:
        Rejected: `not_yours`: the store is not, or the queue is not the store's.
    """
    insist_right(desk, store, member)
    queue = asked.queue or queues_of(store)[0]
    if queue not in queues_of(store):
        raise Rejected(Code.NOT_YOURS, f"queue {queue} is not of store {store} alone")
    row = desk.store.get(Queue, Key(queue))
    first = (row.version if row else 0) if after is None else after - 1
    numbers = range(first, max(0, first - PAGE_SIZE), -1)
    found = desk.store.get_many(Journal, [journal_key(queue, each) for each in numbers])
    rows = sorted(found.values(), key=lambda each: each.number, reverse=True)
    goes_on = first > PAGE_SIZE and not (asked.starts_at and rows and rows[-1].at < asked.starts_at)
    return StoreRewards(
        tuple(_rewards(rows, asked)),
        desk.settings.in_force().terms.currency,
        str(first - PAGE_SIZE + 1) if goes_on else None,
    )


def _rewards(rows: list[Journal], asked: RewardsAsked) -> Iterator[StoreReward]:
    for row in rows:
        if asked.starts_at is not None and row.at < asked.starts_at:
            continue
        if asked.ends_at is not None and row.at >= asked.ends_at:
            continue
        for event in row.events:
            if isinstance(event, RebatePaid):
                yield StoreReward(
                    row.source,
                    datetime_of(row.at),
                    event.reason.value,
                    event.amount,
                    event.order,
                    event.entry,
                )


def _days(desk: PeopleDesk, store: StoreId, today: date) -> Iterator[DayFigures]:
    """Yield what the last days of a store came to in each queue that its orders join."""
    own = queues_of(store)
    days = [(today - timedelta(days=number)).isoformat() for number in range(DAYS_SHOWN)]
    keys = [day_key(day, queue) for day in days for queue in (*own, *_SHARED)]
    for row in days_at(desk.store, keys).values():
        if row.queue in own:
            yield row
        elif store in row.stores:
            yield DayFigures(row.day, row.queue, row.stores[store])


def _month_of(row: DayFigures) -> str:
    return row.day[:7]


def _day(name: str, sums: DaySums) -> StoreDay:
    return StoreDay(name, _figures(sums))


def _figures(sums: DaySums) -> dict[str, int]:
    return dict(fields_of(sums))
