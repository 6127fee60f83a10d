"""Rows that are stored beside the domain's own (queue, ticket, node, wallet).

A `Key` is (partition, sort); rows of one partition can be read in order of their sort keys.
No partition is shared between two orders, except by the same member or, in a queue's inbox,
by the orders of one of its `SHARDS`.
"""

from collections.abc import Callable, Iterator
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, NamedTuple
from zlib import crc32

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Command, Complete, Join, Settle
from rebate.domain.commissions import Reward
from rebate.domain.day_figures import DayFigures
from rebate.domain.events import Event
from rebate.domain.exports import ExportJob
from rebate.domain.gifts import Gift, GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.invitations import Binding, Invitation, TeamFigures, TeamMember, Tries
from rebate.domain.ledger import BalanceType, JournalEntry, Reason
from rebate.domain.letters import DeadLetter
from rebate.domain.levels import LevelRun, TeamOrder, TeamUpline
from rebate.domain.links import IdentityLink, LinkCode, LinkedMember, LinkOffer
from rebate.domain.merchants import Applicant, Application, Bill, StoreRight
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, sum_of
from rebate.domain.names import (
    NO_QUEUE,
    EntryId,
    LineId,
    MemberId,
    OrderId,
    ProductId,
    QueueId,
    StoreId,
)
from rebate.domain.orders import Order, OrderLine
from rebate.domain.parking import ParkedState
from rebate.domain.place_index import Node, NodeKey
from rebate.domain.plans.registry import PLANS
from rebate.domain.queue_sums import AllSums
from rebate.domain.queues import CommandProgress, Queue
from rebate.domain.records import dataclass, field
from rebate.domain.requests import DayCount, FrozenLove, Request
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.domain.webhooks import (
    WebhookDelivery,
    WebhookEndpoint,
    WebhookHealth,
    WebhookSecret,
)
from rebate.domain.wire import Unknown, derived, money, stored_as, wire
from rebate.domain.withdrawals import PayoutAccount, Withdrawal
from rebate.usecases.storage.office import (
    Act,
    Erasure,
    ImportedLine,
    KnownName,
    Note,
    OrderPlace,
)

PART_BYTES_MAX = 240

UNCLAIMED = "all"
"""The partition of what came before its order: there is little of it."""

AUDITS = "all"
"""The partition of all audits: there is one a day."""
EXPORT_JOBS = "all"
"""The partition of exports that are asked for: they are kept for a day."""
ENDPOINTS = "all"
"""The partition of the endpoints of webhooks: there are a few."""

SHARDS = 4
"""Partitions of a queue's inbox; each takes about 250 orders a second."""


DAY_SHARDS = 4
"""Partitions of the figures of a day; each takes a few hundred commits a second."""

TALLIES = tuple(map(str, range(16)))
"""Shards of what orders add to sums outside queues; each takes about a hundred orders a second."""


class Key(NamedTuple):
    """Where a row is stored."""

    partition: str
    sort: str = ""


ACTS = "acts"
"""The partition of what people did: there is little of it."""

PERIODS = Key("dividend")
"""Where it stands which period of the dividend is open."""

CORRECTIONS = Key("corrections")
"""Where it stands how often a binding was corrected."""


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


@stored_as("order_lines")
@dataclass(frozen=True, slots=True)
class OrderLines:
    """Further lines of a long order, number `row` from 1, of the content named by `digest`."""

    order: Annotated[OrderId, wire("order")]
    digest: Annotated[str, wire("digest")]
    row: Annotated[int, wire("row")]
    lines: Annotated[tuple[OrderLine, ...], wire("lines")]


@stored_as("order_refund")
@dataclass(frozen=True, slots=True)
class OrderRefund:
    """A refund of an order as it was accepted; its `name` is known per order (Rule 1.6.6).

    `digest` tells a repetition from other content; `amounts` are by line, in minor units.
    """

    order: Annotated[OrderId, wire("order")]
    name: Annotated[str, wire("name")]
    digest: Annotated[str, wire("digest")]
    at: Annotated[Instant, wire("at")]
    amounts: Annotated[dict[LineId, Amount], wire("amounts")]


