"""Wordings of notices that the operator changed, by language."""

from rebate.adapters.tables.base import SortedTable
from rebate.usecases.rows import Wording


class TemplatesTable(SortedTable[Wording]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "templates"
    kind = Wording
