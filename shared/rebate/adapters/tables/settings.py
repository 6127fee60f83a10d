"""Every version of the settings, with who saved it."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import SettingsVersion


class SettingsTable(Table[SettingsVersion]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "settings"
    kind = SettingsVersion
