"""Products of the catalog."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Product


class ProductsTable(Table[Product]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "products"
    kind = Product
