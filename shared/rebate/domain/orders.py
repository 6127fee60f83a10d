"""Orders as they were accepted, with the trace of every decision (Rules 0.4 and 8.5)."""

from rebate.domain.money import Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, ProductId, QueueId, StoreId
from rebate.domain.records import dataclass, field
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
    quantity: int = 1
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
class Order:
    """What is known of an order, possibly before it is paid (contracts, section 1).

    `lines` are all of them; they are stored in rows of `LINES_PER_ROW`. `arrival` is the
    last arrival number that a command of this order was given. `kept` names, in order of
    arrival, the refunds that came before the order was paid (None: its completion).
    `settings` is the version of the settings under which it was accepted. `attempts` names, by
    the version at which each began, the storings in several transactions that were finished.
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
