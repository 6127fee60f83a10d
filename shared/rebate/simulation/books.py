"""Figures of a plan as they grow, with a mark at the end of each month (Rule 8.8)."""

from array import array
from dataclasses import dataclass, field

from rebate.domain.money import NOTHING, Amount


@dataclass(slots=True)
class Figures:
    """Sums of one plan so far; `owed` is what its entries still wait for.

    `promised` and `paid_of_promised` are those of entries with an entitlement, `for_line` is what
    was contributed for entries; `waits` are the microseconds that entries waited which were paid
    in full, `cleared` is what clearings took away. `members` are those who bought, `got` those who
    were paid anything.
    """

    orders: int = 0
    sales: Amount = NOTHING
    contributed: Amount = NOTHING
    rebated: Amount = NOTHING
    commissions: Amount = NOTHING
    promised: Amount = NOTHING
    paid_of_promised: Amount = NOTHING
    for_line: Amount = NOTHING
    owed: Amount = NOTHING
    cleared: Amount = NOTHING
    unpaid: int = 0
    members: set[str] = field(default_factory=set)
    got: set[str] = field(default_factory=set)
    waits: "array[int]" = field(default_factory=lambda: array("q"))
    months: list[tuple[str, dict[str, Amount]]] = field(default_factory=list)

    def mark(self, month: str) -> None:
        """Keep the sums as they are at the end of a month."""
        names = ("sales", "contributed", "rebated", "promised", "owed")
        self.months.append((month, {name: getattr(self, name) for name in names}))

    def by_month(self) -> list[dict[str, object]]:
        """Return what each month added, and what was owed at its end."""
        before = dict.fromkeys(("sales", "contributed", "rebated", "promised"), 0)
        found: list[dict[str, object]] = []
        for month, sums in self.months:
            added = {name: sums[name] - before[name] for name in before}
            found.append({"month": month, **added, "owed": sums["owed"]})
            before = {name: sums[name] for name in before}
        return found
