"""An order's profit, line by line (Rule 7.1)."""

from collections.abc import Iterable
from typing import Annotated

from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, in_proportion, share, sum_of
from rebate.domain.names import LineId
from rebate.domain.records import dataclass
from rebate.domain.wire import money, stored_as, wire


@stored_as("source")
@dataclass(frozen=True, slots=True)
class Source:
    """An order line as a source of profit: `left` is what was not refunded of `paid`.

    `profit` is the event's, which may be a loss; without one `margin_bps` of what is left is.
    """

    line: Annotated[LineId, wire("line")]
    paid: Annotated[Amount, money("paid")]
    left: Annotated[Amount, money("left")]
    margin_bps: Annotated[Bps, wire("margin_bps", absent=0)] = ZERO_BPS
    profit: Annotated[Amount | None, money("profit", absent=None)] = None

    def yields(self) -> Amount:
        """Return the line's profit; one that was given shrinks with a refund."""
        if self.profit is None:
            return share(self.left, self.margin_bps)
        return in_proportion(self.profit, self.left, self.paid) if self.paid else self.profit


def profit_of(sources: Iterable[Source]) -> Amount:
    """Return the profit of all, never below zero."""
    return max(sum_of(source.yields() for source in sources), NOTHING)
