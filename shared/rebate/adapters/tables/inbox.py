"""Commands that wait to be settled; its stream rings the settler."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import Inbox


class InboxTable(SortedTable[Inbox]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "inbox"
    kind = Inbox
    stream = True
