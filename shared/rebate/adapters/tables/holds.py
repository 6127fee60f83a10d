"""Pending cash by member, until it is due."""

from rebate.adapters.tables.base import SortedTable
from rebate.domain.holds import Hold


class HoldsTable(SortedTable[Hold]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "holds"
    kind = Hold
