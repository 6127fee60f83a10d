"""What a plan is to everybody who does not know it: its name, its queues and how they are run.

A plan says what it is once, in its own file, as a `PlanType` called `PLAN`; `rebate.domain.plans`
has them all in `registry.PLANS`. How an operator sets it up stands in
`rebate.contracts.settings.plans`, in a module of the plan's name.
"""

from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from rebate.domain.clearings import Schedule
from rebate.domain.commands import Command
from rebate.domain.commissions import Commissions
from rebate.domain.money import Amount, Bps
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Plan
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.queue_names import QueueKind, QueueName
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire

Terms = TypeVar("Terms")
"""What a plan's settings mean: a record of the plan's own file, stored with the settings."""


@stored_as("display")
@dataclass(frozen=True, slots=True)
class DisplayTerms:
    """What members see of a plan, and how it is called (Rule 1.4, 7, 8 and 19 to 23).

    `plan` and `exchange` are the operator's own words, None where there are none.
    """

    plan: Annotated[str | None, wire("plan", absent=None)] = None
    exchange: Annotated[str | None, wire("exchange", absent=None)] = None
    progress: Annotated[bool, wire("progress", absent=True)] = True
    earned: Annotated[bool, wire("earned", absent=True)] = True
    waiting: Annotated[bool, wire("waiting", absent=True)] = True
    member: Annotated[bool, wire("member", absent=True)] = True
    waiting_amount: Annotated[bool, wire("waiting_amount", absent=True)] = True


@dataclass(frozen=True, slots=True)
class DailyPool:
    """A pool that is filled from profits and paid out once a day, up to a limit (Rule 7.5)."""

    profit_share_bps: Bps
    payout_per_day: Amount | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What a schedule starts in a plan's queues, under a name that no other plan's run has.

    `schedule` says when the plan's terms want it, None: never. `command` makes what every queue of
    the plan is sent; None: the run is of no queue. `pays`: it pays out, else it only ends entries.
    """

    name: str
    schedule: Callable[[Any], Schedule | None]
    command: Callable[[Any, Instant], Command] | None = None
    pays: bool = True


@dataclass(frozen=True, slots=True)
class Pricing:
    """What a plan makes of an order: the order with its trace, and a ticket for each queue.

    `queues` are those that hear of the order without a ticket; `commissions` are what it owes
    outside of queues.
    """

    order: Order
    tickets: tuple[Ticket, ...] = ()
    queues: tuple[QueueId, ...] = ()
    commissions: Commissions | None = None


@dataclass(frozen=True)
class PlanType(Generic[Terms]):
    """A plan: how its queues are called, what orders give and get, how that is settled and shown.

    `terms` is what its settings mean. `settlement` is None in a plan without a line.
    `settle_after_days`: so many days after completion is due what that settles (Rule 1.6.5.1).
    `gives_of_profit`: orders give from their profit, not from what was paid (Rule 7.1), and where
    its terms are `net_of_commissions`, from what these leave of it. Parts of a contribution from
    number `late_part` on are cut before those of any other plan (Rule 8.4).
    `serves_members`: entries are served by whose they are, too (Rules 4.2, 5.6), so tickets are to
    be found by their member while they wait.
    """

    name: str
    kinds: tuple[QueueKind, ...]
    terms: type[Terms]
    price: Callable[[Terms, Order, PricingFacts], Pricing]
    settlement: Callable[[Terms], Plan] | None
    runs: tuple[Run, ...] = ()
    display: Callable[[Terms], DisplayTerms] = lambda _terms: DisplayTerms()
    daily_pool: Callable[[Terms], DailyPool] | None = None
    settle_after_days: Callable[[Terms], int] = lambda _terms: 0
    gives_of_profit: bool = False
    net_of_commissions: Callable[[Terms], bool] = lambda _terms: False
    late_part: int | None = None
    serves_members: bool = False

    def queue(self, queue: QueueId) -> QueueName | None:
        """Return an id parsed, or None if it is not of a queue of this plan."""
        name, slash, rest = queue.partition("/")
        owner = rest if slash else None
        kind = next((each for each in self.kinds if each.name == name), None)
        return QueueName(self, kind, owner) if kind and kind.reads(owner) else None


def whole(order: Order, ticket: Ticket | None) -> Pricing:
    """Return what a plan that works on whole orders makes of one (Rule 0.4.1)."""
    return Pricing(order, (ticket,) if ticket else ())
