"""Queues: one row each, which every settlement of the queue writes."""

from rebate.adapters.tables.base import Table
from rebate.domain.queues import Queue


class QueuesTable(Table[Queue]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "queues"
    kind = Queue
