"""One settler's work on a queue: what waits is decided and stored, commit after commit.

While one commit is on its way the next is decided, as if it were stored already. If it is not, so
is nothing that follows: each is made under the version of the queue that the one before leaves.
"""

from functools import partial
from itertools import takewhile
from typing import NoReturn
from zoneinfo import ZoneInfo

from rebate.domain.commands import ExchangeEntry, Join, Keyed
from rebate.domain.day_figures import ages_after, with_commit
from rebate.domain.days import DayFigures, counted
from rebate.domain.engine import Decision, FollowUp, decide, tickets_of
from rebate.domain.errors import Conflict
from rebate.domain.events import RepurchaseMissed
from rebate.domain.fingerprints import fingerprint
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType
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
from rebate.domain.money import NOTHING
from rebate.domain.names import OrderId, QueueId, TicketKey
from rebate.domain.orders import Order
from rebate.domain.plan import Plan
from rebate.domain.queues import Lease, Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, day_of, ends_of_day
from rebate.domain.wallets import Wallet
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.settlement.day_sums import rebates_on
from rebate.usecases.settlement.pending_commands import PendingCommands, insist_unsettled
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.settlement.writes import (
    answers,
    dispatched,
    frozen_love,
    journal_row,
    money,
    repurchased,
)
from rebate.usecases.storage.ports import WRITES_MAX, CommitRunner, Put, Store, Work, Write
from rebate.usecases.storage.queue_list import entered
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key, day_key

ROOM = WRITES_MAX - 6
"""Rows that a decision may write; the queue, its journal, two days and a growing index need the
others."""

LOT_ROWS, LOTS_MAX = 2, 16
"""Rows beside those of a decision by which a member's frozen love value is thawed later, and of how
many members at most: each exchange writes four rows at least, so more do not fit into the rest."""

HEADS_MAX = 64
"""Tickets at the head of a line that a decision gets before it asks for them."""


JOINS_A_HEAD = 8
"""Orders to a ticket at the head of the line that they are given before they ask for it. A lone one
asks for what it needs; many would all be decided again each time that they do."""


@dataclass(slots=True)
class Settled:
    """What a settler did: commands carried out, commits, and conflicts with other settlers.

    `busy`: another settler has the queue and will go on. `unseen`: commands wait for the rest of
    their event to be stored. `unfinished`: time was up before the inbox was empty. `unknown`: what
    only a later release knows, the queue's plan or a command; it and what came after wait for one.
    `too_much_borne`: a refund passed what may be borne a day. `parked` commands cannot be carried
    out, and the queue went on without them.
    """

    queue: QueueId
    commands: int = 0
    commits: int = 0
    conflicts: int = 0
    busy: bool = False
    unseen: bool = False
    unfinished: bool = False
    unknown: str | None = None
    too_much_borne: bool = False
    parked: int = 0
    oldest: Instant | None = None


