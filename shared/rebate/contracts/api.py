"""What the HTTP API takes and gives.

Amounts are minor units, ratios basis points, instants UTC. What a shop hides from its members by
the display switches of rule 1.4 (19 to 23) is null for them; operators see all. A list is cut into
pages: `next`, where it is not null, goes back as the parameter `after`.

Errors have one form, `Refusal`, whatever their status:

    400 invalid_json                  401 unauthenticated, bad_signature
    403 forbidden, not_yours          404 not_found, unknown_entry
    409 conflict, conflicting_event, and what the state of an entry forbids
    422 invalid_request, invalid_settings, needs_acknowledgement, unreadable_event, and the rest
    503 unavailable: try again        202 not_yet: it will be carried out

Shops sign what they send over HTTP: see `rebate.contracts.signatures`.
"""

from collections.abc import Mapping
from typing import Any, Literal

from rebate.contracts.events_out import EntryStatus, PayoutReason
from rebate.contracts.scalars import (
    Amount,
    Bps,
    Count,
    Flag,
    Id,
    PositiveAmount,
    SignedAmount,
    Text,
    UtcInstant,
)
from rebate.contracts.validation import Strict, Tolerant

PAGE_SIZE = 50
"""Things on one page."""

Asset = Literal["points", "love", "voucher"]
"""What an entry can be exchanged into (rule 1.6.1)."""


Reason = PayoutReason | Literal["clawed_back"]
"""The kind of a reward (rule 5.7); what was taken back after a refund is an amount below zero."""


class Exchange(Strict):
    """Turn all that an entry still lacks into another asset (rule 1.6.1)."""

    queue: Id
    entry: Text
    into: Asset


class Draw(Strict):
    """Draw the ratio of an entry that the lottery decides (rule 1.3.3)."""

    queue: Id
    entry: Text


class SaveSettings(Strict):
    """Put settings in force in place of those of `version`; 0: the first."""

    version: Count
    settings: Mapping[str, Any]


class CheckSettings(Strict):
    """Tell what settings would mean, without saving them."""

    settings: Mapping[str, Any]


class ProblemShown(Tolerant):
    """One thing that is wrong with what was sent, and the valid name that comes closest."""

    path: str
    message: str
    nearest: str | None = None


class Refusal(Tolerant):
    """Why a request was not carried out: `code` for programs, `message` for people."""

    code: str
    message: str
    problems: tuple[ProblemShown, ...] = ()


class Conversion(Tolerant):
    """What an entry was turned into."""

    pocket: Text
    ratio_bps: Bps
    amount: Amount


class Entry(Tolerant):
    """An entry as its holder sees it, or an operator.

    `place` counts the entries that wait from 1 and `ahead` is what those before it still lack; both
    are null for an entry that does not wait. `entitlement`, `waiting` and `ratio_bps` are null
    where a plan counts rewards instead. `exchange` holds what the entry would give in each asset
    now. `paid_by_reason` are the rewards by kind, which sum to `paid` (rule 5.7). `decided_by` is
    the rule that gave the ratio (rule 1.3). What a merged entry lacked waits in the queue
    `merged_into`, as an entry that says where it was `merged_from` (rule 1.5.5).
    """

    queue: Id | None
    entry: Text
    order_id: Id
    line_id: Id | None
    member: Id
    paid_at: UtcInstant
    completed_at: UtcInstant | None
    status: EntryStatus
    entitlement: Amount | None
    paid: Amount | None
    paid_by_reason: Mapping[Reason, SignedAmount] | None
    waiting: Amount | None
    rewards: Count
    ratio_bps: Bps | None
    decided_by: Text | None
    place: Count | None = None
    ahead: Amount | None = None
    progress_bps: Bps | None = None
    exchange: Mapping[Asset, Amount] = {}
    may_draw: Flag = False
    drawn: Flag = False
    conversion: Conversion | None = None
    merged_from: Id | None = None
    merged_into: Id | None = None


class Titles(Tolerant):
    """What the shop calls the plan and its exchange button (rule 1.4, 7 and 8)."""

    plan: Text | None
    exchange: Text | None


class Entries(Tolerant):
    """A page of a member's entries, over all queues; `currency` is that of all their amounts."""

    titles: Titles
    currency: Text
    entries: tuple[Entry, ...]
    next: str | None = None


class Person(Tolerant):
    """Who stands in line; null where the shop does not show it."""

    nickname: Text | None
    avatar_url: Text | None


class LineEntry(Tolerant):
    """An entry in line, as other members see it."""

    place: Count
    mine: Flag
    person: Person | None
    waiting: Amount | None


class Progress(Tolerant):
    """A queue's line as a member in it sees it, and what the member got of it and waits for.

    `earned_by_reason` are the rewards by kind, which sum to `earned` (rule 5.7).
    """

    queue: Id
    earned: Amount | None
    earned_by_reason: Mapping[Reason, SignedAmount] | None
    waiting: Amount | None
    line: tuple[LineEntry, ...]
    next: str | None = None


class Movement(Tolerant):
    """One movement in a wallet; `kind` says why, `reason` which kind of reward it is, if one."""

    kind: Text
    pocket: Text
    amount: SignedAmount
    order_id: Id | None
    entry: Text | None
    reason: Reason | None


class Statement(Tolerant):
    """What one commit moved in a wallet."""

    at: UtcInstant
    source: Text
    movements: tuple[Movement, ...]


