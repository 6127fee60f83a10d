"""Deciding a queue's commits again, from the first on, by what its journal says they rested on.

Commits are taken one by one, but for a command that did not fit into one: that is carried out
whole, and the commits which it took are compared together.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from rebate.domain.caps import DailyRebates
from rebate.domain.commands import (
    Command,
    Cut,
    Give,
    Join,
    Keyed,
    Merge,
    MergeHome,
    OfTicket,
    Receive,
    RefundOrder,
    Retain,
)
from rebate.domain.day_figures import ages_after, with_commit
from rebate.domain.days import DayFigures
from rebate.domain.engine import Decision, decide, tickets_of
from rebate.domain.events import CommandParked, Event, RebatePaid, RepurchaseMissed
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry, QueueAccount, parts_of, wallet
from rebate.domain.loaded_state import (
    DataRequest,
    FirstPayable,
    FirstWaiting,
    LoadedState,
    OldestEntryOf,
    RebatesOn,
    TicketsOf,
    WalletOf,
    Window,
)
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import NO_QUEUE, MemberId, OrderId, QueueId, TicketKey
from rebate.domain.orders import Order
from rebate.domain.parking import ParkedState, drop
from rebate.domain.plan import Plan
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import day_of
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.wallets import Wallet
from rebate.domain.wire import Unknown
from rebate.domain.write_budget import UNLIMITED
from rebate.usecases.audit.finding import AuditDifference
from rebate.usecases.audit.rebuild.first_tickets import (
    as_accepted,
    import_at_first,
    is_its_repurchase,
    repurchased_at_first,
    ticket_at_first,
)
from rebate.usecases.orders.store_order import bounds_of, cuts_of, repriced
from rebate.usecases.settlement.plan_of import plan_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.settlement.settlement import ROOM
from rebate.usecases.settlement.writes import HANDED_OVER, paid_on_day
from rebate.usecases.storage.ports import WRITES_MAX, Store
from rebate.usecases.storage.rows.inbox import Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.orders import OrderRefund


class CannotRebuild(Exception):
    """What a queue's commits rested on is not kept, from some commit on; the message says why."""


class NotThereYet(Exception):
    """A commit rests on what another queue did, and that was not rebuilt yet."""


@dataclass(slots=True)
class AcceptedFacts:
    """What was accepted, and what queues tell each other while they are rebuilt.

    `stored` are the tickets as they are; `handed` those that another queue handed over, and `told`
    the refunds that it passed on; `given` is what contributions were sent to and fro (Rule 1.4.1).
    `holds` is the pending money of members by order.
    """

    terms: Mapping[int, Terms]
    orders: Mapping[OrderId, Order]
    refunds: Mapping[tuple[OrderId, str], OrderRefund]
    stored: Mapping[tuple[QueueId, TicketKey], Ticket]
    parked: Mapping[str, Parked]
    handed: dict[tuple[QueueId, TicketKey], Ticket] = field(default_factory=dict)
    told: dict[tuple[QueueId, TicketKey, str], RefundOrder] = field(default_factory=dict)
    given: set[tuple[QueueId, Give | Retain]] = field(default_factory=set)
    holds: Counter[tuple[MemberId, OrderId]] = field(default_factory=Counter)
    days: dict[tuple[str, QueueId], DayFigures] = field(default_factory=dict)


@dataclass(slots=True)
class _Commit:
    """One or several rows of the journal, and what was decided again of them.

    `wallets`, `rebates` and `holds` are what it rests on, with what it changed so far; `foreseen`
    are the rows of which that is known.
    """

    rows: list[Journal]
    entries: list[JournalEntry] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    wallets: dict[str, Amount] = field(default_factory=dict)
    rebates: dict[str, Amount] = field(default_factory=dict)
    holds: dict[tuple[MemberId, str], Hold] = field(default_factory=dict)
    foreseen: list[Journal] = field(default_factory=list)

    def rest_on(self, row: Journal) -> None:
        """Take what a row says that it rests on, unless an earlier one said so.

        A command over several rows is carried out whole at the first, so what the rows before have
        moved by themselves is left out.
        """
        for name, amount in row.rests_on.items():
            kept = self.rebates if name.startswith(paid_on_day("")) else self.wallets
            kept.setdefault(name, amount - self._moved_before(name))
        for hold in row.holds:
            self.holds.setdefault((hold.member, hold.id), hold)
        self.foreseen.append(row)

    def _moved_before(self, name: str) -> Amount:
        if name.startswith(paid_on_day("")):
            events = (event for row in self.foreseen for event in row.events)
            return sum_of(event.amount for event in events if isinstance(event, RebatePaid))
        entries = (entry for row in self.foreseen for entry in row.entries)
        return sum_of(
            posting.amount
            for entry in entries
            for posting in entry.postings
            if posting.account == name
        )

    def holds_by_member(self) -> dict[MemberId, tuple[Hold, ...]]:
        """Return the pending money that is known, as it is now."""
        found: dict[MemberId, tuple[Hold, ...]] = {}
        for (member, _), hold in self.holds.items():
            found[member] = (*found.get(member, ()), hold)
        return found


