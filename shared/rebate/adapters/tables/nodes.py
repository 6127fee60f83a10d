"""Nodes of the index of places: derived from tickets, written with them."""

from rebate.adapters.tables.base import Table
from rebate.domain.places import Node


class NodesTable(Table[Node]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "nodes"
    kind = Node
