"""Senders that have an order."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import KnownSender


class SendersTable(Table[KnownSender]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "senders"
    kind = KnownSender
