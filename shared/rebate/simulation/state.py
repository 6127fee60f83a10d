"""What the kernel remembers of orders, entries and queues."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any

from rebate.domain.draws import Group, Lottery
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, share, sum_of
from rebate.domain.times import Instant

HELD, WAITING, COMPLETED = "held", "waiting", "completed"
EXCHANGED, CONVERTED, CLEARED, REFUNDED = "exchanged", "converted", "cleared", "refunded"
OPEN = frozenset({HELD, WAITING})

_AT_ONCE: Mapping[str, int] = {}
"""No plan settles later than at completion."""


class SimulatedLine:
    """A line of an order; `paid` falls with refunds, `first` is what was paid at first."""

    __slots__ = ("deducted", "first", "id", "margin_bps", "paid", "product", "profit", "supply")

    def __init__(
        self,
        line_id: str,
        product: str | None,
        supply: str,
        paid: Amount,
        deducted: Amount,
        profit: Amount | None,
    ) -> None:
        self.id, self.product, self.supply = line_id, product, supply
        self.paid = self.first = paid
        self.deducted, self.profit, self.margin_bps = deducted, profit, ZERO_BPS


class SimulatedOrder:
    """A paid order: what it bought, and by plan what it gave and got."""

    __slots__ = (
        "after_days",
        "channel",
        "completed_at",
        "first",
        "id",
        "level",
        "lines",
        "max_share_bps",
        "member",
        "paid",
        "paid_at",
        "plans",
        "referrer",
        "repurchases",
        "root",
        "store",
        "takings",
    )

    def __init__(
        self,
        order_id: str,
        member: str | None,
        level: str | None,
        channel: str,
        store: str | None,
        paid_at: Instant,
        lines: list[SimulatedLine],
    ) -> None:
        self.id = self.root = order_id
        self.member, self.level, self.channel, self.store = member, level, channel, store
        self.paid_at, self.lines = paid_at, lines
        self.completed_at: Instant | None = None
        self.paid = self.first = sum_of(line.paid for line in lines)
        self.referrer: str | None = None
        self.max_share_bps: Bps | None = None
        self.takings: list[Taking] = []
        self.plans: dict[str, Any] = {}
        self.after_days: Mapping[str, int] = _AT_ONCE
        self.repurchases = 0


class SimulatedEntry:
    """A place in a queue; `entitlement` None: rewards are counted (Rule 4.3)."""

    __slots__ = (
        "drawn",
        "entitlement",
        "into",
        "joined_at",
        "member",
        "name",
        "order",
        "paid",
        "place",
        "queued",
        "rewarded",
        "rewards",
        "status",
    )

    def __init__(
        self, name: str, order: SimulatedOrder, entitlement: Amount | None, status: str
    ) -> None:
        self.name, self.order, self.member = name, order, order.member
        self.entitlement, self.status = entitlement, status
        self.paid, self.rewards = NOTHING, 0
        self.place = -1
        self.queued = self.drawn = False
        self.joined_at = order.paid_at
        self.into: list[Any] | None = None
        """What it was turned into: [asset, ratio, amount]."""
        self.rewarded: list[list[Amount]] | None = None
        """Counted rewards: [as given, as paid] each (Rule 7a)."""


class Taking:
    """What a line gives to and gets from its queue of the base plan (Rule 1.2)."""

    __slots__ = (
        "drawn_by",
        "earns",
        "entry",
        "extraction_bps",
        "given",
        "gives",
        "highest",
        "index",
        "line",
        "lottery",
        "makeup",
        "queue",
        "ratio_bps",
        "retained",
        "settled",
    )

    def __init__(self, line: SimulatedLine, index: int, queue: "SimulatedQueue") -> None:
        self.line, self.index, self.queue = line, index, queue
        self.gives = self.earns = True
        self.extraction_bps = self.ratio_bps = ZERO_BPS
        self.highest: Amount | None = None
        self.lottery: Lottery | None = None
        self.makeup: tuple[int, int] | None = None
        self.entry: SimulatedEntry | None = None
        self.settled = False
        self.given = self.retained = NOTHING

    def entitlement(self) -> Amount:
        """Return what is promised of what is left of the line (Rules 1.2.2 and 1.2.7)."""
        amount = share(self.line.paid, self.ratio_bps)
        return amount if self.highest is None else min(amount, self.highest)


@dataclass(slots=True)
class SimulatedPart:
    """What an order gives to and gets from a plan of whole orders."""

    queue: "SimulatedQueue"
    bps: Bps = ZERO_BPS
    settled: bool = False
    given: Amount = NOTHING
    retained: Amount = NOTHING
    entry: SimulatedEntry | None = None


class SimulatedQueue:
    """A line of entries with its pool.

    `ready` is a heap of the places that may be paid; those that may not any more are dropped when
    they come up. `by_member` is kept for plans that serve a member's oldest entry.
    """

    __slots__ = (
        "by_member",
        "closed_below",
        "entries",
        "group",
        "id",
        "plan",
        "pool",
        "ready",
    )

    def __init__(self, queue_id: str, plan: str) -> None:
        self.id, self.plan = queue_id, plan
        self.pool, self.closed_below = NOTHING, 0
        self.entries: list[SimulatedEntry] = []
        self.ready: list[int] = []
        self.by_member: dict[str, list[int]] | None = (
            {} if plan in {"order_queue", "alliance", "union"} else None
        )
        self.group: Group | None = None

    def join(self, entry: SimulatedEntry, at: Instant) -> None:
        """Give an entry the last place."""
        entry.place, entry.joined_at = len(self.entries), at
        self.entries.append(entry)
        if entry.status == WAITING:
            self.ready_now(entry)
        if self.by_member is not None and entry.member is not None:
            self.by_member.setdefault(entry.member, []).append(entry.place)

    def ready_now(self, entry: SimulatedEntry) -> None:
        """Let an entry be payable that was not."""
        if not entry.queued and entry.place >= 0:
            entry.queued = True
            heappush(self.ready, entry.place)

    def payable(self, passing: SimulatedOrder | None) -> Iterator[SimulatedEntry]:
        """Yield entries that may be paid, by place, without those of one order.

        The line may be paid while it is walked; those that still wait afterwards stay.
        """
        ready, entries, kept = self.ready, self.entries, []
        try:
            while ready:
                entry = entries[ready[0]]
                if entry.status != WAITING:
                    heappop(ready)
                    entry.queued = False
                    continue
                if entry.order is not passing:
                    yield entry
                if entry.status == WAITING:
                    kept.append(heappop(ready))
        finally:
            for place in kept:
                heappush(ready, place)

    def first(self, passing: SimulatedOrder | None) -> SimulatedEntry | None:
        """Return the first entry that may be paid and is not of one order."""
        return next(self.payable(passing), None)

    def oldest_of(
        self, member: str | None, passing: SimulatedOrder | None
    ) -> SimulatedEntry | None:
        """Return a member's first waiting entry that is not of one order."""
        if member is None or self.by_member is None:
            return None
        places = self.by_member.get(member, [])
        while places and self.entries[places[0]].status != WAITING:
            places.pop(0)
        waiting = (self.entries[place] for place in places)
        return next((e for e in waiting if e.status == WAITING and e.order is not passing), None)
