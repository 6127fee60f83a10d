"""What completed orders add to their buyers' cumulative spend."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import Spend


class SpendingTable(SortedTable[Spend]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "spending"
    kind = Spend
