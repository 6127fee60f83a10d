"""The journal: one row a commit, never changed; its stream publishes events."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Journal


class JournalTable(Table[Journal]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "journal"
    kind = Journal
    stream = True
