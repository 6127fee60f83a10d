"""A queue played on `decide` alone: rows in plain dictionaries, requests answered naively."""

from collections.abc import Sequence
from typing import Any

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Command, Join, Keyed
from rebate.domain.engine import Decision, decide, tickets_of
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry, parts_of
from rebate.domain.loaded_state import (
    DataRequest,
    FirstPayable,
    LoadedState,
    OldestEntryOf,
    RebatesOn,
    TicketsOf,
    WalletOf,
    Window,
)
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, QueueId, TicketKey
from rebate.domain.place_index import Node, NodeKey, update
from rebate.domain.plan import Plan
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Ticket, WaitingTotals
from rebate.domain.wallets import Wallet

NAME = QueueId("mall")


def join_of(ticket: Ticket) -> Join:
    """Return the command of a paid order to join."""
    return Join(ticket.paid_at, ticket.order, ticket.member)


@dataclass
class PureQueue:
    """What a settler keeps in tables, kept in dictionaries; `room` rows go into a decision.

    `written` is how many each decision wrote, without those that are always free for it: the
    queue's own, its journal's, and one for each level by which the index grew.
    """

    plan: Plan
    tickets: dict[TicketKey, Ticket]
    room: int = 96
    queue: Queue = field(default_factory=lambda: Queue(NAME))
    nodes: dict[NodeKey, Node] = field(default_factory=dict)
    wallets: dict[MemberId, Wallet] = field(default_factory=dict)
    holds: dict[tuple[MemberId, str], Hold] = field(default_factory=dict)
    journal: list[JournalEntry] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    rebates: dict[str, DailyRebates] = field(default_factory=dict)
    decisions: int = 0
    written: list[int] = field(default_factory=list)
    in_runs: bool = True

    def settle(self, commands: Sequence[Command], *, at_once: int = 1) -> None:
        """Carry out commands in order, so many in a batch, with all that they cause."""
        waiting = [Keyed(f"{number:05d}", command) for number, command in enumerate(commands)]
        while waiting:
            decision = self._decide(waiting[:at_once])
            self._apply(decision)
            self.written[-1] += sum(keyed.rows for keyed in waiting[: decision.done])
            caused = [Keyed(each.key, each.command) for each in decision.follow_ups]
            assert decision.done or caused or self.queue.progress, "nothing would ever get done"
            left = waiting[decision.done :]
            begun, left = (left[:1], left[1:]) if self.queue.progress else ([], left)
            waiting = [*begun, *caused, *left]

    def payable(self) -> list[Ticket]:
        """Return the tickets that may be paid, in order of place, found by looking at all."""
        found = [ticket for ticket in self.tickets.values() if self._may_be_paid(ticket)]
        return sorted(found, key=lambda ticket: ticket.place or 0)

    def standing(self) -> WaitingTotals:
        """Return what waits, counted over all tickets."""
        return sum((ticket.standing for ticket in self.in_line()), WaitingTotals())

    def in_line(self) -> list[Ticket]:
        """Return the tickets that joined and were not cleared since, in order of place."""
        joined = [t for t in self.tickets.values() if t.place is not None]
        return sorted(
            (t for t in joined if not self.queue.has_cleared(t)), key=lambda t: t.place or 0
        )

    def outcome(self) -> dict[str, Any]:
        """Return all that must not depend on how commands were batched."""
        tills = {name: amount for name, amount in self.queue.tills.items() if amount}
        return {
            "tickets": {key: replace(t, commits=()) for key, t in self.tickets.items()},
            "tills": tills,
            "wallets": {w.member: w.balances for w in self.wallets.values() if w.balances},
            "queue": replace(self.queue, version=0, tills={}, top=(), sums=(), height=0),
            "standing": self.queue.standing,
            "group": self.queue.group,
            "held": self._held(),
            "refused": self.refused,
            "events": self.events,
        }

    def _held(self) -> dict[tuple[MemberId, str], int]:
        """Pending cash per order: how many holds it lies in depends on how many commits paid it."""
        held: dict[tuple[MemberId, str], int] = {}
        for hold in self.holds.values():
            key = (hold.member, hold.order)
            held[key] = held.get(key, 0) + hold.amount
        return {key: amount for key, amount in held.items() if amount}

    def _may_be_paid(self, ticket: Ticket) -> bool:
        waits = ticket.place is not None and ticket.first_waiting() is not None
        ready = not self.plan.completed_first or ticket.completed_at is not None
        return waits and ready and not self.queue.has_cleared(ticket)

    def _decide(self, commands: Sequence[Keyed]) -> Decision:
        state = LoadedState()
        state.keep(self.tickets[key] for key in tickets_of(commands))
        for _ in range(1000):
            decision = decide(
                self.queue, state, commands, self.plan, self.room, in_runs=self.in_runs
            )
            if isinstance(decision, Decision):
                return decision
            self._load(state, decision)
        raise AssertionError("a decision never has enough")

    def _load(self, state: LoadedState, request: DataRequest) -> None:
        match request:
            case FirstPayable(start, count):
                found = [t for t in self.payable() if (t.place or 0) >= start][:count]
                end = found[-1].place if len(found) == count else None
                state.line = Window(start, end, count)
                state.keep(found)
            case OldestEntryOf(member, count):
                mine = [t for t in self.in_line() if t.member == member]
                found = [t for t in mine if t.first_waiting() is not None][:count]
                end = found[-1].place if len(found) == count else None
                state.members[member] = Window(0, end, count)
                state.keep(found)
            case TicketsOf(member, order):
                found = [t for t in self.tickets.values() if (t.member, t.order) == (member, order)]
                state.keep(found)
                state.orders.add(request)
            case WalletOf(member):
                state.wallets[member] = self.wallets.get(member, Wallet(member))
                mine_held = [hold for (owner, _), hold in self.holds.items() if owner == member]
                state.holds[member] = tuple(mine_held)
            case RebatesOn(day):
                state.rebates[day] = self.rebates.get(day, DailyRebates(day))
            case TicketKey():
                state.keep([self.tickets[request]])

    def _apply(self, decision: Decision) -> None:
        self.decisions += 1
        queue, written = update(decision.queue, self.nodes, decision.changes)
        grown = queue.height - decision.queue.height
        self.written.append(len(written) - grown + _rows_of(decision))
        self.queue = replace(queue, version=self.queue.version + 1)
        self.nodes.update({node.key: node for node in written})
        for ticket in [c.after for c in decision.changes] + [f.ticket for f in decision.follow_ups]:
            self.tickets[ticket.key] = ticket
        for (member, pocket), amount in decision.credits.items():
            self._credit(member, pocket, amount)
        self.holds.update({(hold.member, hold.id): hold for hold in decision.holds})
        self.rebates.update({day.day: day for day in decision.rebates})
        self.journal += decision.journal
        self.events += decision.events
        self.refused += [each.code.value for each in decision.refused]

    def _credit(self, member: MemberId, pocket: BalanceType, amount: Amount) -> None:
        wallet = self.wallets.get(member, Wallet(member))
        held = {**wallet.balances, pocket: wallet.has(pocket) + amount}
        balances = {name: balance for name, balance in held.items() if balance}
        self.wallets[member] = Wallet(member, wallet.version + 1, balances)


def _rows_of(decision: Decision) -> int:
    """Count what a decision writes beside nodes of the index, one row each."""
    postings = [posting for entry in decision.journal for posting in entry.postings]
    stated = {parts_of(p.account)[2] for p in postings if parts_of(p.account)[0] == "wallet"}
    wallets = {member for member, _ in decision.credits} | decision.consulted
    others = (decision.changes, decision.holds, decision.rebates, decision.sent)
    rows = sum(map(len, others)) + len(decision.handed_over) + len(stated) + len(wallets)
    return rows + 3 * len(decision.follow_ups)
