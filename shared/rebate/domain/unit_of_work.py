"""The unit of work of one decision: what was loaded, and what changes.

It is made from loaded rows and thrown away after the decision; the rows themselves never change.
It stops a decision in two ways: `DataMissing` where a row is needed that was not loaded,
`BudgetExceeded` where the next step writes more rows than the transaction still takes.

What happens to it stands in modules of their own: `joining` (places), `payouts` (what entries get),
`pending` (what is held of that), `conversions` (into points and the like), `posting` (the books).
"""

from collections.abc import Callable

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Command
from rebate.domain.events import Event
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry
from rebate.domain.loaded_state import DataMissing, FirstWaiting, LoadedState, WalletOf
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.place_index import NodeKey, nodes_above
from rebate.domain.plan import Plan
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.waiting_line import WaitingLine
from rebate.domain.write_budget import (
    ROWS_TOLD,
    Touched,
    WriteBudget,
    bytes_of_joining,
    bytes_of_step,
    bytes_of_ticket,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A command for another queue."""

    queue: QueueId
    command: Command


@dataclass(frozen=True, slots=True)
class Departed:
    """A ticket whose entry has left the line: when, and the inbox key of what follows from that."""

    ticket: Ticket
    key: str
    at: Instant


class UnitOfWork:
    """State of one decision; see the module's text."""

    def __init__(self, queue: Queue, state: LoadedState, plan: Plan, rows: int) -> None:
        """Begin with `queue` and `state` as loaded; a transaction may write so many `rows`."""
        self.plan = plan
        self.queue = queue
        self.state = state
        self.budget = WriteBudget(rows)
        self.line = WaitingLine(state, queue, completed_first=plan.completed_first)
        self.journal: list[JournalEntry] = []
        self.events: list[Event] = []
        self.credits: dict[tuple[MemberId, BalanceType], Amount] = {}
        self.holds: dict[tuple[MemberId, str], Hold] = {}
        self.rebates: dict[str, DailyRebates] = {}
        self.paid_on: dict[str, Amount] = {}
        self.departed: list[Departed] = []
        self.sent: list[Sent] = []
        self.handed_over: list[Ticket] = []
        self.given_from: dict[OrderId, QueueId] = {}
        self._days: dict[Instant, str] = {}
        self._paths: dict[int, list[NodeKey]] = {}

    def save(self, ticket: Ticket) -> None:
        """Keep a changed or new ticket."""
        self.budget.touch(ticket, self.above(ticket.place))
        self.line.save(ticket)

    def tell(self, event: Event, at: int | None = None) -> None:
        """Tell what happened, as the last of it or before the events from number `at` on."""
        self.budget.tell_event(event)
        self.events.insert(len(self.events) if at is None else at, event)

    def clear(self, at: Instant) -> None:
        """Set all that waits to zero by one mark (Rule 1.6.3)."""
        self.queue = replace(
            self.queue, cleared_below=self.queue.tickets, cleared_at=at, height=0, top=(), sums=()
        )
        self.line.clear(self.queue)
        self._paths.clear()

    def first_waiting(self, count: int, start: int = 0) -> list[Ticket]:
        """Return the first `count` tickets from place `start` on with entries that wait."""
        if self.state.first_waiting is None:
            raise DataMissing(FirstWaiting(count, start))
        return [self.line.ticket(key) for key in self.state.first_waiting]

    def wallet(self, member: MemberId) -> Callable[[BalanceType], Amount]:
        """Return a member's balances as they are now; the commit will insist on them."""
        loaded = self.state.wallets.get(member)
        if loaded is None:
            raise DataMissing(WalletOf(member))
        self.budget.consult(member)
        return lambda pocket: loaded.has(pocket) + self.credits.get((member, pocket), NOTHING)

    def depart(self, ticket: Ticket, key: str, at: Instant) -> None:
        """Note that an entry has left; what that causes comes at `key` of the inbox (Rule 4.4)."""
        self.departed.append(Departed(ticket, key, at))

    def send(self, queue: QueueId, command: Command) -> None:
        """Let another queue carry out a command, once this decision is stored."""
        self.sent.append(Sent(queue, command))
        self.budget.take(1)

    def hand_over(self, ticket: Ticket) -> None:
        """Keep a new ticket of another queue, which is to join there."""
        self.handed_over.append(ticket)
        more = bytes_of_ticket(ticket)
        self.budget.take(1, more=more)
        self.budget.tell(bytes_of_joining(ticket))  # in the other queue's journal, all at once

    def day_of(self, at: Instant) -> str | None:
        """Return the day of the shop of an instant, None if days are not counted."""
        if self.plan.daily_cap is None:
            return None
        day = self._days.get(at)
        if day is None:
            day = self._days[at] = self.plan.daily_cap.day_of(at)
        return day

    def require(self, ticket: Ticket | None = None, *, receivers: int) -> None:
        """Insist on rows for so many more receivers, wherever they stand, of what `ticket` gives.

        Raises:
            BudgetExceeded: if they do not fit any more.
        """
        rows_each = 3 + self.queue.height
        if self.budget.tickets:
            told = bytes_of_step(ticket) if ticket else 0
            self.budget.require(receivers * rows_each, told=told)

    def require_payment(self, ticket: Ticket, *, beside: int) -> None:
        """Insist on rows for a ticket, its member's wallet and so many `beside` them.

        Raises:
            BudgetExceeded: if they do not fit any more.
        """
        self.budget.require_step(
            [self._touched(ticket)], [ticket.member], beside=beside, told=bytes_of_step(ticket)
        )

    def require_ticket(self, ticket: Ticket, *, joins: bool = False) -> None:
        """Insist on rows for a ticket where it is or will be, and its member.

        What is told of it to the queue into which it was merged has a row, too. `joins`: all its
        entries do, of which the journal tells in one commit.

        Raises:
            BudgetExceeded: if they do not fit any more.
        """
        place = self.queue.tickets if ticket.place is None else ticket.place
        beside = ROWS_TOLD if ticket.merged_into else 0
        told = bytes_of_joining(ticket) if joins else bytes_of_step(ticket)
        touched = (ticket, self.above(place))
        self.budget.require_step([touched], [ticket.member], beside=beside, told=told)

    def require_move(self, ticket: Ticket, moved: Ticket, *, commands: int) -> None:
        """Insist on rows for a ticket, what is handed over of it, and so many `commands` to send.

        Raises:
            BudgetExceeded: if they do not fit any more.
        """
        told = bytes_of_joining(moved)
        touched = map(self._touched, (ticket, moved))
        self.budget.require_step(touched, [], beside=commands, told=told)

    def _touched(self, ticket: Ticket) -> Touched:
        return ticket, self.above(ticket.place)

    def above(self, place: int | None) -> list[NodeKey]:
        """Return the nodes above a place; they are asked for at every payment."""
        if place is None:
            return []
        path = self._paths.get(place)
        if path is None:
            path = self._paths[place] = nodes_above(self.queue, place)
        return path
