"""Orders as they were accepted, with their trace."""

from rebate.adapters.tables.base import Table
from rebate.domain.orders import Order


class OrdersTable(Table[Order]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "orders"
    kind = Order
