"""The law of the queue: what two ratios say before anything is switched on (Rule 8.6)."""

from math import log

from rebate.domain.money import WHOLE, Amount, Bps, in_proportion
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class QueueLaw:
    """Queues whose orders give `gives_bps` of what is paid (e) and are promised `promises_bps` (r).

    `queues` names them: an id of a queue, or of its kind. Whoever joined when cumulative sales
    were S is paid in full when they reach S·r/e, however many buy and whoever is served.

    `is_profit_unknown`: orders give of their profit, for which all that is paid is taken here, so
    that `gives_bps` is the most that it can be.
    """

    queues: str
    gives_bps: Bps
    promises_bps: Bps
    is_profit_unknown: bool = False

    @property
    def is_sustainable(self) -> bool:
        """Whether all that is promised can be paid: e ≥ r."""
        return self.gives_bps >= self.promises_bps

    @property
    def ever_paid_bps(self) -> Bps:
        """The largest share of all promises that can ever be paid, rounded down."""
        if self.promises_bps == 0:
            return WHOLE
        return min(WHOLE, Bps(self.gives_bps * WHOLE // self.promises_bps))

    @property
    def never_bps(self) -> Bps:
        """The share of all promises that is never paid."""
        return WHOLE - self.ever_paid_bps

    def paid_at(self, sales: Amount) -> Amount | None:
        """Return at which cumulative sales an entry is paid that joined at `sales`; None: never."""
        if self.is_sustainable:
            return sales
        if not self.gives_bps:
            return None
        return -in_proportion(-sales, self.promises_bps, self.gives_bps)

    def days_at_steady_sales(self, age_days: int) -> int | None:
        """Return how long it waits who joins when the queue is so old, in days; None: for ever."""
        reached = self.paid_at(Amount(age_days))
        return None if reached is None else reached - age_days

    def months_at_growth(self, percent: float) -> float | None:
        """Return how long everybody waits where sales grow by so much a month; None: for ever."""
        if self.is_sustainable:
            return 0.0
        if not self.gives_bps or percent <= 0:
            return None
        return log(self.promises_bps / self.gives_bps) * 100 / percent

    def growth_for(self, months: float) -> float | None:
        """Return by how many per cent sales must grow each month for a wait of so many months."""
        if self.is_sustainable:
            return 0.0
        if not self.gives_bps:
            return None
        return log(self.promises_bps / self.gives_bps) * 100 / months
