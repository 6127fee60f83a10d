"""The whole trace of an order, as the HTTP API tells operators (rule 8.5)."""

from collections.abc import Mapping
from datetime import datetime

from rebate.contracts.acts import ActShown
from rebate.contracts.api import EntryShown
from rebate.domain.money import Amount, Bps
from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class ChoiceShown:
    """A rule of a scope that was asked for a ratio, and what came of it."""

    rule: str
    scope: str
    outcome: str


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of an order: what was paid, and which rule gave which ratio (rule 8.5)."""

    line_id: str
    product_id: str | None
    supply: str
    quantity: float
    paid: Amount
    deducted: Amount
    refunded: Amount
    profit: Amount | None
    queue: str | None
    extraction_bps: Bps | None
    entitlement_bps: Bps | None
    decided_by: str | None
    no_entry_because: str | None
    passed_over: tuple[ChoiceShown, ...]


@dataclass(frozen=True, slots=True)
class TraceRefund:
    """A refund as it was accepted; `refused` tells why one that came early changed nothing."""

    refund_id: str
    refunded_at: datetime
    amounts: Mapping[str, Amount]
    refused: str | None


@dataclass(frozen=True, slots=True)
class ContributionShown:
    """What a line gave to a queue part by part, null where that is not settled; all retained."""

    line_id: str | None
    settled: tuple[Amount | None, ...]
    retained: Amount


@dataclass(frozen=True, slots=True)
class TraceTicket:
    """What an order gives to, and gets from, one queue."""

    queue: str
    joined: bool
    contributions: tuple[ContributionShown, ...]
    entries: tuple[EntryShown, ...]


@dataclass(frozen=True, slots=True)
class TracePosting:
    """An amount that was added to an account; `reason` is the kind of reward, if it is one."""

    account: str
    amount: Amount
    entry: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class TraceJournal:
    """A balanced movement that followed from the order, and the commit that it was part of."""

    source: str
    number: int
    at: datetime
    kind: str
    order_id: str | None
    line_id: str | None
    postings: tuple[TracePosting, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole trace of an order (rule 8.5).

    `acts` are what people did since to queues in which they may have ended its entries (rule 8.9).
    """

    order_id: str
    member: str | None
    level: str | None
    referrer: str | None
    channel: str
    store_id: str | None
    paid_at: datetime | None
    completed_at: datetime | None
    settings_version: int
    repurchase_of: str | None
    queues: tuple[str, ...]
    lines: tuple[TraceLine, ...]
    refunds: tuple[TraceRefund, ...]
    tickets: tuple[TraceTicket, ...]
    journal: tuple[TraceJournal, ...]
    acts: tuple[ActShown, ...] = ()