@stored_as("unclaimed")
@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An order of which something came before it was paid, first at `since`."""

    order: Annotated[OrderId, wire("order")]
    since: Annotated[Instant, wire("since")]


@stored_as("known_sender")
@dataclass(frozen=True, slots=True)
class KnownSender:
    """A sender that has an order, so that its prefix cannot change any more (Rule 0.13).

    Of one with a ceiling of orders a minute, `paced_to` is the instant to which those that came
    reach, each taking its part of a minute.
    """

    name: Annotated[str, wire("name")]
    since: Annotated[Instant, wire("since")]
    version: Annotated[int, wire("version", absent=1)] = 1
    paced_to: Annotated[Instant | None, wire("paced_to", absent=None)] = None


@stored_as("letter", 2)
@dataclass(frozen=True, slots=True)
class BatchedCommand:
    """A command whose ticket proves that it was carried out: a paid order's, or its `completion`.

    The ticket of a paid order comes with its command to join, and is a row once it joins.
    """

    sort: Annotated[str, wire("sort")]
    ticket: Annotated[Ticket | None, wire("ticket", absent=None)] = None
    completion: Annotated[Complete | None, wire("completion", absent=None)] = None

    @property
    def command(self) -> Join | Complete:
        """Return what the queue is told."""
        if self.completion is not None:
            return self.completion
        assert self.ticket is not None, "a command to join comes with its ticket"
        return Join(self.ticket.paid_at, self.ticket.order, self.ticket.member)


@stored_as("inbox", 2)
@dataclass(frozen=True, slots=True)
class Inbox:
    """A command that waits for its queue; orders paid or completed together share a row.

    `sort` orders it: by instant, then by arrival (Rule 0.11). `gate` names the order and the
    attempt at storing it that must be finished before it may be settled, where an event did not
    fit into one transaction. `request` names the `Answer` that somebody waits for.
    `not_before`: it was sent ahead of its time, so that it is there when its time comes.
    `ticket` is that of a command to join which comes with it. `others` are letters that came
    together with this one, and sort after it; the row is removed when all are carried out.
    """

    queue: Annotated[QueueId, wire("queue")]
    sort: Annotated[str, wire("sort")]
    command: Annotated[Command | Unknown, wire("command")]
    gate: Annotated[tuple[OrderId, int] | None, wire("gate", absent=None)] = None
    request: Annotated[str | None, wire("request", absent=None)] = None
    not_before: Annotated[Instant | None, wire("not_before", absent=None)] = None
    ticket: Annotated[Ticket | None, wire("ticket", absent=None)] = None
    others: Annotated[tuple[BatchedCommand, ...], wire("others", absent=[])] = ()


@stored_as("parked")
@dataclass(frozen=True, slots=True)
class Parked:
    """A command that could not be carried out, and stands aside until an operator decides on it.

    `row` is what goes back into the inbox, `progress` how far the command came before it failed.
    `behind`: it did not fail, but is about an order of which an earlier one is parked. Who decided
    (`by`), and `why`, stays.
    """

    id: Annotated[str, wire("id")]
    row: Annotated[Inbox, wire("row")]
    reason: Annotated[str, wire("reason")]
    at: Annotated[Instant, wire("at")]
    state: Annotated[str, wire("state", absent="parked")] = ParkedState.PARKED
    progress: Annotated[CommandProgress | None, wire("progress", absent=None)] = None
    behind: Annotated[bool, wire("behind", absent=False)] = False
    by: Annotated[str | None, wire("by", absent=None)] = None
    why: Annotated[str | None, wire("why", absent=None)] = None
    decided_at: Annotated[Instant | None, wire("decided_at", absent=None)] = None


@stored_as("journal", 8)
@dataclass(frozen=True, slots=True)
class Journal:
    """One commit: number `number` of `source` (a queue, or a kind of wallet operation).

    `previous` is the fingerprint of the row before it in its source, empty in the first of a chain.
    `facts` are fingerprints of what the commit rests on and no commit changes, by name.
    What it was decided from is kept, so that it can be decided again (`rebate audit --full`):
    `commands` in order, what refunds cut left out where it is long; `settings` is the version in
    force (0: not kept). `goes_on`: the last of the commands was not carried out to its end.
    `rests_on` are balances of others that were looked at, and `holds` those that were lowered, as
    both were before.
    """

    source: Annotated[str, wire("source")]
    number: Annotated[int, wire("number")]
    at: Annotated[Instant, wire("at")]
    entries: Annotated[tuple[JournalEntry, ...], wire("entries")]
    events: Annotated[tuple[Event | Unknown, ...], wire("events", absent=[])] = ()
    previous: Annotated[str, wire("previous", absent="")] = ""
    facts: Annotated[dict[str, str], wire("facts", absent={})] = field(default_factory=dict)
    commands: Annotated[tuple[Command | Unknown, ...], wire("commands", absent=[])] = ()
    settings: Annotated[int, wire("settings", absent=0)] = 0
    goes_on: Annotated[bool, wire("goes_on", absent=False)] = False
    rests_on: Annotated[dict[str, Amount], wire("rests_on", absent={})] = field(
        default_factory=dict
    )
    holds: Annotated[tuple[Hold, ...], wire("holds", absent=[])] = ()


@stored_as("movement", 2)
@dataclass(frozen=True, slots=True)
class StatementMovement:
    """A line of a member's statement; `reason` is the kind of reward (Rule 5.7).

    `counterpart` is to or from whom a transfer went.
    """

    kind: Annotated[str, wire("kind")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    order: Annotated[OrderId | None, wire("order", absent=None)] = None
    entry: Annotated[EntryId | None, wire("entry", absent=None)] = None
    reason: Annotated[Reason | None, wire("reason", absent=None)] = None
    counterpart: Annotated[MemberId | None, wire("counterpart", absent=None)] = None


@stored_as("statement")
@dataclass(frozen=True, slots=True)
class StatementEntry:
    """What one commit moved in a member's wallet."""

    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    source: Annotated[str, wire("source")]
    number: Annotated[int, wire("number")]
    movements: Annotated[tuple[StatementMovement, ...], wire("movements")]