class _NoRows:
    """A store that holds nothing: a line that is rebuilt is all in its reader."""

    def get_many(self, _kind: object, _keys: object) -> dict[object, object]:
        """Return nothing."""
        return {}


class QueueReplay:
    """A queue that is rebuilt, as it was after the last commit that was decided again."""

    def __init__(self, queue: QueueId, rows: Sequence[Journal], accepted: AcceptedFacts) -> None:
        """Begin with an empty queue; `rows` are its commits, in order."""
        self.queue = Queue(queue)
        self.tickets: dict[TicketKey, Ticket] = {}
        self.at = 0
        """How many of the rows were decided again."""
        self._rows = rows
        self._accepted = accepted
        self._line = QueueReader(_no_store(), queue)
        self._by_member: dict[MemberId, list[TicketKey]] = {}
        self._repurchases: dict[TicketKey, Ticket] = {}
        self._refunded: dict[OrderId, Order] = {}

    @property
    def is_over(self) -> bool:
        """Whether all commits were decided again."""
        return self.at == len(self._rows)

    @property
    def line(self) -> QueueReader:
        """The index of places, with all nodes that were ever written."""
        return self._line

    def step(self) -> Iterator[AuditDifference]:
        """Decide the next commit again; yield where its row says something else.

        Raises:
            CannotRebuild: what it rested on is not kept.
            NotThereYet: another queue has to be rebuilt up to here first.
        """
        row = self._rows[self.at]
        if not row.settings:
            self._set_aside(row)
            self.at += 1
            return
        self._insist(row)
        commit = self._carried_out(row)
        self.at += len(commit.rows)
        yield from _compared(commit)

    def _insist(self, row: Journal) -> None:
        """Insist that what the commands of a row rest on is there.

        Raises:
            NotThereYet: another queue has not handed it over yet.
        """
        for command in row.commands:
            if isinstance(command, Give | Retain):
                if (self.queue.id, _given(command)) not in self._accepted.given:
                    raise NotThereYet(command)
                continue
            if isinstance(command, Receive):
                source, keys = command.merged_from, command.tickets
            elif isinstance(command, OfTicket):
                source, keys = command.ticket.merged_from, (command.ticket,)
            else:
                continue
            handed = ((self.queue.id, key) in self._accepted.handed for key in keys)
            if source != NO_QUEUE and not (all(handed) and self._was_told(command)):
                raise NotThereYet(source)

    def _was_told(self, command: Command) -> bool:
        """Tell whether it is known what a refund cuts of what another queue handed over."""
        if not isinstance(command, RefundOrder):
            return True
        return (self.queue.id, command.ticket, command.refund) in self._accepted.told

    def _set_aside(self, row: Journal) -> None:
        """Take over what parking a command changed, or what was decided on one."""
        parked = [event for event in row.events if isinstance(event, CommandParked)]
        if not parked or len(parked) != len(row.events):
            message = f"row {row.number} was written by an earlier release"
            raise CannotRebuild(message)
        for event in parked:
            kept = self._accepted.parked.get(event.parked)
            if kept is None or (kept.progress and event.state != ParkedState.DROPPED):
                message = f"row {row.number} is of a command that was set aside when half done"
                raise CannotRebuild(message)
            if event.state == ParkedState.DROPPED:
                self._drop(row, kept)
        self.queue = replace(self.queue, version=row.number)

    def _drop(self, row: Journal, parked: Parked) -> None:
        command = parked.row.command
        if isinstance(command, Unknown) or parked.progress:
            message = f"row {row.number} drops a command that was half done"
            raise CannotRebuild(message)
        ticket, state = None, LoadedState()
        if isinstance(command, OfTicket):
            ticket = self.tickets.get(command.ticket) or self._first_ticket(row, command)
            state.keep([ticket])
        unit = UnitOfWork(self.queue, state, Plan(parts=()), WRITES_MAX)
        drop(unit, command, None, ticket)
        self.queue = unit.queue
        self._keep(change.after for change in unit.line.changes())

    def _carried_out(self, row: Journal) -> _Commit:
        """Carry out the commands of a row, and of those in which its last one went on."""
        commit = _Commit([row])
        commit.rest_on(row)
        todo = list(row.commands)
        while todo:
            command, more = todo[0], todo[1:]
            last = not more and row.goes_on
            if last:
                self._foresee(commit, command, row)
            decision = self._one(commit, command, numbered=len(todo), may_wait=last)
            todo = more
            if not decision.done and not last:
                message = f"row {row.number} carried out a command before which some have to leave"
                raise CannotRebuild(message)
            if last and decision.done:
                row = self._went_on(commit, command, row)
                todo = list(row.commands[1:])
        return commit

    def _foresee(self, commit: _Commit, command: Command | Unknown, row: Journal) -> None:
        """Take what the rows rest on in which a command goes on."""
        for at in range(self._rows.index(row, self.at) + 1, len(self._rows)):
            following = self._rows[at]
            if following.commands[:1] != (command,):
                return
            commit.rest_on(following)
            if len(following.commands) > 1 or not following.goes_on:
                return

    def _went_on(self, commit: _Commit, command: Command | Unknown, row: Journal) -> Journal:
        """Take the rows in which a command went on that is carried out here; return the last."""
        while True:
            row = self._next(row, command)
            commit.rows.append(row)
            if isinstance(command, OfTicket) and (ticket := self.tickets.get(command.ticket)):
                self._keep([self._traced(ticket, row.number)])
            if len(row.commands) > 1 or not row.goes_on:
                return row

    def _traced(self, ticket: Ticket, number: int) -> Ticket:
        """Return a ticket with one more commit, if the order itself did something in it."""
        stored = self._accepted.stored.get((self.queue.id, ticket.key))
        if stored is None or number not in stored.commits:
            return ticket
        return ticket.traced(number)

    def _next(self, row: Journal, command: Command | Unknown) -> Journal:
        """Return the row in which a command went on."""
        at = self._rows.index(row, self.at) + 1
        following = self._rows[at] if at < len(self._rows) else None
        if following is None or following.commands[:1] != (command,):
            message = f"row {row.number} holds a command that is not carried out to its end"
            raise CannotRebuild(message)
        if following.settings != row.settings:
            message = f"the settings changed amid a command, at row {following.number}"
            raise CannotRebuild(message)
        return following

    def _one(
        self, commit: _Commit, kept: Command | Unknown, *, numbered: int, may_wait: bool
    ) -> Decision:
        """Carry out one command, whole, or let those leave who have to before it."""
        row = commit.rows[-1]
        terms = self._accepted.terms.get(row.settings)
        plan = plan_of(self.queue.id, terms) if terms else None
        if isinstance(kept, Unknown) or terms is None or plan is None:
            message = f"row {row.number} is of a release that knows more"
            raise CannotRebuild(message)
        command = self._with_cuts(row, kept)
        self._let_come(row, command)
        self.queue = replace(self.queue, version=row.number - 1)
        keyed = Keyed(f"{row.number:020d}#{-numbered}", command)
        merges = isinstance(command, Merge | MergeHome)
        moves = row.rests_on.get(HANDED_OVER, 0) if merges else None
        decision = None
        if may_wait:
            decision = self._decide(commit, keyed, plan, ROOM, moves)
        if decision is None or decision.done or decision.queue.progress:
            decision = self._decide(commit, keyed, plan, UNLIMITED, moves)
        self._apply(commit, command, decision, terms.zone)
        return decision

    def _with_cuts(self, row: Journal, kept: Command) -> Command:
        """Return a command with what its refund cuts, which long ones do not keep."""
        if not isinstance(kept, RefundOrder):
            return kept
        if kept.merged_from != NO_QUEUE:
            return self._accepted.told[self.queue.id, kept.ticket, kept.refund]
        order = self._order(row, kept.order)
        refund = self._accepted.refunds.get((order.id, kept.refund))
        if refund is None:
            message = f"row {row.number} refunds {order.id} by {kept.refund}, which is not stored"
            raise CannotRebuild(message)
        cuts: tuple[Cut, ...] = cuts_of(self.queue.id, order, refund)
        left = self._refunded.get(order.id) or as_accepted(order)
        left = self._refunded[order.id] = repriced(left.plus(refund.amounts))
        bounds = kept.bounds or (() if kept.cuts else bounds_of(self.queue.id, left))
        return replace(kept, cuts=cuts, bounds=bounds)

    def _let_come(self, row: Journal, command: Command) -> None:
        """Have the tickets there that come with a command."""
        if isinstance(command, Join) and command.ticket not in self.tickets:
            self._keep([self._first_ticket(row, command)])
        elif isinstance(command, Receive) and command.merged_from == NO_QUEUE:
            self._keep(import_at_first(self._stored(row, key)) for key in command.tickets)
        elif isinstance(command, Receive | OfTicket):
            keys = command.tickets if isinstance(command, Receive) else (command.ticket,)
            handed = self._accepted.handed
            new = (key for key in keys if key.merged_from and key not in self.tickets)
            self._keep(handed[self.queue.id, key] for key in new)

    def _first_ticket(self, row: Journal, command: OfTicket) -> Ticket:
        made, order = self._repurchases.get(command.ticket), self._order(row, command.order)
        stored = self._stored(row, command.ticket)
        if made:
            digest = stored.order_digest
            return replace(repurchased_at_first(made, order), order_digest=digest)
        terms = self._accepted.terms.get(order.settings)
        if terms is None:
            message = f"settings {order.settings}, by which {order.id} was priced, are not stored"
            raise CannotRebuild(message)
        return ticket_at_first(order, stored, terms)

    def _order(self, row: Journal, name: OrderId) -> Order:
        found = self._accepted.orders.get(name)
        if found is None:
            message = f"row {row.number} is about order {name}, which is not stored"
            raise CannotRebuild(message)
        return found

    def _stored(self, row: Journal, key: TicketKey) -> Ticket:
        found = self._accepted.stored.get((self.queue.id, key))
        if found is None:
            message = f"row {row.number} is about a ticket of {key.order} that is not stored"
            raise CannotRebuild(message)
        return found

    def _decide(
        self, commit: _Commit, keyed: Keyed, plan: Plan, rows: int, moves: int | None
    ) -> Decision:
        state = LoadedState(moves=moves)
        state.keep(self._line.tickets(tickets_of([keyed])))
        state.holds = commit.holds_by_member()
        asked: set[DataRequest] = set()
        while True:
            decision = decide(self.queue, state, [keyed], plan, rows, in_runs=False)
            if isinstance(decision, Decision):
                return decision
            if decision in asked:
                message = f"row {commit.rows[0].number} rests on {decision}, which is not there"
                raise CannotRebuild(message)
            asked.add(decision)
            self._load(commit, state, plan, decision)

    def _load(
        self,
        commit: _Commit,
        state: LoadedState,
        plan: Plan,
        request: DataRequest,
    ) -> None:
        match request:
            case FirstPayable(start, count):
                tickets, end = self._line.payable(
                    self.queue, start=start, count=count, completed_only=plan.completed_first
                )
                state.line = Window(start, end, count)
                state.keep(tickets)
            case FirstWaiting(count, start):
                tickets, _ = self._line.payable(
                    self.queue, start=start, count=count, completed_only=False
                )
                tickets.sort(key=lambda ticket: ticket.place or 0)
                state.keep(tickets)
                state.first_waiting = tuple(ticket.key for ticket in tickets)
            case OldestEntryOf(member):
                state.keep(self._waiting_of(member))
                state.members[member] = Window(0, None)
            case TicketsOf(member, order):
                found = (self.tickets[key] for key in self._by_member.get(member, ()))
                state.keep(ticket for ticket in found if ticket.order == order)
                state.orders.add(request)
            case WalletOf(member):
                state.wallets[member] = Wallet(member, 0, dict(_balances(commit, member)))
            case RebatesOn(day):
                state.rebates[day] = DailyRebates(
                    day, commit.rebates.get(paid_on_day(day), NOTHING)
                )
            case TicketKey():
                state.keep(self._line.tickets([request]))
                state.absent.update({request} - state.tickets.keys())

    def _waiting_of(self, member: MemberId) -> list[Ticket]:
        """Return a member's tickets that wait in line; those that ended are forgotten."""
        found = [self.tickets[key] for key in self._by_member.get(member, ())]
        waiting = [t for t in found if t.has_waiting and not self.queue.has_cleared(t)]
        self._by_member[member] = [t.key for t in found if t.place is None or t in waiting]
        return [t for t in waiting if t.place is not None]

    def _apply(self, commit: _Commit, command: Command, decision: Decision, zone: ZoneInfo) -> None:
        """Let what was decided be so."""
        before = self.queue
        after, written = self._line.updated(before, decision.queue, decision.changes)
        ages = ages_after(before, decision, zone)
        self.queue = replace(after, version=commit.rows[-1].number, ages=ages)
        self._line.learn(written, ())
        self._keep(change.after for change in decision.changes)
        self._count(command, before, decision, zone)
        for (member, pocket), amount in decision.credits.items():
            name = wallet(member, pocket)
            commit.wallets[name] = commit.wallets.get(name, NOTHING) + amount
        for rebates in decision.rebates:
            commit.rebates[paid_on_day(rebates.day)] = rebates.amount
        for hold in decision.holds:
            key = hold.member, hold.id
            known = commit.holds.get(key)
            self._accepted.holds[hold.member, hold.order] += hold.amount - (
                known.amount if known else 0
            )
            commit.holds[key] = hold
        commit.entries += decision.journal
        commit.events += [*decision.events, *self._follow(decision)]
        self._pass_on(decision)

    def _count(self, command: Command, before: Queue, decision: Decision, zone: ZoneInfo) -> None:
        name = (day_of(command.at, zone).isoformat(), before.id)
        day = self._accepted.days.get(name) or DayFigures(*name)
        self._accepted.days[name] = with_commit(day, before, decision, zone)

    def _follow(self, decision: Decision) -> Iterator[RepurchaseMissed]:
        """Keep the tickets of forced repurchases; yield those that were not made (Rule 4.5)."""
        for each in decision.follow_ups:
            ticket = each.ticket
            order = self._accepted.orders.get(ticket.order)
            if is_its_repurchase(order, OrderId(ticket.origin or "")):
                self._repurchases[ticket.key] = ticket
            else:
                amount = each.command.repurchase or NOTHING
                yield RepurchaseMissed(ticket.order, ticket.member, amount)

    def _pass_on(self, decision: Decision) -> None:
        """Keep what other queues are told."""
        for ticket in decision.handed_over:
            self._accepted.handed[ticket.queue, ticket.key] = ticket
        for sent in decision.sent:
            command = sent.command
            if isinstance(command, Give | Retain):
                self._accepted.given.add((sent.queue, _given(command)))
            elif isinstance(command, RefundOrder):
                self._accepted.told[sent.queue, command.ticket, command.refund] = command

    def _keep(self, tickets: Iterable[Ticket]) -> None:
        for ticket in tickets:
            if ticket.key not in self.tickets:
                self._by_member.setdefault(ticket.member, []).append(ticket.key)
            self.tickets[ticket.key] = ticket
            self._line.learn((), (ticket,))


