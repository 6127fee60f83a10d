"""Orders as they were accepted, with the trace of every decision (Rules 0.4 and 8.5)."""

from collections.abc import Mapping

from rebate.domain.money import Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.records import dataclass, field, replace
from rebate.domain.times import Instant

LINES_PER_ROW = 25
"""Order lines kept in one row; a longer order has further rows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule of a scope that was asked for a ratio, and what came of it (Rule 8.5)."""

    rule: str
    scope: str
    outcome: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """A line as it was accepted: what was paid, which queue took it, and why at which ratios."""

    id: LineId
    paid: Amount
    product: ProductId | None = None
    supply: str = "self"
    quantity: float = 1
    deducted: Amount = 0
    profit: Amount | None = None
    margin_bps: Bps | None = None
    queue: QueueId | None = None
    extraction_bps: Bps | None = None
    entitlement_bps: Bps | None = None
    decided_by: str | None = None
    no_entry_because: str | None = None
    passed_over: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund as it was accepted; `digest` tells a repetition from other content."""

    digest: str
    at: Instant
    amounts: dict[LineId, Amount]
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Early:
    """A completion, or the refund of this name, that came before its order was paid.

    `sender` is whose word it is: the order's owner's is applied, others' are set aside (Rule 0.13).
    Of a refund, `amounts` are by line, or `amount` is to be split over the lines (Rule 1.6.6).
    `arrived_at` tells for how long it has been kept. `refused` and `reason` say why it did not fit
    the order, once that was paid: it stays until it was told.
    """

    sender: str
    at: Instant
    arrived_at: Instant
    refund: str | None = None
    digest: str | None = None
    amounts: dict[LineId, Amount] = field(default_factory=dict)
    amount: Amount | None = None
    refused: str | None = None
    reason: str = ""


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
    when it may be settled, since its sender's orders came too fast.
    `refunds` and `kept` are of before that: refunds in the order's row, and the names of those
    that came before it was paid (None: its completion).
    """

    id: OrderId
    version: int = 0
    arrival: int = 0
    digest: str | None = None
    member: MemberId | None = None
    level: str | None = None
    referrer: MemberId | None = None
    channel: str = "mall"
    store: StoreId | None = None
    paid_at: Instant | None = None
    completed_at: Instant | None = None
    refunds: dict[str, Refunded] = field(default_factory=dict)
    kept: tuple[str | None, ...] = ()
    lines: tuple[OrderLine, ...] = ()
    queues: tuple[QueueId, ...] = ()
    settings: int = 0
    repurchase_of: OrderId | None = None
    attempts: tuple[int, ...] = ()
    sender: str | None = None
    early: tuple[Early, ...] = ()
    given_back: tuple[Amount, ...] = ()
    not_before: Instant | None = None

    def refunded(self) -> dict[LineId, Amount]:
        """Return what was refunded of each line so far."""
        back = {line.id: 0 for line in self.lines}
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
        known = (*self.given_back, *(0 for _ in self.lines[len(self.given_back) :]))
        back = (
            amount + amounts.get(line.id, 0) for line, amount in zip(self.lines, known, strict=True)
        )
        return replace(self, given_back=tuple(back))

    def has_finished(self, attempt: int) -> bool:
        """Tell whether all that was stored by an attempt is part of this order."""
        return attempt in self.attempts

    def has_given_up(self, attempt: int) -> bool:
        """Tell whether an attempt can never be finished, since the order was written after it."""
        return attempt < self.version and attempt not in self.attempts
