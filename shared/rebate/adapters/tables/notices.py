"""What members were told (rule 1.7); no money hangs on a notice, so they expire."""

from typing import Any

from pynamodb.attributes import NumberAttribute

from rebate.adapters.tables.base import SortedTable
from rebate.domain.times import SECOND
from rebate.usecases.rows import Notice

NOTICES_KEPT = 400 * 86_400
"""Seconds for which a notice is kept: a year, and the time to look back on it."""


class NoticesTable(SortedTable[Notice]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "notices"
    kind = Notice
    expires = "expires_at"

    expires_at = NumberAttribute()

    @classmethod
    def further(cls, row: Notice) -> dict[str, Any]:
        """Return when DynamoDB may remove the row."""
        return {"expires_at": row.at // SECOND + NOTICES_KEPT}
