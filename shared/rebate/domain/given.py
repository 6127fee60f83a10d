"""What an order gives in all, contributions and commissions, under what bounds it (Rule 8.4).

It is fixed when the order is accepted, and is part of the order: the queues that settle it know
only their own part.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from rebate.domain.commissions import Commissions
from rebate.domain.money import NOTHING, WHOLE, Amount, Bps, share, split, sum_of
from rebate.domain.names import WHOLE_ORDER, LineId, QueueId
from rebate.domain.profits import Source, profit_of
from rebate.domain.records import dataclass, replace
from rebate.domain.wire import money, stored_as, wire


@stored_as("contribution")
@dataclass(frozen=True, slots=True)
class LineContribution:
    """What a line of a ticket gives: a ratio of what is paid for it, or of the order's profit.

    Parts from number `late` on are cut first: they take room after all others (Rule 8.4).
    """

    queue: Annotated[QueueId, wire("queue")]
    line: Annotated[LineId, wire("line")]
    ratio_bps: Annotated[Bps, wire("ratio_bps")]
    parts_bps: Annotated[tuple[Bps, ...], wire("parts_bps", absent=[10000])] = (WHOLE,)
    of_profit: Annotated[bool, wire("of_profit", absent=False)] = False
    late: Annotated[int | None, wire("late", absent=None)] = None

    def parts(self, paid: Mapping[LineId, Amount], profit: Amount) -> tuple[Amount, ...]:
        """Return what each part is, at what is paid for the order's lines and at its profit."""
        base = sum_of(paid.values()) if self.line == WHOLE_ORDER else paid[self.line]
        return split(share(profit if self.of_profit else base, self.ratio_bps), self.parts_bps)


@stored_as("given")
@dataclass(frozen=True, slots=True)
class Given:
    """What an order gives now: never more than before a refund, part by part (Rules 2.6 and 8.4).

    `parts` are those of `contributions`, in their order; they are kept only where `revenue_bps`
    says how much of what is paid all may come to, since a ticket knows by itself what it gives.
    `profit` is what those of the profit are of; `net` of commissions (Rule 7.1), if so.
    """

    commissions: Annotated[Commissions, wire("commissions", absent={})] = Commissions()
    rewards: Annotated[tuple[Amount, ...], wire("rewards", absent=[])] = ()
    revenue_bps: Annotated[Bps | None, wire("revenue_bps", absent=None)] = None
    contributions: Annotated[tuple[LineContribution, ...], wire("contributions", absent=[])] = ()
    parts: Annotated[tuple[tuple[Amount, ...], ...], wire("parts", absent=[])] = ()
    profit: Annotated[Amount | None, money("profit", absent=None)] = None
    net: Annotated[bool, wire("net", absent=False)] = False

    def priced(self, paid: Mapping[LineId, Amount], sources: Sequence[Source]) -> "Given":
        """Return what is given at what is paid for the order's lines now."""
        total = sum_of(paid.values())
        rewards = self.commissions.amounts(total)
        if self.revenue_bps is None:
            return replace(self, rewards=_lower(rewards, self.rewards))
        profit = profit_of(sources) - (sum_of(rewards) if self.net else NOTHING)
        profit = max(NOTHING, profit if self.profit is None else min(profit, self.profit))
        parts = [list(each.parts(paid, profit)) for each in self.contributions]
        granted = _Room(share(total, self.revenue_bps))
        self._cut(parts, granted, late=False)
        rewards = tuple(map(granted.take, rewards))
        self._cut(parts, granted, late=True)
        before = self.parts or (None,) * len(parts)
        lowered = tuple(_lower(each, was) for each, was in zip(parts, before, strict=True))
        return replace(
            self, profit=profit, parts=lowered, rewards=_lower(rewards, self.rewards or None)
        )

    def bounds(self, queue: QueueId) -> Iterator[tuple[LineId, tuple[Amount, ...]]]:
        """Yield the most that each part of the order's lines in a queue may give."""
        for each, parts in zip(self.contributions, self.parts, strict=False):
            if each.queue == queue:
                yield each.line, parts

    def _cut(self, parts: list[list[Amount]], room: "_Room", *, late: bool) -> None:
        for each, amounts in zip(self.contributions, parts, strict=True):
            first = len(amounts) if each.late is None else each.late
            for number in range(first, len(amounts)) if late else range(first):
                amounts[number] = room.take(amounts[number])


class _Room:
    """What is left of an amount of which one after another takes."""

    def __init__(self, amount: Amount) -> None:
        self._left = amount

    def take(self, wanted: Amount) -> Amount:
        taken = min(wanted, self._left)
        self._left -= taken
        return taken


def _lower(now: Sequence[Amount], before: Sequence[Amount] | None) -> tuple[Amount, ...]:
    """Return each amount, but no more than it was before, if there was a before."""
    return tuple(map(min, now, before)) if before else tuple(now)
