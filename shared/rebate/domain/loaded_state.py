"""What is loaded of a queue's surroundings for a decision, and what it may still need."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

from rebate.domain.caps import DailyRebates
from rebate.domain.holds import Hold
from rebate.domain.names import MemberId, OrderId, TicketKey
from rebate.domain.records import dataclass, field
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet


class EntryRef(NamedTuple):
    """A reference to an entry: a ticket's key and the index of its line."""

    ticket: TicketKey
    line: int


@dataclass(frozen=True, slots=True)
class FirstPayable:
    """Wanted: the first `count` payable tickets from `start` on."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class OldestEntryOf:
    """Wanted: the first `count` waiting tickets of a member."""

    member: MemberId
    count: int


@dataclass(frozen=True, slots=True)
class TicketsOf:
    """Wanted: all tickets of a member's order in the queue, wherever they came from."""

    member: MemberId
    order: OrderId


@dataclass(frozen=True, slots=True)
class FirstWaiting:
    """Wanted: the first `count` tickets from `start` on with entries that wait, payable or not."""

    count: int
    start: int = 0


@dataclass(frozen=True, slots=True)
class WalletOf:
    """Wanted: a member's balances."""

    member: MemberId


@dataclass(frozen=True, slots=True)
class RebatesOn:
    """Wanted: what was paid on a day, because a cap is set."""

    day: str


DataRequest: TypeAlias = (
    FirstPayable | OldestEntryOf | TicketsOf | FirstWaiting | WalletOf | RebatesOn | TicketKey
)


class DataMissing(Exception):
    """A decision needs what was not loaded; load it and decide again."""

    def __init__(self, request: DataRequest) -> None:
        super().__init__(request)
        self.request = request


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the line that is loaded: all payable tickets from `start` to `end`.

    `end` None: to the end of the line. `count` is how many tickets were asked for.
    """

    start: int = 0
    end: int | None = -1
    count: int = 0

    def covers(self, place: int) -> bool:
        """Tell whether all payable tickets up to `place` are loaded."""
        return self.end is None or place <= self.end


@dataclass(slots=True)
class LoadedState:
    """What was loaded of a queue's surroundings; `first_waiting` None: nobody asked for them.

    `absent` are tickets that were looked for and do not exist: of orders that join later. `orders`
    are those of which all tickets were looked for. `moves` is how many tickets a step of a merge
    handed over that is decided again (None: as many as fit).
    """

    tickets: dict[TicketKey, Ticket] = field(default_factory=dict)
    absent: set[TicketKey] = field(default_factory=set)
    line: Window = field(default_factory=Window)
    members: dict[MemberId, Window] = field(default_factory=dict)
    orders: set[TicketsOf] = field(default_factory=set)
    first_waiting: tuple[TicketKey, ...] | None = None
    wallets: dict[MemberId, Wallet] = field(default_factory=dict)
    holds: dict[MemberId, tuple[Hold, ...]] = field(default_factory=dict)
    rebates: dict[str, DailyRebates] = field(default_factory=dict)
    moves: int | None = None

    def keep(self, tickets: Iterable[Ticket]) -> None:
        """Add tickets that were loaded."""
        self.tickets.update({ticket.key: ticket for ticket in tickets})