def _given(command: Give | Retain) -> Give | Retain:
    """Return what was sent, without in which commit: one over several is decided again as one."""
    return replace(command, commit=0) if isinstance(command, Retain) else command


def _no_store() -> Store:
    store: Store = _NoRows()  # type: ignore[assignment]
    return store


def _balances(commit: _Commit, member: MemberId) -> Iterator[tuple[BalanceType, Amount]]:
    for pocket in (BalanceType.CASH, BalanceType.PENDING):
        if amount := commit.wallets.get(wallet(member, pocket)):
            yield pocket, amount


def _compared(commit: _Commit) -> Iterator[AuditDifference]:
    """Yield where the rows of a commit say something else than what was decided again."""
    first, last = commit.rows[0], commit.rows[-1]
    path = f"journal.{first.source}.{first.number}"
    if first is last:
        if wrong := _first_difference(first.entries, tuple(commit.entries)):
            yield AuditDifference(f"{path}.entries", wrong)
        if wrong := _first_difference(first.events, tuple(commit.events)):
            yield AuditDifference(f"{path}.events", wrong)
        return
    found = _moved(entry for row in commit.rows for entry in row.entries)
    expected = _moved(commit.entries)
    for what in sorted({*found, *expected}, key=str):
        if found[what] != expected[what]:
            rows = f"rows {first.number} to {last.number} move"
            message = f"{rows} {found[what]} in {what}, and {expected[what]} are due"
            yield AuditDifference(path, message)


def _moved(entries: Iterable[JournalEntry]) -> Counter[tuple[object, ...]]:
    """Return what entries move in all; what is in transit between commits is left out."""
    moved: Counter[tuple[object, ...]] = Counter()
    for entry in entries:
        for posting in entry.postings:
            if parts_of(posting.account)[1] != QueueAccount.TRANSIT:
                what = (entry.kind, entry.order, entry.line, posting.account, posting.entry)
                moved[*what, posting.reason] += posting.amount
    return moved


def _first_difference(found: Sequence[object], expected: Sequence[object]) -> str | None:
    """Return the first in which two lists differ, None if they do not."""
    for at in range(max(len(found), len(expected))):
        one = found[at] if at < len(found) else "nothing"
        other = expected[at] if at < len(expected) else "nothing"
        if one != other:
            return f"number {at + 1} is {one}, and should be {other}"
    return None
