"""Stores of the catalog."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Shop


class ShopsTable(Table[Shop]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "shops"
    kind = Shop
