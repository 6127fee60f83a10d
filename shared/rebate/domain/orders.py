"""Orders as they were accepted, with the trace of every decision (Rules 0.4 and 8.5)."""

from typing import Annotated

from rebate.domain.money import Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire

LINES_PER_ROW = 25
"""Order lines kept in one row; a longer order has further rows."""


@stored_as("choice")
@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of a scope that was asked for a ratio, and what came of it (Rule 8.5)."""

    rule: Annotated[str, wire("rule")]
    scope: Annotated[str, wire("scope")]
    outcome: Annotated[str, wire("outcome")]


@stored_as("order_line", 2)
@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was accepted: what was paid, which queue took it, and why at which ratios."""

    id: Annotated[LineId, wire("id")]
    paid: Annotated[Amount, money("paid")]
    product: Annotated[ProductId | None, wire("product", absent=None)] = None
    supply: Annotated[str, wire("supply", absent="self")] = "self"
    quantity: Annotated[int, wire("quantity", absent=1)] = 1
    deducted: Annotated[Amount, money("deducted", absent=0)] = 0
    profit: Annotated[Amount | None, money("profit", absent=None)] = None
    margin_bps: Annotated[Bps | None, wire("margin_bps", absent=None)] = None
    queue: Annotated[QueueId | None, wire("queue", absent=None)] = None
    extraction_bps: Annotated[Bps | None, wire("extraction_bps", absent=None)] = None
    entitlement_bps: Annotated[Bps | None, wire("entitlement_bps", absent=None)] = None
    decided_by: Annotated[str | None, wire("decided_by", absent=None)] = None
    no_entry_because: Annotated[str | None, wire("no_entry_because", absent=None)] = None
    passed_over: Annotated[tuple[Choice, ...], wire("passed_over", absent=[])] = ()


@stored_as("refunded")
@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund as it was accepted; `digest` tells a repetition from other content."""

    digest: Annotated[str, wire("digest")]
    at: Annotated[Instant, wire("at")]
    amounts: Annotated[dict[LineId, Amount], wire("amounts")]
    refused: Annotated[str | None, wire("refused", absent=None)] = None


@stored_as("order")
@dataclass(frozen=True, slots=True)
class Order:
    """What is known of an order, possibly before it is paid (contracts, section 1).

    `lines` are all of them; they are stored in rows of `LINES_PER_ROW`. `arrival` is the
    last arrival number that a command of this order was given. `kept` names, in order of
    arrival, the refunds that came before the order was paid (None: its completion).
    `settings` is the version of the settings under which it was accepted. `attempts` names, by
    the version at which each began, the storings in several transactions that were finished.
    """

    id: Annotated[OrderId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    arrival: Annotated[int, wire("arrival", absent=0)] = 0
    digest: Annotated[str | None, wire("digest", absent=None)] = None
    member: Annotated[MemberId | None, wire("member", absent=None)] = None
    level: Annotated[str | None, wire("level", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    channel: Annotated[str, wire("channel", absent="mall")] = "mall"
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    paid_at: Annotated[Instant | None, wire("paid_at", absent=None)] = None
    completed_at: Annotated[Instant | None, wire("completed_at", absent=None)] = None
    refunds: Annotated[dict[str, Refunded], wire("refunds", absent={})] = field(
        default_factory=dict
    )
    kept: Annotated[tuple[str | None, ...], wire("kept", absent=[])] = ()
    lines: Annotated[tuple[OrderLine, ...], wire("lines", absent=[])] = ()
    queues: Annotated[tuple[QueueId, ...], wire("queues", absent=[])] = ()
    settings: Annotated[int, wire("settings", absent=0)] = 0
    repurchase_of: Annotated[OrderId | None, wire("repurchase_of", absent=None)] = None
    attempts: Annotated[tuple[int, ...], wire("attempts", absent=[])] = ()

    def refunded(self, line: LineId) -> Amount:
        """Return what was refunded of a line so far."""
        accepted = (refund for refund in self.refunds.values() if refund.refused is None)
        return sum(refund.amounts.get(line, 0) for refund in accepted)

    def has_finished(self, attempt: int) -> bool:
        """Tell whether all that was stored by an attempt is part of this order."""
        return attempt in self.attempts

    def has_given_up(self, attempt: int) -> bool:
        """Tell whether an attempt can never be finished, since the order was written after it."""
        return attempt < self.version and attempt not in self.attempts