class Wallet(Tolerant):
    """What a member has by pocket, and a page of what moved, the newest first."""

    member: Id
    balances: Mapping[str, SignedAmount]
    statement: tuple[Statement, ...]
    next: str | None = None


class Queue(Tolerant):
    """A queue as operators see it.

    `entries` have joined, `waiting` of them wait and lack `owed` together. `stalled`: its product
    was taken off sale, so nothing is contributed to it any more (rule 1.5.5).
    """

    queue: Id
    kind: Text
    entries: Count
    waiting: Count
    owed: Amount
    pool: SignedAmount
    contributed: SignedAmount
    retained: SignedAmount
    borne: SignedAmount
    clawed_back: SignedAmount
    repurchased: SignedAmount
    cleared_at: UtcInstant | None
    stalled: Flag = False


class Queues(Tolerant):
    """All queues that have ever settled anything."""

    queues: tuple[Queue, ...]


class QueueLine(Tolerant):
    """A queue and a page of the entries that wait in it, in order of place."""

    queue: Queue
    line: tuple[Entry, ...]
    next: str | None = None


class Expected(Tolerant):
    """When an entry is paid in full at the queue's pace: in `days`, or never (null).

    `cleared_first`: the scheduled clearing comes before that.
    """

    entry: Text
    member: Id
    place: Count
    ahead: Amount | None
    waiting: Amount | None
    days: Count | None
    cleared_first: Flag


class Forecast(Tolerant):
    """How long a queue's entries will wait (rules 7.5, 8.2).

    In the last `days_seen` whole days orders contributed `given` for the line, in `gifts`
    contributions, and joined for `promised`; so `ever_paid_bps` of what is promised can ever be
    paid. What waits now is paid in `days`. To pay it in the days asked for, `needed_bps` of what
    is given now is needed; in the union plan that takes the share `profit_share_bps` of profits.
    """

    queue: Id
    days_seen: Count
    given: Amount
    gifts: Count
    promised: Amount
    ever_paid_bps: Bps | None
    owed: Amount
    days: Count | None
    needed_bps: Count | None
    profit_share_bps: Count | None
    clears_at: UtcInstant | None
    line: tuple[Expected, ...]
    next: str | None = None


class SettingsShown(Tolerant):
    """The settings in force as they were written; version 0: none were saved."""

    version: Count
    settings: Mapping[str, Any]


class Meaning(Tolerant):
    """One sentence about one part of the settings."""

    part: Text
    text: Text


class SettingsChecked(Tolerant):
    """What valid settings mean, in plain words."""

    means: tuple[Meaning, ...]


class Choice(Tolerant):
    """A rule of a scope that was asked for a ratio, and what came of it."""

    rule: Text
    scope: Text
    outcome: Text


class TraceLine(Tolerant):
    """A line of an order: what was paid, and which rule gave which ratio (rule 8.5)."""

    line_id: Id
    product_id: Id | None
    supply: Text
    quantity: Count
    paid: Amount
    deducted: Amount
    refunded: Amount
    profit: SignedAmount | None
    queue: Id | None
    extraction_bps: Bps | None
    entitlement_bps: Bps | None
    decided_by: Text | None
    no_entry_because: Text | None
    passed_over: tuple[Choice, ...]


class TraceRefund(Tolerant):
    """A refund as it was accepted; `refused` tells why one that came early changed nothing."""

    refund_id: Id
    refunded_at: UtcInstant
    amounts: Mapping[str, PositiveAmount]
    refused: Text | None


class Contribution(Tolerant):
    """What a line gave to a queue part by part, null where that is not settled; all retained."""

    line_id: Id | None
    settled: tuple[Amount | None, ...]
    retained: Amount


class TraceTicket(Tolerant):
    """What an order gives to, and gets from, one queue."""

    queue: Id
    joined: Flag
    contributions: tuple[Contribution, ...]
    entries: tuple[Entry, ...]


class TracePosting(Tolerant):
    """An amount that was added to an account; `reason` is the kind of reward, if it is one."""

    account: Text
    amount: SignedAmount
    entry: Text | None
    reason: Reason | None


class TraceJournal(Tolerant):
    """A balanced movement that followed from the order, and the commit that it was part of."""

    source: Text
    number: Count
    at: UtcInstant
    kind: Text
    order_id: Id | None
    line_id: Id | None
    postings: tuple[TracePosting, ...]


class Trace(Tolerant):
    """The whole trace of an order (rule 8.5)."""

    order_id: Id
    member: Id | None
    level: Text | None
    referrer: Id | None
    channel: Text
    store_id: Id | None
    paid_at: UtcInstant | None
    completed_at: UtcInstant | None
    settings_version: Count
    repurchase_of: Id | None
    queues: tuple[Text, ...]
    lines: tuple[TraceLine, ...]
    refunds: tuple[TraceRefund, ...]
    tickets: tuple[TraceTicket, ...]
    journal: tuple[TraceJournal, ...]


class EventTaken(Tolerant):
    """What came of an event over HTTP; a repeated one is no error.

    `outcome` is `accepted`, `duplicate`, or `kept` until its order is paid; of catalog events
    `saved`, `duplicate`, or `outdated` by a later one.
    """

    outcome: Text
    queues: tuple[Text, ...] = ()
