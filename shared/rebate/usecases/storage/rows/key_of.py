"""The key of every row that is stored, by its kind."""

from collections.abc import Callable
from typing import Any

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Settle
from rebate.domain.days import DayFigures
from rebate.domain.exports import ExportJob
from rebate.domain.gifts import Gift, GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.invitations import Binding, Invitation, TeamFigures, TeamMember, Tries
from rebate.domain.letters import DeadLetter
from rebate.domain.levels import LevelRun, TeamOrder, TeamUpline
from rebate.domain.links import IdentityLink, LinkCode, LinkedMember, LinkOffer
from rebate.domain.merchants import Applicant, Application, Bill, StoreRight
from rebate.domain.names import NO_QUEUE, QueueId, came_from
from rebate.domain.orders import Order
from rebate.domain.place_index import Node
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.requests import DayCount, FrozenLove, Request
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.domain.webhooks import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookHealth,
    WebhookSecret,
)
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
from rebate.usecases.storage.rows.keys import (
    AUDITS,
    CORRECTIONS,
    ENDPOINTS,
    EXPORT_JOBS,
    PERIODS,
    UNCLAIMED,
    Key,
    act_key,
    bill_key,
    day_key,
    due_partition,
    figures_key,
    inbox_key,
    joined,
    journal_key,
    line_rows_key,
    name_key,
    node_key,
    note_key,
    number,
    owned_key,
    refund_key,
    request_key,
    right_key,
    ticket_key,
    webhook_delivery_key,
    webhook_secret_key,
)
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
    CURRENT,
    PLANNED,
    CurrentSettings,
    PlannedSettings,
    Seed,
    SettingsVersion,
)
from rebate.usecases.storage.rows.stores import StoreFact, StoreTraffic


def waits_by_member(ticket: Ticket) -> bool:
    """Tell whether a ticket is to be found by its member: it waits where a referral counts."""
    name = PLANS.queue(ticket.queue)
    return bool(name and name.plan.serves_members) and ticket.first_waiting() is not None


def _inbox_row_key(row: Inbox) -> Key:
    if row.not_before is not None and isinstance(row.command, Settle):
        return Key(due_partition(row.queue), row.sort)
    return inbox_key(row.queue, row.sort)


def fact_of(ticket: Ticket) -> str:
    """Return the name of a ticket among the facts of its queue's journal."""
    came_from = (ticket.merged_from,) if ticket.merged_from else ()
    return joined(ticket.order, *came_from)


def merged_ticket_keys(ticket: Ticket) -> dict[QueueId, Key]:
    """Return where what of a ticket was merged is stored, by the queue it went to (Rule 1.5.5)."""
    merged_from = came_from(ticket.queue, ticket.merged_from)
    queues = dict.fromkeys((ticket.merged_into, *ticket.goes_on_in()))
    return {
        into: ticket_key(into, ticket.member, ticket.order, merged_from)
        for into in queues
        if into != NO_QUEUE
    }


