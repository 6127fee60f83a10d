"""What is known of members, products and stores, and of the present period's turnover."""

from dataclasses import dataclass, field

from rebate.domain.money import NOTHING, Amount, Bps
from rebate.domain.times import Instant
from rebate.simulation.state import SimulatedOrder

_LONG_AGO = Instant(0)


@dataclass(slots=True)
class KnownMember:
    """What was last saved of a member; `completed` are the orders that were."""

    level: str | None = None
    rank: str | None = None
    referrer: str | None = None
    completed: list[SimulatedOrder] = field(default_factory=list)
    saved: dict[str, Instant] = field(default_factory=dict)


@dataclass(slots=True)
class KnownProduct:
    """What was last saved of a product; `changed_at`: since when it is on or off sale."""

    takes_part: bool
    on_sale: bool = True
    changed_at: Instant = _LONG_AGO
    margin_bps: Bps | None = None
    saved: dict[str, Instant] = field(default_factory=dict)


@dataclass(slots=True)
class KnownStore:
    """What was last saved of a store."""

    referrer: str | None = None
    concession_bps: Bps | None = None
    merchant_bps: Bps | None = None
    saved: dict[str, Instant] = field(default_factory=dict)


@dataclass(slots=True)
class Turnover:
    """The turnover of the present period, and which earlier ones still count refunds (2.3.1)."""

    period: int = 0
    amount: Amount = NOTHING
    counts: set[int] = field(default_factory=set)
