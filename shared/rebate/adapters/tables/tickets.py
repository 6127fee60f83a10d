"""Tickets, by member, with an index of those that wait (read consistently, so it is local)."""

from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import KeysOnlyProjection, LocalSecondaryIndex

from rebate.adapters.tables.base import SortedTable
from rebate.domain.tickets import Ticket
from rebate.usecases.storage.rows.key_of import waits_by_member
from rebate.usecases.storage.rows.keys import place_key


class WaitingIndex(LocalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """A member's tickets that wait, by queue and place."""

    class Meta:
        """Only keys: the tickets themselves are read from the table."""

        index_name = "waiting"
        projection = KeysOnlyProjection()

    partition = UnicodeAttribute(hash_key=True)
    waits_at = UnicodeAttribute(range_key=True)


class TicketsTable(SortedTable[Ticket]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "tickets"
    kind = Ticket

    waits_at = UnicodeAttribute(null=True)
    waiting = WaitingIndex()

    @classmethod
    def further(cls, row: Ticket) -> dict[str, Any]:
        """Return the place of a ticket that waits, in queues that serve by member."""
        if row.place is None or not waits_by_member(row):
            return {}
        return {"waits_at": place_key(row.queue, row.place)}