class Seen(NamedTuple):
    """An event that took effect, by its digest, so that it is known when it comes again."""

    at: Instant
    digest: str


@stored_as("member", 4)
@dataclass(frozen=True, slots=True)
class Member:
    """A member's profile, as the shop told it last; a referral binds once (Rule 2.5).

    `told` is as of when each field is known, by its name (None: all as of `saved_at`), and `seen`
    the events of those instants. `sender` told it last. `refers`: whether somebody may be bound to
    the member (None: nobody looked). `bought`: whether an order of the member was accepted (None:
    nobody looked). `invite` is the member's code; `bound_at` is when the referrer was bound. One
    who was erased keeps no name (Rule 8.10).
    """

    id: Annotated[MemberId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    level: Annotated[str | None, wire("level", absent=None)] = None
    rank: Annotated[str | None, wire("rank", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    nickname: Annotated[str | None, wire("nickname", absent=None)] = None
    avatar_url: Annotated[str | None, wire("avatar_url", absent=None)] = None
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None
    refers: Annotated[bool | None, wire("refers", absent=None)] = None
    bought: Annotated[bool | None, wire("bought", absent=None)] = None
    invite: Annotated[str | None, wire("invite", absent=None)] = None
    bound_at: Annotated[Instant | None, wire("bound_at", absent=None)] = None
    erased_at: Annotated[Instant | None, wire("erased_at", absent=None)] = None


MEMBER_FIELDS = ("level", "rank", "nickname", "avatar_url")
"""What is told of a member, each as of an instant of its own."""


def new_member(name: MemberId) -> Member:
    """Return a member of whom nothing is known yet: nobody below, and no order."""
    return Member(name, told={}, refers=False, bought=False)


@stored_as("corrections")
@dataclass(frozen=True, slots=True)
class Corrections:
    """How often a binding was corrected: until the next time, bonds never change."""

    version: Annotated[int, wire("version", absent=0)] = 0


@stored_as("product", 2)
@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalog (Rules 1.4 (2, 3) and 1.5.5)."""

    id: Annotated[ProductId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    name: Annotated[str | None, wire("name", absent=None)] = None
    supply: Annotated[str, wire("supply", absent="self")] = "self"
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    on_sale: Annotated[bool, wire("on_sale", absent=True)] = True
    margin_bps: Annotated[Bps | None, wire("margin_bps", absent=None)] = None
    takes_part: Annotated[bool, wire("takes_part", absent=True)] = True
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None


@stored_as("shop", 3)
@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the catalog.

    `merchant_bps` was negotiated for who brought it in, in place of the plan's (Rule 2.7.1).
    """

    id: Annotated[StoreId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    name: Annotated[str | None, wire("name", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    concession_bps: Annotated[Bps | None, wire("concession_bps", absent=None)] = None
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None
    merchant_bps: Annotated[Bps | None, wire("merchant_bps", absent=None)] = None


@stored_as("spend", 2)
@dataclass(frozen=True, slots=True)
class CompletedSpend:
    """What a completed order adds to its buyer's cumulative spend, after refunds (Rule 1.3.2).

    `groups` holds the amount per group of goods that count together: `mall`, or a store. `paid` is
    what is left of the whole order (None: of earlier rows the groups are all that is known).
    """

    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    completed_at: Annotated[Instant, wire("completed_at")]
    groups: Annotated[dict[str, Amount], wire("groups", absent={})] = field(default_factory=dict)
    paid: Annotated[Amount | None, money("paid", absent=None)] = None

    @property
    def left(self) -> Amount:
        """What is left of the order, as far as it is known."""
        return sum_of(self.groups.values()) if self.paid is None else self.paid


@stored_as("settings_version", 3, retired=("terms",))
@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """The settings document as it was saved, by whom and when (Rule 8.5).

    `terms` are what it means, by the `edition` of the code that saved it; `request` is the id by
    which whoever saved it knows that it was.
    """

    number: Annotated[int, wire("number")]
    document: Annotated[dict[str, Any], wire("document")]
    saved_at: Annotated[Instant, wire("saved_at")]
    saved_by: Annotated[str, wire("saved_by")]
    terms: Annotated[Terms | None, derived("terms_by_plan")] = None
    edition: Annotated[int, wire("edition", absent=0)] = 0
    request: Annotated[str | None, wire("request", absent=None)] = None


@stored_as("run_mark", 2)
@dataclass(frozen=True, slots=True)
class RunMark:
    """Up to which instant a scheduled run was looked for, and started where it was due.

    Of what is done in steps: when it was begun last, and `after` which row it goes on (empty: it
    is over).
    """

    run: Annotated[str, wire("run")]
    at: Annotated[Instant, wire("at")]
    after: Annotated[str, wire("after", absent="")] = ""


SUMS, SUMS_BEGUN = "kept", "begun"
"""Under what sums over all queues stand: those that are told, and those that are being made."""


@stored_as("stored_sums")
@dataclass(frozen=True, slots=True)
class StoredSums:
    """Sums over all queues and members, as the clock made them or is making them."""

    id: Annotated[str, wire("id")]
    sums: Annotated[AllSums, wire("sums")]


@stored_as("current_settings")
@dataclass(frozen=True, slots=True)
class CurrentSettings:
    """Which version of the settings is in force."""

    version: Annotated[int, wire("version")]


@stored_as("seed", 2)
@dataclass(frozen=True, slots=True)
class Seed:
    """What is known of a day's draws (Rule 1.3.4): the commitment before, the secret after.

    `day` is ISO 8601, with the timezone where an earlier one had that day before; `zone` is the
    timezone in which it was made. `secret` is empty until the day is over: the key of draws tells
    it to those who may draw. `late`: it was made when the day had begun, so was committed to too
    late. `mix` is what nobody chose, mixed in after the commitment and before the day (empty:
    nothing was there).
    """

    day: Annotated[str, wire("day")]
    secret: Annotated[str, wire("secret")]
    commitment: Annotated[str, wire("commitment")]
    late: Annotated[bool, wire("late", absent=False)] = False
    version: Annotated[int, wire("version", absent=1)] = 1
    zone: Annotated[str, wire("zone", absent="")] = ""
    mix: Annotated[str, wire("mix", absent="")] = ""


@stored_as("paid", 2)
@dataclass(frozen=True, slots=True)
class Paid:
    """A referral reward and what was paid of it so far, in minor units."""

    reward: Annotated[Reward, wire("reward")]
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING


@stored_as("commission", 5, retired=("divided",))
@dataclass(frozen=True, slots=True)
class Commission:
    """An order's referral rewards as they are paid; `turnover` is what is left of its amount.

    `period` is the dividend's in whose turnover the order counts, None: in no one's (Rule 2.3.1).
    `head` is the fingerprint of its last journal row.
    `month` is that in which it counts in promoters' figures, None: in none (Rule 2.8).
    """

    order: Annotated[OrderId, wire("order")]
    paid: Annotated[tuple[Paid, ...], wire("paid")]
    turnover: Annotated[Amount, money("turnover", absent=0)] = NOTHING
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int | None, wire("period", absent=None)] = None
    head: Annotated[str, wire("head", absent="")] = ""
    month: Annotated[str | None, wire("month", absent=None)] = None


@stored_as("tally")
@dataclass(frozen=True, slots=True)
class Tally:
    """A shard of what orders add to sums outside queues, so that they do not wait for each other.

    `paid_on` is what was paid on each of the last days (Rule 8.4), `turnover` what was settled
    less what was refunded since the last dividend, by the period of the order. What is settled
    here now is of `period`.
    """

    shard: Annotated[str, wire("shard")]
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int, wire("period", absent=1)] = 1
    paid_on: Annotated[dict[str, Amount], wire("paid_on", absent={})] = field(default_factory=dict)
    turnover: Annotated[dict[str, Amount], wire("turnover", absent={})] = field(
        default_factory=dict
    )


@stored_as("dividend", 4)
@dataclass(frozen=True, slots=True)
class DividendRun:
    """A run that closes a period and shares a part of its turnover in a rank (Rule 2.3.1).

    First it takes what the first `closed` tallies hold, by period, into `taken`; then it notes who
    holds the rank, having read the members up to `noted`, and how many have each weight in
    `weights`; then it pays them in order of their ids, up to `reached`. `paid` is what all of them
    got. `parts` are those of runs of earlier releases, of which the first `done` are paid.
    `head` is the fingerprint of its last journal row.
    """

    id: Annotated[str, wire("id")]
    at: Annotated[Instant, wire("at")]
    turnover: Annotated[Amount, money("turnover", absent=0)] = NOTHING
    parts: Annotated[tuple[tuple[MemberId, Amount], ...], wire("parts", absent=[])] = ()
    done: Annotated[int, wire("done", absent=0)] = 0
    finished: Annotated[bool, wire("finished", absent=False)] = False
    version: Annotated[int, wire("version", absent=0)] = 0
    period: Annotated[int, wire("period", absent=0)] = 0
    bps: Annotated[Bps, wire("bps", absent=0)] = ZERO_BPS
    rank: Annotated[str, wire("rank", absent="")] = ""
    closed: Annotated[int, wire("closed", absent=0)] = 0
    taken: Annotated[dict[str, Amount], wire("taken", absent={})] = field(default_factory=dict)
    noted: Annotated[MemberId | None, wire("noted", absent=None)] = None
    weights: Annotated[dict[str, int], wire("weights", absent={})] = field(default_factory=dict)
    sharing: Annotated[bool, wire("sharing", absent=False)] = False
    reached: Annotated[MemberId | None, wire("reached", absent=None)] = None
    shared: Annotated[int, wire("shared", absent=0)] = 0
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING
    head: Annotated[str, wire("head", absent="")] = ""


@stored_as("dividend_holder")
@dataclass(frozen=True, slots=True)
class Holder:
    """A member who holds the rank in a dividend's run, with a weight, and what the run paid."""

    run: Annotated[str, wire("run")]
    member: Annotated[MemberId, wire("member")]
    weight: Annotated[int, wire("weight", absent=1)] = 1
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING


@stored_as("dividend_periods")
@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of the dividend: which is open, what the last left over, which lapsed.

    `carried` is a minus that goes on into the open period. Refunds of orders of a period that
    `lapsed` count nowhere. `run` is the run that closes the open period just now.
    """

    version: Annotated[int, wire("version", absent=0)] = 0
    open: Annotated[int, wire("open", absent=1)] = 1
    carried: Annotated[Amount, money("carried", absent=0)] = NOTHING
    lapsed: Annotated[tuple[int, ...], wire("lapsed", absent=[])] = ()
    run: Annotated[str | None, wire("run", absent=None)] = None


@stored_as("list_item")
@dataclass(frozen=True, slots=True)
class ListItem:
    """A place in a list in order of time, so that no list needs a scan.

    It names what stands there by `id` and, where an id is one of a member's, by `member`.
    """

    list: Annotated[str, wire("list")]
    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member", absent="")] = MemberId("")


@stored_as("audit")
@dataclass(frozen=True, slots=True)
class AuditRun:
    """An audit that runs by the clock, in steps, and what it found; `finished_at` None: not yet.

    `differences` are (path, message), the first of them. `waiting` counts what is accepted and not
    settled, `unjudged` what looked wrong and was being written meanwhile. `mac` is of what is kept
    of it in `parts` between two steps. `head` is the name of the signed head that was made of it.
    """

    began_at: Annotated[Instant, wire("began_at")]
    finished_at: Annotated[Instant | None, wire("finished_at", absent=None)] = None
    steps: Annotated[int, wire("steps", absent=0)] = 0
    differences: Annotated[tuple[tuple[str, str], ...], wire("differences", absent=[])] = ()
    more: Annotated[bool, wire("more", absent=False)] = False
    waiting: Annotated[int, wire("waiting", absent=0)] = 0
    unjudged: Annotated[int, wire("unjudged", absent=0)] = 0
    rows: Annotated[dict[str, int], wire("rows", absent={})] = field(default_factory=dict)
    parts: Annotated[int, wire("parts", absent=0)] = 0
    mac: Annotated[str, wire("mac", absent="")] = ""
    head: Annotated[str | None, wire("head", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("audit_part")
@dataclass(frozen=True, slots=True)
class AuditPart:
    """A part of what an audit knows between two steps, until it is over."""

    began_at: Annotated[Instant, wire("began_at")]
    step: Annotated[int, wire("step")]
    part: Annotated[int, wire("part")]
    text: Annotated[str, wire("text")]


@stored_as("answer")
@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command that a person waits for; no money hangs on this row."""

    request: Annotated[str, wire("request")]
    refused: Annotated[str | None, wire("refused")]
    expires_at: Annotated[int, wire("expires_at")]


@stored_as("further_notice")
@dataclass(frozen=True, slots=True)
class FurtherNotice:
    """Something else that the same members are told of the same commit: see `Notice`."""

    id: Annotated[str, wire("id")]
    kind: Annotated[str, wire("kind")]
    facts: Annotated[dict[str, str | int], wire("facts", absent={})] = field(default_factory=dict)


@stored_as("notice", 2)
@dataclass(frozen=True, slots=True)
class Notice:
    """Something that members are told (Rule 1.7); how it is worded is decided when it is read.

    `audience` is `member/{id}`, or for what concerns more members than can be written to at once
    `queue/{id}` or `everybody`. `id` is the same however often the notice is made. `facts` are
    what a wording may name: amounts in minor units, ratios in basis points. `others` share its row:
    they sort after it, and before all that other rows of the audience tell and that sorts after it.
    """

    audience: Annotated[str, wire("audience")]
    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    kind: Annotated[str, wire("kind")]
    facts: Annotated[dict[str, str | int], wire("facts", absent={})] = field(default_factory=dict)
    others: Annotated[tuple[FurtherNotice, ...], wire("others", absent=[])] = ()

    def each(self) -> Iterator["Notice"]:
        """Yield the notices of the row, each as if it had one of its own."""
        yield Notice(self.audience, self.at, self.id, self.kind, self.facts)
        for other in self.others:
            yield Notice(self.audience, self.at, other.id, other.kind, other.facts)


class StoreFactKind(StrEnum):
    """Kinds of what is told of stores beside orders."""

    VISIT = "visit"
    RATING = "rating"


@stored_as("store_fact")
@dataclass(frozen=True, slots=True)
class StoreFact:
    """A visit or a rating that was told, so that it is known when it comes again (Rule 6.3)."""

    kind: Annotated[str, wire("kind")]
    id: Annotated[str, wire("id")]
    digest: Annotated[str, wire("digest")]


@stored_as("store_day")
@dataclass(frozen=True, slots=True)
class StoreTraffic:
    """What was told of a store on a day of the shop (ISO 8601) beside its orders (Rule 6.3).

    `stars` are those of all `ratings` together.
    """

    day: Annotated[str, wire("day")]
    store: Annotated[StoreId, wire("store")]
    version: Annotated[int, wire("version", absent=0)] = 0
    visits: Annotated[int, wire("visits", absent=0)] = 0
    ratings: Annotated[int, wire("ratings", absent=0)] = 0
    stars: Annotated[int, wire("stars", absent=0)] = 0


@stored_as("wording", 2)
@dataclass(frozen=True, slots=True)
class Wording:
    """How the operator words a kind of notice in a language; `text` None: as by default.

    A `draft` by `drafted_by` counts once another operator approves of it, who is `approved_by` then
    (Rule 8.4).
    """

    locale: Annotated[str, wire("locale")]
    kind: Annotated[str, wire("kind")]
    text: Annotated[str | None, wire("text")]
    saved_at: Annotated[Instant, wire("saved_at")]
    saved_by: Annotated[str, wire("saved_by")]
    version: Annotated[int, wire("version", absent=1)] = 1
    draft: Annotated[str | None, wire("draft", absent=None)] = None
    drafted_by: Annotated[str | None, wire("drafted_by", absent=None)] = None
    approved_by: Annotated[str | None, wire("approved_by", absent=None)] = None


@stored_as("connected_order")
@dataclass(frozen=True, slots=True)
class ConnectedOrder:
    """What a connector heard of an order of its shop, and what it told of it.

    `facts` are those of `rebate.connectors.facts`; `pending` names the events of them that may not
    be on the bus yet.
    """

    connector: Annotated[str, wire("connector")]
    order: Annotated[str, wire("order")]
    facts: Annotated[dict[str, Any], wire("facts")]
    pending: Annotated[tuple[str, ...], wire("pending", absent=[])] = ()
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("connector_state")
@dataclass(frozen=True, slots=True)
class ConnectorState:
    """When a connector last heard of its shop, and up to when it looked what changed there."""

    connector: Annotated[str, wire("connector")]
    heard_at: Annotated[Instant | None, wire("heard_at", absent=None)] = None
    looked_at: Annotated[Instant | None, wire("looked_at", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1


_NOBODYS = "\x1f"
"""Begins the partitions of guests' tickets, and no member's id."""


def number(value: int) -> str:
    """Return a non-negative whole number so that text sorts as numbers do."""
    return f"{value:020d}"


def waits_by_member(ticket: Ticket) -> bool:
    """Tell whether a ticket is to be found by its member: it waits where a referral counts."""
    name = PLANS.queue(ticket.queue)
    return bool(name and name.plan.serves_members) and ticket.first_waiting() is not None


def place_key(queue: QueueId, place: int) -> str:
    """Return how a ticket that waits sorts among its member's tickets."""
    return f"{joined(queue)}#{number(place)}"


def tally_of(name: str) -> Key:
    """Return the tally in which what is called so counts."""
    return Key(TALLIES[crc32(name.encode()) % len(TALLIES)])


def day_key(day: str, queue: QueueId) -> Key:
    """Return where it is stored what a day came to in a queue."""
    return Key(day_partition(day, crc32(queue.encode()) % DAY_SHARDS), queue)


def day_partition(day: str, shard: int) -> str:
    """Return a part of the figures of a day, over all queues."""
    return f"{day}/{shard}"


def inbox_partition(queue: QueueId, shard: int) -> str:
    """Return one of the partitions in which a queue's commands wait."""
    return f"{_escaped(queue)}#{shard}"


def inbox_key(queue: QueueId, sort: str) -> Key:
    """Return where the command with this sort key waits."""
    return Key(inbox_partition(queue, crc32(sort.encode()) % SHARDS), sort)


def due_partition(queue: QueueId) -> str:
    """Return where what is due later waits for its time, in order of that (Rule 1.6.5.1)."""
    return f"{_escaped(queue)}#due"


def _inbox_row_key(row: Inbox) -> Key:
    if row.not_before is not None and isinstance(row.command, Settle):
        return Key(due_partition(row.queue), row.sort)
    return inbox_key(row.queue, row.sort)


def fact_of(ticket: Ticket) -> str:
    """Return the name of a ticket among the facts of its queue's journal."""
    came_from = (ticket.merged_from,) if ticket.merged_from else ()
    return joined(ticket.order, *came_from)


def journal_key(source: str, row: int) -> Key:
    """Return where the journal row `row` of a source is stored."""
    return Key(joined(source, number(row)))


def ticket_key(
    queue: QueueId, member: MemberId, order: OrderId, merged_from: QueueId = NO_QUEUE
) -> Key:
    """Return where the ticket of an order in a queue is stored: with its member's others.

    A guest's stands for itself, where no member's can.
    """
    came_from = (merged_from,) if merged_from else ()
    return Key(member or f"{_NOBODYS}{order}", joined(queue, order, *came_from))


def merged_ticket_key(ticket: Ticket) -> Key | None:
    """Return where what of a ticket was merged is stored; None: nothing was (Rule 1.5.5)."""
    if not ticket.merged_into:
        return None
    return ticket_key(ticket.merged_into, ticket.member, ticket.order, ticket.queue)


def node_key(key: NodeKey) -> Key:
    """Return where a node of a queue's index of places is stored."""
    return Key(joined(key.queue, str(key.tree), str(key.level), str(key.index)))


def refund_key(order: OrderId, name: str) -> Key:
    """Return where a refund of an order is stored."""
    return Key(order, joined(name))


def owned_key(name: str, member: MemberId) -> Key:
    """Return where something that a member named is stored: with what others call the same."""
    return Key(name, joined(member))


def request_key(kind: str, caller: str, name: str) -> Key:
    """Return where the request that a caller named is stored."""
    return Key(joined(kind, name), joined(caller))


def figures_key(promoter: MemberId, member: MemberId) -> Key:
    """Return where it stands what a member earned a promoter; of no member: who bought in all."""
    return Key(promoter, joined("of", member))


def right_key(store: StoreId, member: MemberId) -> Key:
    """Return where it stands what a member may do in a store."""
    return Key(store, joined(member))


def bill_key(store: StoreId, name: str) -> Key:
    """Return where a bill of a store is stored."""
    return Key(store, joined(name))


def line_rows_key(order: OrderId, digest: str, row: int) -> Key:
    """Return where further lines of an order are stored."""
    return Key(order, joined(digest, number(row)))


def name_key(kind: str, name: str, owner: str) -> Key:
    """Return where a folded name is stored: with those that begin alike, in their order."""
    return Key(f"{kind}/{name[:1]}", f"{_escaped(name)}#{_distinct(owner)}")


def act_key(at: Instant, name: str) -> Key:
    """Return where it is stored what a person did: all in one list, in order of time."""
    return Key(ACTS, joined(number(at), name))


def note_key(member: MemberId, name: str) -> Key:
    """Return where a note about a member is stored."""
    return Key(member, joined(name))


def webhook_secret_key(endpoint: str, number_: int) -> Key:
    """Return where a secret of an endpoint is stored."""
    return Key(endpoint, number(number_))


def webhook_delivery_key(endpoint: str, at: Instant, message: str) -> Key:
    """Return where a delivery to an endpoint is stored: in order of when its event happened."""
    return Key(endpoint, joined(number(at), message))


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
    CurrentSettings: lambda _: Key("current"),
    Answer: lambda r: Key(r.request),
    AuditRun: lambda r: Key(AUDITS, number(r.began_at)),
    ExportJob: lambda r: Key(EXPORT_JOBS, r.id),
    AuditPart: lambda r: Key(number(r.began_at), joined(number(r.step), number(r.part))),
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
