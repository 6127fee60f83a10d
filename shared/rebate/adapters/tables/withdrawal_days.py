"""How often members asked for cash on a day."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import WithdrawalDay


class WithdrawalDaysTable(SortedTable[WithdrawalDay]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "withdrawal_days"
    kind = WithdrawalDay
