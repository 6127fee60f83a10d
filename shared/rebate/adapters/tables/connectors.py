"""How far connectors have heard of their shops."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import ConnectorState


class ConnectorsTable(Table[ConnectorState]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "connectors"
    kind = ConnectorState
