"""Runs that share turnover among shareholders."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Dividend


class DividendsTable(Table[Dividend]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "dividends"
    kind = Dividend
