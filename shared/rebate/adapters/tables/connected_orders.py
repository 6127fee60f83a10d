"""Orders of connected shops, as far as they were heard of."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import ConnectedOrder


class ConnectedOrdersTable(SortedTable[ConnectedOrder]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "connected_orders"
    kind = ConnectedOrder
