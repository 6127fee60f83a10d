"""What the HTTP API gives; what it takes stands in `rebate.contracts.requests`.

Amounts are minor units, ratios basis points, instants UTC. What a shop hides from its members by
the display switches of rule 1.4 (19 to 23) is null for them; operators see all. A list is cut into
pages: `next`, where it is not null, goes back as the parameter `after`.

Errors have one form, `RefusalShown`, whatever their status:

    400 invalid_json                  401 unauthenticated, bad_signature
    403 forbidden, not_yours          404 not_found, unknown_entry, unknown_member
    409 conflict, conflicting_event, and what the state of an entry or a gift forbids
    422 invalid_request, invalid_settings, needs_acknowledgement, unreadable_event, and the rest
    503 unavailable: try again        202 not_yet: it will be carried out

Shops sign what they send over HTTP: see `rebate.contracts.signatures`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from rebate.domain.money import NOTHING, Amount, Bps
from rebate.domain.records import dataclass, field, fields_of
from rebate.domain.times import zulu

PAGE_SIZE = 50
"""Things on one page."""

QUEUES_PAGE = 500
"""Queues on one page: they are rows of which each is read by its key."""

IN_LINE = "in_line"
"""The state of entries that are held or wait."""

ENTRY_STATES = (
    *(IN_LINE, "waiting", "held", "completed", "exchanged", "cleared", "refunded", "merged"),
)
"""By what members look for their entries; `completed` has those that random return converted."""

ENTRY_ORDERS = ("closest", "newest")

Asset = Literal["points", "love", "voucher"]
"""What an entry can be exchanged into (rule 1.6.1)."""


def as_json(answer: object) -> str:
    """Return an answer as it is sent."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(part: Any) -> Any:
    """Return as plain JSON what is none: an instant, or a record."""
    if isinstance(part, datetime):
        return zulu(part)
    return dict(fields_of(part))


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """One thing that is wrong with what was sent, and the valid name that comes closest."""

    path: str
    message: str
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class RefusalShown:
    """Why a request was not carried out: `code` for programs, `message` for people."""

    code: str
    message: str
    problems: tuple[ProblemShown, ...] = ()


@dataclass(frozen=True, slots=True)
class HealthShown:
    """That the API answers."""

    status: str = "ok"


@dataclass(frozen=True, slots=True)
class OpenApiShown:
    """The API itself, as OpenAPI 3.1 has it."""

    openapi: str
    info: Mapping[str, Any]
    tags: tuple[Mapping[str, str], ...]
    paths: Mapping[str, Any]
    components: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ConversionShown:
    """What an entry was turned into."""

    pocket: str
    ratio_bps: Bps
    amount: Amount


@dataclass(frozen=True, slots=True)
class EntryShown:
    """An entry as its holder sees it, or an operator.

    `place` counts the entries that wait from 1 and `ahead` is what those before it still lack; both
    are null for an entry that does not wait. `entitlement`, `waiting` and `ratio_bps` are null
    where a plan counts rewards instead. `exchange` holds what the entry would give in each asset
    now. `paid_by_reason` are the rewards by kind, which sum to `paid` (rule 5.7). `decided_by` is
    the rule that gave the ratio (rule 1.3). What a merged entry lacked waits in the queue
    `merged_into`, as an entry that says where it was `merged_from` (rule 1.5.5).
    """

    queue: str | None
    entry: str
    order_id: str
    line_id: str | None
    member: str
    paid_at: datetime
    completed_at: datetime | None
    status: str
    entitlement: Amount | None
    paid: Amount | None
    paid_by_reason: Mapping[str, Amount] | None
    waiting: Amount | None
    rewards: int
    ratio_bps: Bps | None
    decided_by: str | None
    place: int | None = None
    ahead: Amount | None = None
    progress_bps: Bps | None = None
    exchange: Mapping[Asset, Amount] = field(default_factory=dict)
    may_draw: bool = False
    drawn: bool = False
    conversion: ConversionShown | None = None
    merged_from: str | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Titles:
    """What the shop calls the plan and its exchange button (rule 1.4, 7 and 8)."""

    plan: str | None
    exchange: str | None


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of a member's entries, over all queues; `currency` is that of all their amounts.

    `names` says what the shop calls the store or product that a queue is of, by queue. Days are
    those of `timezone`.
    """

    titles: Titles
    currency: str
    entries: tuple[EntryShown, ...]
    next: str | None = None
    timezone: str = "UTC"
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands in line; null where the shop does not show it."""

    nickname: str | None
    avatar_url: str | None


@dataclass(frozen=True, slots=True)
class LineEntry:
    """An entry in line, as other members see it."""

    place: int
    mine: bool
    person: Person | None
    waiting: Amount | None


@dataclass(frozen=True, slots=True)
class ProgressShown:
    """A queue's line as a member in it sees it, and what the member got of it and waits for.

    `earned_by_reason` are the rewards by kind, which sum to `earned` (rule 5.7).
    """

    queue: str
    earned: Amount | None
    earned_by_reason: Mapping[str, Amount] | None
    waiting: Amount | None
    line: tuple[LineEntry, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What a member has and waits for: cash that is available or pending, and of entries.

    `in_line` is what those in line still lack, `paid` what all of them were paid; both are null
    where the shop does not show it of each of them.
    """

    available: Amount
    pending: Amount
    in_line: Amount | None
    paid: Amount | None


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A member's invite code and, where the stage has an address for it, its link."""

    code: str
    link: str | None


@dataclass(frozen=True, slots=True)
class MeShown:
    """Who one is to the shop; amounts are minor units of `currency`."""

    member: str
    nickname: str | None
    avatar_url: str | None
    level: str | None
    rank: str | None
    currency: str
    figures: OwnFigures
    invite: OwnCode


@dataclass(frozen=True, slots=True)
class MovementShown:
    """One movement in a wallet; `kind` says why, `reason` which kind of reward it is, if one."""

    kind: str
    pocket: str
    amount: Amount
    order_id: str | None
    entry: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class StatementShown:
    """What one commit moved in a wallet."""

    at: datetime
    source: str
    movements: tuple[MovementShown, ...]


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Pending cash that becomes available at an instant; null: once its orders are completed."""

    amount: Amount
    available_at: datetime | None


@dataclass(frozen=True, slots=True)
class WalletShown:
    """What a member has by pocket, and a page of what moved, the newest first.

    The first page says of what is pending when it becomes available (`on_its_way`, the soonest
    first), and how much waits for the member to collect it (`collectable`, rule 6.2).
    """

    member: str
    balances: Mapping[str, Amount]
    statement: tuple[StatementShown, ...]
    next: str | None = None
    on_its_way: tuple[OnItsWay, ...] = ()
    collectable: Amount = NOTHING


@dataclass(frozen=True, slots=True)
class EventTaken:
    """What came of an event over HTTP; a repeated one is no error.

    `outcome` is `accepted`, `duplicate`, or `kept` until its order is paid; of catalog events
    `saved`, `duplicate`, or `outdated` by a later one.
    """

    outcome: str
    queues: tuple[str, ...] = ()
