"""Which version of the settings is in force."""

from rebate.adapters.tables.base import Table
from rebate.usecases.rows import CurrentSettings


class CurrentSettingsTable(Table[CurrentSettings]):
    """See the module's text."""

    class Meta:
        """Bound to a deployment by `rebate.adapters.tables.bind`."""

        abstract = True

    name = "current_settings"
    kind = CurrentSettings
