"""Orders as they were accepted, with the trace of every decision (Rules 0.4 and 8.5)."""

from collections.abc import Mapping
from typing import Annotated

from rebate.domain.given import Given
from rebate.domain.money import NOTHING, Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.records import dataclass, field, replace
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


@stored_as("order_line", 3)
@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was accepted: what was paid, which queue took it, and why at which ratios."""

    id: Annotated[LineId, wire("id")]
    paid: Annotated[Amount, money("paid")]
    product: Annotated[ProductId | None, wire("product", absent=None)] = None
    supply: Annotated[str, wire("supply", absent="self")] = "self"
    quantity: Annotated[float | int, wire("quantity", absent=1)] = 1
    deducted: Annotated[Amount, money("deducted", absent=0)] = NOTHING
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


@stored_as("early")
@dataclass(frozen=True, slots=True)
class Early:
    """A completion, or the refund of this name, that came before its order was paid.

    `sender` is whose word it is: the order's owner's is applied, others' are set aside (Rule 0.13).
    Of a refund, `amounts` are by line, or `amount` is to be split over the lines (Rule 1.6.6).
    `arrived_at` tells for how long it has been kept. `refused` and `reason` say why it did not fit
    the order, once that was paid: it stays until it was told.
    """

    sender: Annotated[str, wire("sender")]
    at: Annotated[Instant, wire("at")]
    arrived_at: Annotated[Instant, wire("arrived_at")]
    refund: Annotated[str | None, wire("refund", absent=None)] = None
    digest: Annotated[str | None, wire("digest", absent=None)] = None
    amounts: Annotated[dict[LineId, Amount], wire("amounts", absent={})] = field(
        default_factory=dict
    )
    amount: Annotated[Amount | None, money("amount", absent=None)] = None
    refused: Annotated[str | None, wire("refused", absent=None)] = None
    reason: Annotated[str, wire("reason", absent="")] = ""


@stored_as("order", 3)
@dataclass(frozen=True, slots=True)
class Order:
    """What is known of an order, possibly before it is paid (contracts, section 1).

    `sender` is whose order it is (Rule 0.13); None: it was accepted before senders were told apart.
    One that is paid (it has a `digest`) and has no `member` is a guest's (Rule 0.14).
    `lines` are all of them; they are stored in rows of `LINES_PER_ROW`. `given_back` is what was
    refunded of each, in their order; refunds have rows of their own. `arrival` is the last arrival
    number that a command of this order was given. `settings` is the version of the settings under
    which it was accepted. `attempts` names, by the version at which each began, the storings in
    several transactions that were finished. `early` is what came before it was paid. `not_before`:
    when it may be settled, since its sender's orders came too fast. `given` is what it gives in
    all, where more than its tickets know decides that. `settle_after_days` is how long queues wait
    after completion, of those that do (Rule 1.6.5.1).
    `refunds` and `kept` are of before that: refunds in the order's row, and the names of those
    that came before it was paid (None: its completion).
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
    sender: Annotated[str | None, wire("sender", absent=None)] = None
    early: Annotated[tuple[Early, ...], wire("early", absent=[])] = ()
    given_back: Annotated[tuple[Amount, ...], wire("given_back", absent=[])] = ()
    not_before: Annotated[Instant | None, wire("not_before", absent=None)] = None
    given: Annotated[Given | None, wire("given", absent=None)] = None
    settle_after_days: Annotated[dict[QueueId, int], wire("settle_after_days", absent={})] = field(
        default_factory=dict
    )

    def refunded(self) -> dict[LineId, Amount]:
        """Return what was refunded of each line so far."""
        back = dict.fromkeys((line.id for line in self.lines), NOTHING)
        for line, amount in zip(self.lines, self.given_back, strict=False):
            back[line.id] = amount
        for refund in self.refunds.values():
            for name, amount in refund.amounts.items() if refund.refused is None else ():
                back[name] += amount
        return back

    def left(self) -> dict[LineId, Amount]:
        """Return what is left of each line after refunds."""
        back = self.refunded()
        return {line.id: line.paid - back[line.id] for line in self.lines}

    def plus(self, amounts: Mapping[LineId, Amount]) -> "Order":
        """Return the order after a refund of so much of its lines."""
        known = (*self.given_back, *(NOTHING for _ in self.lines[len(self.given_back) :]))
        back = (
            amount + amounts.get(line.id, NOTHING)
            for line, amount in zip(self.lines, known, strict=True)
        )
        return replace(self, given_back=tuple(back))

    def has_finished(self, attempt: int) -> bool:
        """Tell whether all that was stored by an attempt is part of this order."""
        return attempt in self.attempts

    def has_given_up(self, attempt: int) -> bool:
        """Tell whether an attempt can never be finished, since the order was written after it."""
        return attempt < self.version and attempt not in self.attempts
