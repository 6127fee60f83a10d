"""Seeds of the days, for draws."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Seed


class SeedsTable(Table[Seed]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "seeds"
    kind = Seed
