"""Rows that are stored beside the domain's own (queue, ticket, node, wallet).

A `Key` is (partition, sort); rows of one partition can be read in order of their sort keys.
No partition is shared between two orders, except by the same member or, in a queue's inbox,
by the orders of one of its `SHARDS`.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple
from zlib import crc32

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Command, Join
from rebate.domain.events import Event
from rebate.domain.holds import Hold
from rebate.domain.ledger import JournalEntry, Pocket, Reason
from rebate.domain.money import Amount, Bps
from rebate.domain.names import (
    NO_QUEUE,
    EntryId,
    MemberId,
    OrderId,
    ProductId,
    QueueId,
    StoreId,
)
from rebate.domain.orders import Order, OrderLine
from rebate.domain.places import Node, NodeKey
from rebate.domain.plans import alliance, order_queue, union
from rebate.domain.plans.referral import Reward
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet

PART_BYTES_MAX = 240

SHARDS = 4
"""Partitions of a queue's inbox; each takes about 250 orders a second."""


class Key(NamedTuple):
    """Where a row is stored."""

    partition: str
    sort: str = ""


def joined(*parts: str) -> str:
    """Return `parts` as one string that no other parts give.

    Long parts are shortened to a digest: a sort key may have 1 024 bytes.
    """
    return "#".join(_distinct(part) for part in parts)


def _distinct(part: str) -> str:
    safe = _escaped(part)
    if len(safe.encode()) <= PART_BYTES_MAX:
        return safe
    return f"{safe[:32]}%{sha256(part.encode()).hexdigest()}"


def _escaped(part: str) -> str:
    """Return a part in which `#` does not stand; partitions need no shortening."""
    return part.replace("%", "%25").replace("#", "%23")


