"""The tables: few and plain, one module each; what CDK deploys is derived from them."""

from typing import Any

from rebate.adapters.tables.answers import AnswersTable
from rebate.adapters.tables.base import Item, SortedTable, Table
from rebate.adapters.tables.commissions import CommissionsTable
from rebate.adapters.tables.connected_orders import ConnectedOrdersTable
from rebate.adapters.tables.connectors import ConnectorsTable
from rebate.adapters.tables.current_settings import CurrentSettingsTable
from rebate.adapters.tables.daily_rebates import DailyRebatesTable
from rebate.adapters.tables.dividends import DividendsTable
from rebate.adapters.tables.holds import HoldsTable
from rebate.adapters.tables.inbox import InboxTable
from rebate.adapters.tables.journal import JournalTable
from rebate.adapters.tables.members import MembersTable
from rebate.adapters.tables.nodes import NodesTable
from rebate.adapters.tables.notices import NoticesTable
from rebate.adapters.tables.order_lines import OrderLinesTable
from rebate.adapters.tables.orders import OrdersTable
from rebate.adapters.tables.products import ProductsTable
from rebate.adapters.tables.queues import QueuesTable
from rebate.adapters.tables.seeds import SeedsTable
from rebate.adapters.tables.settings import SettingsTable
from rebate.adapters.tables.shops import ShopsTable
from rebate.adapters.tables.spending import SpendingTable
from rebate.adapters.tables.statements import StatementsTable
from rebate.adapters.tables.templates import TemplatesTable
from rebate.adapters.tables.tickets import TicketsTable
from rebate.adapters.tables.wallets import WalletsTable
from rebate.adapters.tables.withdrawal_days import WithdrawalDaysTable
from rebate.adapters.tables.withdrawals import WithdrawalsTable

TABLES: tuple[type[Table[Any]], ...] = (
    AnswersTable,
    CurrentSettingsTable,
    InboxTable,
    JournalTable,
    MembersTable,
    NodesTable,
    NoticesTable,
    OrderLinesTable,
    OrdersTable,
    ProductsTable,
    QueuesTable,
    SettingsTable,
    ShopsTable,
    SpendingTable,
    StatementsTable,
    TemplatesTable,
    TicketsTable,
    WalletsTable,
    DailyRebatesTable,
    DividendsTable,
    CommissionsTable,
    WithdrawalDaysTable,
    WithdrawalsTable,
    SeedsTable,
    HoldsTable,
    ConnectedOrdersTable,
    ConnectorsTable,
)
"""All of them, unbound."""


def bind(
    table: type[Table[Any]], prefix: str, region: str, endpoint: str | None = None
) -> type[Table[Any]]:
    """Return a table of one deployment.

    Its name is `prefix` followed by the table's own; `endpoint` is for engines other than AWS's.
    """
    meta = type(
        "Meta",
        (),
        {
            "table_name": f"{prefix}{table.name}",
            "region": region,
            "host": endpoint,
            "billing_mode": "PAY_PER_REQUEST",
        },
    )
    return type(table.__name__, (table,), {"Meta": meta})


__all__ = ["TABLES", "Item", "SortedTable", "Table", "bind"]
