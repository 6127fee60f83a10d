"""Orders of which something came before they were paid, the oldest first."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import Unclaimed


class UnclaimedTable(SortedTable[Unclaimed]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "unclaimed"
    kind = Unclaimed
