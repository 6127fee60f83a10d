"""Refunds of orders, by order."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import OrderRefund


class RefundsTable(SortedTable[OrderRefund]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "refunds"
    kind = OrderRefund
