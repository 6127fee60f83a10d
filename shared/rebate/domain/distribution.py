"""A distribution: an amount on its way to those who get it, and how far that came."""

from typing import NamedTuple

from rebate.domain.ledger import Draft
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import OrderId, TicketKey
from rebate.domain.queues import DistributionProgress
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant


class Reached(NamedTuple):
    """The last entry served: the place of its ticket, its ordinal, how many were served by then."""

    place: int = 0
    ordinal: int = -1
    served: int = 0


@dataclass(slots=True)
class Distribution:
    """An amount that is being distributed: a part of a contribution, or the pool (`ticket` None).

    `left` is still to be distributed; `own` is how much of it the order itself contributed;
    `withheld` is what the daily cap cut off, for the pool. `each` and `reached` are the rule's: the
    amount that it divides, or gives to each, once that is fixed, and whom it served last.
    `passes_over` is the order whose own entries get nothing (Rule 0.7), `joined_before` how many
    tickets had a place when it was begun or gone on with; `cause` the command's inbox key.
    `gives` is the ticket of another queue that sent on what it gives (Rule 1.4.1).
    """

    draft: Draft
    at: Instant
    left: Amount
    own: Amount = NOTHING
    withheld: Amount = NOTHING
    ticket: Ticket | None = None
    line: int | None = None
    part: int = 0
    passes_over: OrderId | None = None
    each: Amount | None = None
    reached: Reached = Reached()
    joined_before: int = 0
    cause: str = ""
    gives: TicketKey | None = None

    def progress(self) -> DistributionProgress:
        """Return what has to be remembered to go on later."""
        return DistributionProgress(
            left=self.left,
            line=self.line,
            part=self.part,
            each=self.each,
            place=self.reached.place,
            ordinal=self.reached.ordinal,
            served=self.reached.served,
            withheld=self.withheld,
        )

    def go_on_from(self, progress: DistributionProgress) -> None:
        """Continue where an earlier commit stopped."""
        self.left, self.withheld = progress.left, progress.withheld
        self.each = progress.each
        self.reached = Reached(progress.place, progress.ordinal, progress.served)
