"""What moved in each wallet, by member."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import Statement


class StatementsTable(SortedTable[Statement]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "statements"
    kind = Statement