@dataclass(frozen=True, slots=True)
class OrderLines:
    """Further lines of a long order, number `row` from 1, of the content named by `digest`."""

    order: OrderId
    digest: str
    row: int
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A paid order's command to join; its ticket comes with it, and is a row once it joins."""

    sort: str
    ticket: Ticket

    @property
    def command(self) -> Join:
        """Return what the queue is told."""
        return Join(self.ticket.paid_at, self.ticket.order, self.ticket.member)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A command that waits for its queue; orders accepted together share a row.

    `sort` orders it: by instant, then by arrival (Rule 0.11). `gate` names the order and the
    attempt at storing it that must be finished before it may be settled, where an event did not
    fit into one transaction. `request` names the `Answer` that somebody waits for.
    `not_before`: it was sent ahead of its time, so that it is there when its time comes.
    `ticket` is that of a command to join which comes with it. `others` are letters that came
    together with this one, and sort after it; the row is removed when all are carried out.
    """

    queue: QueueId
    sort: str
    command: Command
    gate: tuple[OrderId, int] | None = None
    request: str | None = None
    not_before: Instant | None = None
    ticket: Ticket | None = None
    others: tuple[Letter, ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    """One commit: number `number` of `source` (a queue, or a kind of wallet operation)."""

    source: str
    number: int
    at: Instant
    entries: tuple[JournalEntry, ...]
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of a member's statement; `reason` is the kind of reward (Rule 5.7)."""

    kind: str
    pocket: Pocket
    amount: Amount
    order: OrderId | None = None
    entry: EntryId | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one commit moved in a member's wallet."""

    member: MemberId
    at: Instant
    source: str
    number: int
    movements: tuple[Movement, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member's profile, as the shop told it last; a referral binds once (Rule 2.5)."""

    id: MemberId
    version: int = 0
    level: str | None = None
    rank: str | None = None
    referrer: MemberId | None = None
    nickname: str | None = None
    avatar_url: str | None = None
    saved_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalog (Rules 1.4 (2, 3) and 1.5.5)."""

    id: ProductId
    version: int = 0
    name: str | None = None
    supply: str = "self"
    store: StoreId | None = None
    on_sale: bool = True
    margin_bps: Bps | None = None
    takes_part: bool = True
    saved_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the catalog."""

    id: StoreId
    version: int = 0
    name: str | None = None
    referrer: MemberId | None = None
    concession_bps: Bps | None = None
    saved_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """What a completed order adds to its buyer's cumulative spend, after refunds (Rule 1.3.2).

    `groups` holds the amount per group of goods that count together: `mall`, or a store.
    """

    member: MemberId
    order: OrderId
    completed_at: Instant
    groups: dict[str, Amount] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """The settings document as it was saved, by whom and when (Rule 8.5).

    `terms` are what it means, by the `edition` of the code that saved it.
    """

    number: int
    document: dict[str, Any]
    saved_at: Instant
    saved_by: str
    terms: Terms | None = None
    edition: int = 0


@dataclass(frozen=True, slots=True)
class CurrentSettings:
    """Which version of the settings is in force."""

    version: int


@dataclass(frozen=True, slots=True)
class Seed:
    """The secret of a day's draws (Rule 1.3.4): what was published before, and what is after.

    `day` is ISO 8601; `late`: it was made when the day had begun, so was committed to too late.
    """

    day: str
    secret: str
    commitment: str
    late: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Paid:
    """A referral reward and what was paid of it so far, in minor units."""

    reward: Reward
    amount: Amount = 0


@dataclass(frozen=True, slots=True)
class Commission:
    """An order's referral rewards as they are paid; `turnover` is what is left of its amount.

    `divided` names the dividend run that counted the order.
    """

    order: OrderId
    paid: tuple[Paid, ...]
    turnover: Amount = 0
    divided: str | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Dividend:
    """A run that shares a part of the turnover among members of a rank (Rule 2.3).

    `parts` are (member, amount), of which the first `done` are paid; empty while orders are
    still being counted.
    """

    id: str
    at: Instant
    turnover: Amount = 0
    parts: tuple[tuple[MemberId, Amount], ...] = ()
    done: int = 0
    finished: bool = False
    version: int = 0


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A request to pay cash out (Rule 3); `approved` None: not decided. `fee` is part of it."""

    id: str
    member: MemberId
    amount: Amount
    at: Instant
    fee: Amount = 0
    approved: bool | None = None
    reason: str | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class WithdrawalDay:
    """How many withdrawals a member requested on a day (ISO 8601)."""

    member: MemberId
    day: str
    count: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command that a person waits for; no money hangs on this row."""

    request: str
    refused: str | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that members are told (Rule 1.7); how it is worded is decided when it is read.

    `audience` is `member/{id}`, or for what concerns more members than can be written to at once
    `queue/{id}` or `everybody`. `id` is the same however often the notice is made. `facts` are
    what a wording may name: amounts in minor units, ratios in basis points.
    """

    audience: str
    at: Instant
    id: str
    kind: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the operator words a kind of notice in a language; `text` None: as by default."""

    locale: str
    kind: str
    text: str | None
    saved_at: Instant
    saved_by: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class ConnectedOrder:
    """What a connector heard of an order of its shop, and what it told of it.

    `facts` are those of `rebate.connectors.facts`; `pending` names the events of them that may not
    be on the bus yet.
    """

    connector: str
    order: str
    facts: dict[str, Any]
    pending: tuple[str, ...] = ()
    version: int = 1


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """When a connector last heard of its shop, and up to when it looked what changed there."""

    connector: str
    heard_at: Instant | None = None
    looked_at: Instant | None = None
    version: int = 1


_SERVES_MEMBERS = frozenset({order_queue.QUEUE, alliance.QUEUE, union.QUEUE})


def number(value: int) -> str:
    """Return a non-negative whole number so that text sorts as numbers do."""
    return f"{value:020d}"


def waits_by_member(ticket: Ticket) -> bool:
    """Tell whether a ticket is to be found by its member: it waits where a referral counts."""
    return ticket.queue in _SERVES_MEMBERS and ticket.first_waiting() is not None


def place_key(queue: QueueId, place: int) -> str:
    """Return how a ticket that waits sorts among its member's tickets."""
    return f"{joined(queue)}#{number(place)}"


def inbox_partition(queue: QueueId, shard: int) -> str:
    """Return one of the partitions in which a queue's commands wait."""
    return f"{_escaped(queue)}#{shard}"


def inbox_key(queue: QueueId, sort: str) -> Key:
    """Return where the command with this sort key waits."""
    return Key(inbox_partition(queue, crc32(sort.encode()) % SHARDS), sort)


def journal_key(source: str, row: int) -> Key:
    """Return where the journal row `row` of a source is stored."""
    return Key(joined(source, number(row)))


def ticket_key(
    queue: QueueId, member: MemberId, order: OrderId, merged_from: QueueId = NO_QUEUE
) -> Key:
    """Return where the ticket of an order in a queue is stored: with its member's others."""
    came_from = (merged_from,) if merged_from else ()
    return Key(member, joined(queue, order, *came_from))


def merged_ticket_key(ticket: Ticket) -> Key | None:
    """Return where what of a ticket was merged is stored; None: nothing was (Rule 1.5.5)."""
    if not ticket.merged_into:
        return None
    return ticket_key(ticket.merged_into, ticket.member, ticket.order, ticket.queue)


def node_key(key: NodeKey) -> Key:
    """Return where a node of a queue's index of places is stored."""
    return Key(joined(key.queue, str(key.tree), str(key.level), str(key.index)))


def line_rows_key(order: OrderId, digest: str, row: int) -> Key:
    """Return where further lines of an order are stored."""
    return Key(order, joined(digest, number(row)))


_KEYS: dict[type, Callable[[Any], Key]] = {
    Queue: lambda r: Key(r.id),
    Ticket: lambda r: ticket_key(r.queue, *r.key),
    Node: lambda r: node_key(r.key),
    Wallet: lambda r: Key(r.member),
    Order: lambda r: Key(r.id),
    OrderLines: lambda r: line_rows_key(r.order, r.digest, r.row),
    Inbox: lambda r: inbox_key(r.queue, r.sort),
    Journal: lambda r: journal_key(r.source, r.number),
    Statement: lambda r: Key(r.member, joined(number(r.at), r.source, number(r.number))),
    Hold: lambda r: Key(r.member, r.id),
    Seed: lambda r: Key(r.day),
    DailyRebates: lambda r: Key(r.day),
    Commission: lambda r: Key(r.order),
    Dividend: lambda r: Key(r.id),
    Withdrawal: lambda r: Key(r.id),
    WithdrawalDay: lambda r: Key(r.member, r.day),
    Member: lambda r: Key(r.id),
    Product: lambda r: Key(r.id),
    Shop: lambda r: Key(r.id),
    Spend: lambda r: Key(r.member, joined(number(r.completed_at), r.order)),
    SettingsVersion: lambda r: Key(number(r.number)),
    CurrentSettings: lambda _: Key("current"),
    Answer: lambda r: Key(r.request),
    Notice: lambda r: Key(r.audience, joined(number(r.at), r.id)),
    Wording: lambda r: Key(r.locale, r.kind),
    ConnectedOrder: lambda r: Key(r.connector, r.order),
    ConnectorState: lambda r: Key(r.connector),
}


def key_of(row: object) -> Key:
    """Return where a row is stored."""
    return _KEYS[type(row)](row)
