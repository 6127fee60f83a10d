"""Further lines of long orders."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import OrderLines


class OrderLinesTable(SortedTable[OrderLines]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "order_lines"
    kind = OrderLines