@dataclass(slots=True)
class Settlement:
    """A queue, its line and what waits for it, as they are after the last commit.

    `done` counts what is stored. `_heads` is how many tickets at the head of the line the last
    decision wanted; the next one will want about as many. `_under_way` waits for a commit.
    It is settled under the version `settings`, by the days of `zone`, and `_day` is the last that
    was. `leased`: others left the queue to this settler for a while. `followed`: its own commands
    came.
    """

    store: Store
    line: QueueReader
    queue: Queue
    pile: PendingCommands
    done: Settled
    aside: CommitRunner
    zone: ZoneInfo
    settings: int = 0
    leased: bool = False
    followed: bool = False
    _heads: int = 0
    _under_way: Work | None = None
    _day: DayFigures | None = None

    def decide(self, plan: Plan, most: int = ROOM) -> tuple[Decision, LoadedState]:
        """Decide the first commands that wait, `most` of them, as far as they fit.

        What is needed is loaded until nothing is missing.

        Raises:
            Conflict: somebody else settles the queue.
        """
        commands = self._of_one_day(self.pile.first(most))
        first = entered(self.queue)
        room = ROOM - len(first) - LOT_ROWS * min(LOTS_MAX, sum(map(_freezes, commands)))
        state = LoadedState()
        state.keep(self.line.tickets(tickets_of(commands)))
        joins = sum(isinstance(each.command, Join) for each in commands)
        if heads := max(self._heads, joins // JOINS_A_HEAD):
            self._load(state, plan, FirstPayable(0, heads))
        asked: set[DataRequest] = set()
        while True:
            decision = decide(self.queue, state, commands, plan, room)
            if isinstance(decision, Decision):
                return self._without_known(decision), state
            if decision in asked:
                self._explain(decision)
            asked.add(decision)
            self._load(state, plan, decision)

    def commit(
        self, decision: Decision, state: LoadedState, now: Instant, lease: Lease | None
    ) -> None:
        """Store what was decided, once the commit before is stored; `land` waits for it.

        Raises:
            Conflict: somebody else settles the queue.
        """
        after, written = self.line.updated(self.queue, decision.queue, decision.changes)
        ages = ages_after(self.queue, decision, self.zone)
        version = self.queue.version + 1
        after = replace(after, version=version, lease=lease, ages=ages, failing=None)
        row = journal_row(after, decision, state, self.pile.waiting, now, self.settings)
        day = with_commit(self._today(), self.queue, decision, self.zone)
        open_day, days = counted(self.queue.day, day)
        after = replace(after, head=fingerprint(row), day=open_day)
        tickets = [change.after for change in decision.changes]
        writes: list[Write] = [Put(after, expects=self.queue.version), *map(Put, days)]
        writes += entered(self.queue)
        writes += map(Put, tickets)
        writes += map(Put, written)
        writes += self.pile.emptied(decision.done)
        writes.append(Put(row))
        writes += money(after, decision, state, now)
        writes += frozen_love(after, decision, self.pile.waiting[: decision.done])
        writes += answers(self.pile.waiting[: decision.done], decision, now)
        for follow_up in decision.follow_ups:
            origin = OrderId(follow_up.ticket.origin or follow_up.ticket.order)
            writes += repurchased(after.id, follow_up, load_order(self.store, origin))
        writes += dispatched(after, decision, now)
        self.land()
        self.leased |= lease is not None
        self.followed |= bool(decision.follow_ups)
        self._under_way = self.aside(partial(self._store, writes, decision.done))
        self.line.learn(written, tickets)
        self.pile.take(decision.done)
        self.queue, self._day = after, day

    def _of_one_day(self, commands: list[Keyed]) -> list[Keyed]:
        """Return the first commands, of one day of the shop: a commit belongs to one day.

        Behind one that was begun may stand earlier ones, which came since.
        """
        begins = commands[0].command.at
        ends, day = ends_of_day(begins, self.zone), day_of(begins, self.zone)

        def is_of_day(keyed: Keyed) -> bool:
            at = keyed.command.at
            return at < ends and (at >= begins or day_of(at, self.zone) == day)

        return list(takewhile(is_of_day, commands))

    def _today(self) -> DayFigures:
        """Return the day of the first command that waits, as it is after the last commit."""
        day = day_of(self.pile.waiting[0].command.at, self.zone).isoformat()
        for last in (self.queue.day, self._day):
            if last is not None and last.day == day:
                return last
        self.land()
        known = self.store.get(DayFigures, day_key(day, self.queue.id))
        return replace(known, open=False) if known else DayFigures(day, self.queue.id)

    def land(self) -> None:
        """Wait until all is stored that was committed.

        Raises:
            Conflict: somebody else settles the queue.
        """
        under_way, self._under_way = self._under_way, None
        if under_way:
            under_way()

    def _store(self, writes: list[Write], commands: int) -> None:
        self.store.commit(writes)
        self.done.commits += 1
        self.done.commands += commands

    def _explain(self, request: DataRequest) -> NoReturn:
        """Tell why what is needed is not there, though it was asked for.

        Raises:
            Conflict: the queue was settled, or a command came in after one that was read before it.
        """
        self.land()
        insist_unsettled(self.store, self.queue)
        if isinstance(request, TicketKey):
            message = f"queue {self.queue.id} knows order {request.order} before it was paid"
            raise Conflict(message)
        raise AssertionError(f"queue {self.queue.id} has no {request}")

    def _load(self, state: LoadedState, plan: Plan, request: DataRequest) -> None:
        """Load what a decision needs; the line knows of a commit under way, the store may not."""
        if not isinstance(request, FirstPayable | FirstWaiting | TicketKey):
            self.land()
        match request:
            case FirstPayable(start, count):
                tickets, end = self.line.payable(
                    self.queue, start=start, count=count, completed_only=plan.completed_first
                )
                state.line = Window(start, end, count)
                state.keep(tickets)
                self._heads = self._heads if start else min(count, HEADS_MAX)
            case FirstWaiting(count, start):
                tickets, _ = self.line.payable(
                    self.queue, start=start, count=count, completed_only=False
                )
                tickets.sort(key=lambda ticket: ticket.place or 0)
                state.keep(tickets)
                state.first_waiting = tuple(ticket.key for ticket in tickets)
            case OldestEntryOf(member, count):
                tickets = self.store.waiting_tickets(
                    member, self.queue.id, from_place=self.queue.cleared_below, limit=count
                )
                self.line.learn([], tickets)
                full = len(tickets) == count
                state.members[member] = Window(0, tickets[-1].place if full else None, count)
                state.keep(tickets)
            case TicketsOf(member, order):
                state.keep(self.line.tickets_of(member, order))
                state.orders.add(request)
            case WalletOf(member):
                state.wallets[member] = self.store.get(Wallet, Key(member)) or Wallet(member)
                if state.wallets[member].has(BalanceType.PENDING):
                    state.holds[member] = tuple(self.store.query(Hold, member))
            case RebatesOn(day):
                state.rebates[day] = rebates_on(self.store, day, self.settings)
            case TicketKey():
                tickets = self.line.tickets([request])
                state.keep(tickets)
                state.absent.update({request} - {ticket.key for ticket in tickets})

    def _without_known(self, decision: Decision) -> Decision:
        """Leave out forced repurchases whose order id the shop has used; members are told."""
        if not decision.follow_ups:
            return decision
        self.land()
        orders = {Key(each.ticket.order) for each in decision.follow_ups}
        known = self.store.get_many(Order, orders)
        missed = [each for each in decision.follow_ups if Key(each.ticket.order) in known]
        told = tuple(
            RepurchaseMissed(
                each.ticket.order, each.ticket.member, each.command.repurchase or NOTHING
            )
            for each in missed
        )
        made = tuple(
            self._with_referrer(each) for each in decision.follow_ups if each not in missed
        )
        return replace(decision, follow_ups=made, events=(*decision.events, *told))

    def _with_referrer(self, repurchase: FollowUp) -> FollowUp:
        """Let a repurchase reward whoever is the member's referrer now (Rule 4.4)."""
        member = self.store.get(Member, Key(repurchase.ticket.member))
        referrer = member.referrer if member else None
        return replace(repurchase, ticket=replace(repurchase.ticket, referrer=referrer))


def _freezes(keyed: Keyed) -> bool:
    command = keyed.command
    return isinstance(command, ExchangeEntry) and command.into is BalanceType.LOVE_FROZEN
