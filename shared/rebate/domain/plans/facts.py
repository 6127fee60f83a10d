"""What plans may ask when they price an order, beside the order itself."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Protocol

from rebate.domain.commissions import Above, Merchant
from rebate.domain.draws import Luck
from rebate.domain.money import Amount, Bps
from rebate.domain.names import EntryId, ProductId, QueueId
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant


@dataclass(frozen=True, slots=True)
class Spending:
    """A completed order of the buyer: what it adds to each group of goods (Rule 1.3.2)."""

    completed_at: Instant
    groups: Mapping[str, Amount]


class PricingFacts(Protocol):
    """What is known of an order's products, store and buyer; each is read when it is asked for."""

    @property
    def absent(self) -> AbstractSet[ProductId]:
        """The order's products that the catalog leaves out of the base plan (Rule 1.4, 2)."""

    @property
    def off_sale(self) -> AbstractSet[ProductId]:
        """The order's products that are not sold any more (Rule 1.5.5)."""

    @property
    def concession_bps(self) -> Bps | None:
        """What the catalog says that the order's store concedes."""

    @property
    def merchant(self) -> Merchant | None:
        """Who brought the order's store in, and what it concedes (Rule 2.4); None: nobody did."""

    def above(self, depth: int) -> Sequence[Above]:
        """Return the members above the buyer, the nearest first, as many as `depth` at most."""

    @property
    def spending(self) -> tuple[Spending, ...]:
        """The buyer's completed orders, this one left out."""

    def tickets(self, queue: QueueId | None = None) -> tuple[Ticket, ...]:
        """Return the buyer's tickets of other orders, of one queue or of all.

        What is priced by them rests on their number, so no other order of the buyer is accepted at
        the same time.
        """

    def luck(self, day: date, entry: EntryId) -> Luck:
        """Return the luck that an entry has in the draws of a day (Rule 1.3.4)."""
