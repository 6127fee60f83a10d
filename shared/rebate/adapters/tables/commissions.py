"""Referral rewards of orders, as they are paid."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Commission


class CommissionsTable(Table[Commission]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "commissions"
    kind = Commission