_KEYS: dict[type, Callable[[Any], Key]] = {
    Queue: lambda r: Key(r.id),
    DayFigures: lambda r: day_key(r.day, r.queue),
    Ticket: lambda r: ticket_key(r.queue, *r.key),
    Node: lambda r: node_key(r.key),
    Wallet: lambda r: Key(r.member),
    Order: lambda r: Key(r.id),
    OrderLines: lambda r: line_rows_key(r.order, r.digest, r.row),
    OrderRefund: lambda r: refund_key(r.order, r.name),
    KnownSender: lambda r: Key(r.name),
    Unclaimed: lambda r: Key(UNCLAIMED, joined(number(r.since), r.order)),
    Inbox: _inbox_row_key,
    Parked: lambda r: Key(r.state, r.id),
    Journal: lambda r: journal_key(r.source, r.number),
    StatementEntry: lambda r: Key(r.member, joined(number(r.at), r.source, number(r.number))),
    Hold: lambda r: Key(r.member, r.id),
    Seed: lambda r: Key(r.day),
    DailyRebates: lambda r: Key(r.day),
    Commission: lambda r: Key(r.order),
    Tally: lambda r: Key(r.shard),
    DividendRun: lambda r: Key(r.id),
    Holder: lambda r: Key(r.run, r.member),
    Periods: lambda _: PERIODS,
    Withdrawal: lambda r: owned_key(r.id, r.member),
    PayoutAccount: lambda r: Key(r.member, joined(r.withdrawal)),
    Request: lambda r: request_key(r.kind, r.caller, r.id),
    DayCount: lambda r: Key(r.member, joined(r.kind, r.day)),
    FrozenLove: lambda r: Key(r.member, joined(number(r.at), r.id)),
    Gift: lambda r: Key(r.id),
    GiftCount: lambda r: Key(r.gift, joined(r.member)),
    Redemption: lambda r: owned_key(r.id, r.member),
    LinkOffer: lambda r: request_key("link", r.caller, r.id),
    LinkCode: lambda r: Key(r.code),
    IdentityLink: lambda r: Key(r.subject),
    LinkedMember: lambda r: Key(r.member),
    ListItem: lambda r: Key(r.list, joined(number(r.at), r.id, r.member)),
    Member: lambda r: Key(r.id),
    Corrections: lambda _: CORRECTIONS,
    Invitation: lambda r: Key(r.code),
    Binding: lambda r: Key(r.id),
    TeamMember: lambda r: Key(r.referrer, f"{number(r.at)}#{r.ref}"),
    TeamFigures: lambda r: figures_key(r.promoter, r.member),
    Tries: lambda r: Key(r.who, number(r.hour)),
    TeamOrder: lambda r: Key(r.above, joined(number(r.completed_at), r.order)),
    TeamUpline: lambda r: Key(r.order),
    LevelRun: lambda r: Key(r.id),
    RunMark: lambda r: Key(r.run),
    StoredSums: lambda r: Key(r.id),
    Application: lambda r: Key(r.id),
    Applicant: lambda r: Key(r.member),
    StoreRight: lambda r: right_key(r.store, r.member),
    Bill: lambda r: bill_key(r.store, r.id),
    Product: lambda r: Key(r.id),
    Shop: lambda r: Key(r.id),
    CompletedSpend: lambda r: Key(r.member, joined(number(r.completed_at), r.order)),
    SettingsVersion: lambda r: Key(number(r.number)),
    PlannedSettings: lambda _: PLANNED,
    CurrentSettings: lambda _: CURRENT,
    Answer: lambda r: Key(r.request),
    AuditRun: lambda r: Key(AUDITS, number(r.began_at)),
    ExportJob: lambda r: Key(EXPORT_JOBS, r.id),
    AuditPart: lambda r: Key(number(r.began_at), joined(number(r.step), number(r.part))),
    NoticesSeen: lambda r: Key(r.member),
    Notice: lambda r: Key(r.audience, joined(number(r.at), r.id)),
    StoreFact: lambda r: Key(joined(r.kind, r.id)),
    StoreTraffic: lambda r: Key(r.day, r.store),
    Wording: lambda r: Key(r.locale, r.kind),
    ConnectedOrder: lambda r: Key(r.connector, r.order),
    ConnectorState: lambda r: Key(r.connector),
    OrderPlace: lambda r: Key(r.list, joined(number(r.at), r.order)),
    KnownName: lambda r: name_key(r.kind, r.name, r.id),
    Note: lambda r: note_key(r.member, r.id),
    Act: lambda r: act_key(r.at, r.id),
    Erasure: lambda r: Key(r.id),
    ImportedLine: lambda r: Key(r.id),
    DeadLetter: lambda r: Key(r.state, joined(number(r.at), r.id)),
    WebhookEndpoint: lambda r: Key(ENDPOINTS, r.id),
    WebhookSecret: lambda r: webhook_secret_key(r.endpoint, r.number),
    WebhookHealth: lambda r: Key(r.endpoint),
    WebhookDelivery: lambda r: webhook_delivery_key(r.endpoint, r.at, r.id),
}


def key_of(row: object) -> Key:
    """Return where a row is stored."""
    return _KEYS[type(row)](row)
