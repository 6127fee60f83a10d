"""What was paid on a day, while a daily cap is set."""

from rebate.adapters.tables.base import Table
from rebate.domain.caps import DailyRebates


class DailyRebatesTable(Table[DailyRebates]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "daily_rebates"
    kind = DailyRebates
