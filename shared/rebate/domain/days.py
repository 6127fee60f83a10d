"""What a day of the shop came to in one queue, and where that is kept.

The last day of a queue stands in the queue's own row, which each commit writes anyway. The day's
row is written when it begins, and says so, and once it is over, with all that it came to.
"""

from typing import Annotated

from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import QueueId, StoreId
from rebate.domain.records import dataclass, field, fields_of, replace
from rebate.domain.wire import money, stored_as, wire

MONTHS_MAX = 6
"""Months of orders that were paid on a day that stands in its queue's row."""


@stored_as("day_sums")
@dataclass(frozen=True, slots=True)
class DaySums:
    """Sums of a day: the orders that took part, and what was paid for them less what came back.

    `rebated` is what members got less what was taken back of it, `commissions` what referral,
    teams and dividends gave. `entries` joined, `promised` is what they may get less what refunds
    took from older ones, `completed` left with all of it, less those that were refunded since;
    `ended` is what those lacked that were cleared, exchanged or converted, less refunds, `drawn`
    what was paid to entries whose lottery was drawn.
    """

    orders: Annotated[int, wire("orders", absent=0)] = 0
    sales: Annotated[Amount, money("sales", absent=0)] = NOTHING
    contributed: Annotated[Amount, money("contributed", absent=0)] = NOTHING
    rebated: Annotated[Amount, money("rebated", absent=0)] = NOTHING
    commissions: Annotated[Amount, money("commissions", absent=0)] = NOTHING
    entries: Annotated[int, wire("entries", absent=0)] = 0
    promised: Annotated[Amount, money("promised", absent=0)] = NOTHING
    completed: Annotated[int, wire("completed", absent=0)] = 0
    ended: Annotated[Amount, money("ended", absent=0)] = NOTHING
    retained: Annotated[Amount, money("retained", absent=0)] = NOTHING
    borne: Annotated[Amount, money("borne", absent=0)] = NOTHING
    clawed_back: Annotated[Amount, money("clawed_back", absent=0)] = NOTHING
    drawn: Annotated[Amount, money("drawn", absent=0)] = NOTHING

    def plus(self, other: "DaySums") -> "DaySums":
        """Return both together."""
        mine, theirs = dict(fields_of(self)), dict(fields_of(other))
        return DaySums(**{name: mine[name] + theirs[name] for name in mine})


@stored_as("day_figures", 2)
@dataclass(frozen=True, slots=True)
class DayFigures:
    """A day (ISO 8601) of a queue; referral has several, one for each shard of its sums.

    `stores` holds the same sums by store, where orders of several stores join the queue.
    `paid_of` is what entries were paid of what they are promised, less what was taken back, by
    month of their orders. `open`: it goes on, and is as the queue's own row says.
    """

    day: Annotated[str, wire("day")]
    queue: Annotated[QueueId, wire("queue")]
    sums: Annotated[DaySums, wire("sums", absent={})] = DaySums()
    stores: Annotated[dict[StoreId, DaySums], wire("stores", absent={})] = field(
        default_factory=dict
    )
    paid_of: Annotated[dict[str, Amount], wire("paid_of", absent={})] = field(default_factory=dict)
    open: Annotated[bool, wire("open", absent=False)] = False

    def plus(self, sums: DaySums, store: StoreId | None = None) -> "DayFigures":
        """Return the day with so much more; `store` None: of no store, or of the queue's own."""
        stores = self.stores
        if store is not None:
            stores = {**stores, store: stores.get(store, DaySums()).plus(sums)}
        return replace(self, sums=self.sums.plus(sums), stores=stores)


def counted(
    open_day: DayFigures | None, day: DayFigures
) -> tuple[DayFigures | None, list[DayFigures]]:
    """Return which day stands in a queue's row after a commit, and the rows of days to write.

    `open_day` is what stood there, `day` is the commit's with what it adds. Many stores or months
    would make the queue's row dearer than a row of their own is.
    """
    if open_day is not None and day.day < open_day.day:
        return open_day, [day]
    is_known = open_day is not None and day.day == open_day.day
    over = [] if open_day is None or is_known else [open_day]
    if day.stores or len(day.paid_of) > MONTHS_MAX:
        return None, [*over, day]
    return day, over if is_known else [*over, replace(day, open=True)]
