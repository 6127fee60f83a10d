"""Requests to pay cash out."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Withdrawal


class WithdrawalsTable(Table[Withdrawal]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "withdrawals"
    kind = Withdrawal
