"""Members as the shop told them."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import Member


class MembersTable(Table[Member]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "members"
    kind = Member
