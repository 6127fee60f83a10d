"""The tables, few and plain: what CDK deploys is derived from them.

Those that need more than their rows have modules of their own: an index, an expiry, counters.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from pynamodb.attributes import NumberAttribute

from rebate.adapters.tables.base import Item, SortedTable, Table
from rebate.adapters.tables.tickets import TicketsTable
from rebate.adapters.tables.wallets import WalletsTable
from rebate.domain.caps import DailyRebates
from rebate.domain.days import DayFigures
from rebate.domain.exports import ExportJob
from rebate.domain.gifts import Gift, GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.invitations import Binding, Invitation, TeamFigures, TeamMember, Tries
from rebate.domain.letters import DeadLetter
from rebate.domain.levels import LevelRun, TeamOrder, TeamUpline
from rebate.domain.links import IdentityLink, LinkCode, LinkedMember, LinkOffer
from rebate.domain.merchants import Applicant, Application, Bill, StoreRight
from rebate.domain.orders import Order
from rebate.domain.place_index import Node
from rebate.domain.queues import Queue
from rebate.domain.requests import DayCount, FrozenLove, Request
from rebate.domain.times import SECOND
from rebate.domain.webhooks import WebhookDelivery, WebhookEndpoint, WebhookHealth, WebhookSecret
from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.storage.office import (
    Act,
    Erasure,
    ImportedLine,
    KnownName,
    Note,
    OrderPlace,
)
from rebate.usecases.storage.rows.audits import AuditPart, AuditRun
from rebate.usecases.storage.rows.catalog import Corrections, Member, Product, Shop
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Holder, Periods, Tally
from rebate.usecases.storage.rows.connections import ConnectedOrder, ConnectorState
from rebate.usecases.storage.rows.inbox import Answer, Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.notices import Notice, NoticesSeen, Wording
from rebate.usecases.storage.rows.orders import (
    CompletedSpend,
    KnownSender,
    OrderLines,
    OrderRefund,
    Unclaimed,
)
from rebate.usecases.storage.rows.schedules import RunMark, StoredSums
from rebate.usecases.storage.rows.settings import (
    CurrentSettings,
    PlannedSettings,
    Seed,
    SettingsVersion,
)
from rebate.usecases.storage.rows.stores import StoreFact, StoreTraffic

EXPIRES = "expires_at"

NOTICES_KEPT = 400 * 86_400
"""Seconds for which a notice is kept: a year, and the time to look back on it (Rule 1.7)."""


def _table(
    name: str, kind: type, base: type[Table[Any]] = Table, **members: object
) -> type[Table[Any]]:
    """Return a table that needs no more than its rows; `base` says whether they are sorted.

    It is called after its rows, also in the stack: a table of another name would be another.
    """
    meta = type("Meta", (), {"abstract": True})
    called = f"{name.title().replace('_', '')}Table"
    return type(called, (base,), {"Meta": meta, "name": name, "kind": kind, **members})


def _expiring(
    name: str, kind: type, until: Callable[[Any], int], base: type[Table[Any]] = SortedTable
) -> type[Table[Any]]:
    """Return a table on whose rows no money hangs, so that DynamoDB may remove them.

    `until` returns when it may remove a row, in seconds since 1970.
    """

    def further(_: type[Table[Any]], row: object) -> dict[str, Any]:
        return {EXPIRES: until(row)}

    expiry = {EXPIRES: NumberAttribute(), "further": classmethod(further)}
    return _table(name, kind, base, expires=EXPIRES, **expiry)


TABLES: tuple[type[Table[Any]], ...] = (
    _expiring("answers", Answer, attrgetter(EXPIRES), Table),
    _table("current_settings", CurrentSettings),
    _table("inbox", Inbox, SortedTable, stream=True),
    _table("journal", Journal, stream=True),
    _table("members", Member),
    _table("nodes", Node),
    _expiring("notices", Notice, lambda row: row.at // SECOND + NOTICES_KEPT),
    _expiring("notices_seen", NoticesSeen, lambda row: row.until // SECOND + NOTICES_KEPT, Table),
    _table("order_lines", OrderLines, SortedTable),
    _table("orders", Order),
    _table("products", Product),
    _table("queues", Queue),
    _table("settings", SettingsVersion),
    _table("planned_settings", PlannedSettings),
    _table("shops", Shop),
    _table("spending", CompletedSpend, SortedTable),
    _table("statements", StatementEntry, SortedTable),
    _table("templates", Wording, SortedTable),
    TicketsTable,
    WalletsTable,
    _table("daily_rebates", DailyRebates),
    _table("dividends", DividendRun),
    _table("commissions", Commission),
    _table("tallies", Tally),
    _table("dividend_holders", Holder, SortedTable),
    _table("dividend_periods", Periods),
    _table("seeds", Seed),
    _table("holds", Hold, SortedTable),
    _table("refunds", OrderRefund, SortedTable),
    _table("senders", KnownSender),
    _table("unclaimed", Unclaimed, SortedTable),
    _table("connected_orders", ConnectedOrder, SortedTable),
    _table("connectors", ConnectorState),
    _table("payouts", Withdrawal, SortedTable),
    _table("payout_accounts", PayoutAccount, SortedTable),
    _table("requests", Request, SortedTable),
    _table("day_counts", DayCount, SortedTable),
    _table("frozen_love", FrozenLove, SortedTable),
    _table("gifts", Gift),
    _table("gift_counts", GiftCount, SortedTable),
    _table("redemptions", Redemption, SortedTable),
    _table("lists", ListItem, SortedTable),
    _table("link_offers", LinkOffer, SortedTable),
    _table("link_codes", LinkCode),
    _table("identity_links", IdentityLink),
    _table("linked_members", LinkedMember),
    _table("days", DayFigures, SortedTable),
    _table("store_days", StoreTraffic, SortedTable),
    _table("store_facts", StoreFact),
    _table("audits", AuditRun, SortedTable),
    _table("audit_parts", AuditPart, SortedTable),
    _table("invitations", Invitation),
    _table("bindings", Binding),
    _table("corrections", Corrections),
    _table("team_members", TeamMember, SortedTable),
    _table("team_figures", TeamFigures, SortedTable),
    _expiring("tries", Tries, attrgetter(EXPIRES)),
    _table("team_orders", TeamOrder, SortedTable),
    _table("team_uplines", TeamUpline),
    _table("level_runs", LevelRun),
    _table("run_marks", RunMark),
    _table("sums", StoredSums),
    _table("applications", Application),
    _table("applicants", Applicant),
    _table("store_rights", StoreRight, SortedTable),
    _table("bills", Bill, SortedTable),
    _table("parked", Parked, SortedTable),
    _table("order_places", OrderPlace, SortedTable),
    _table("names", KnownName, SortedTable),
    _table("notes", Note, SortedTable),
    _table("acts", Act, SortedTable),
    _table("erasures", Erasure),
    _table("imported", ImportedLine),
    _table("webhooks", WebhookEndpoint, SortedTable),
    _table("webhook_secrets", WebhookSecret, SortedTable),
    _table("webhook_health", WebhookHealth),
    _expiring("webhook_deliveries", WebhookDelivery, attrgetter(EXPIRES)),
    _expiring("dead_letters", DeadLetter, attrgetter(EXPIRES)),
    _expiring("exports", ExportJob, attrgetter("removed_at")),
)
"""All of them, unbound; the inbox's stream rings the settler, the journal's publishes events."""


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
