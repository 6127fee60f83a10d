"""Settling a queue: its commands are carried out in order, many to a transaction.

One settler at a time makes progress, and any number may try: the queue's row is written under
the condition that nobody else wrote it since it was read. What proves that a command was carried
out, its ticket's row or its disappearance from the inbox (see `rebate.usecases.inbox`), changes in
the same transaction as the money.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from rebate.domain.book import Book, Heads, Need, OldestOf, RebatesOn, Standers, WalletOf, Window
from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Keyed
from rebate.domain.engine import Decision, FollowUp, decide, tickets_of
from rebate.domain.errors import Conflict
from rebate.domain.events import RepurchaseMissed
from rebate.domain.holds import Hold
from rebate.domain.ledger import JournalEntry, Pocket, parts_of
from rebate.domain.names import MemberId, OrderId, QueueId, TicketKey
from rebate.domain.orders import Order
from rebate.domain.places import nodes_above, update
from rebate.domain.plan import Plan
from rebate.domain.plans import referral
from rebate.domain.queues import Lease, Queue
from rebate.domain.times import SECOND, Instant, later
from rebate.domain.wallets import Wallet
from rebate.usecases.inbox import Pile, Waiting, insist_unsettled, read_inbox
from rebate.usecases.line import Line
from rebate.usecases.orders import load_order
from rebate.usecases.pay_commissions import CommissionDesk
from rebate.usecases.plans import plan_of
from rebate.usecases.ports import WRITES_MAX, Clock, Credit, Put, Remove, Store, Write
from rebate.usecases.rows import (
    Answer,
    Inbox,
    Journal,
    Key,
    Movement,
    Statement,
    joined,
    key_of,
    number,
)
from rebate.usecases.settings import SettingsReader

ROOM = WRITES_MAX - 4
"""Rows that a decision may write; the queue, its journal and a growing index need the others."""

HEADS_AHEAD_MAX = 64
"""Tickets at the head of a line that are loaded before a decision asks for them."""

LEASE = 10 * SECOND
"""How long others leave a queue alone whose settler has more to do; a crash costs no more."""

CONFLICTS_MAX = 20
"""Conflicts in a row after which a settler leaves the queue to others."""

ANSWERS_KEPT = 86_400
"""Seconds for which the answer to a command can be fetched."""


@dataclass(slots=True)
class Settled:
    """What a settler did: commands carried out, commits, and conflicts with other settlers.

    `busy`: another settler has the queue and will go on. `unseen`: commands wait for the rest of
    their event to be stored. `unfinished`: time was up before the inbox was empty.
    """

    queue: QueueId
    commands: int = 0
    commits: int = 0
    conflicts: int = 0
    busy: bool = False
    unseen: bool = False
    unfinished: bool = False
    oldest: Instant | None = None


@dataclass(slots=True)
class Settler:
    """Settles queues; `name` tells this settler from others, `pause` waits between conflicts."""

    store: Store
    clock: Clock
    settings: SettingsReader
    commissions: CommissionDesk
    name: str
    pause: Callable[[int], None] = field(default=lambda _: None)
    patience: int = 20 * SECOND
    _until: Instant = field(default=Instant(0), init=False)

    def settle(self, queue: QueueId) -> Settled:
        """Carry out all that waits for a queue, as far as `patience` (microseconds) allows.

        Raises:
            Conflict: others kept winning; what they left will be settled by the next ring.
        """
        done = Settled(queue)
        self._until = later(self.clock.now(), self.patience)
        order = referral.order_of(queue)
        if order is not None:
            done.commands = self.commissions.settle(order)
            return done
        while True:
            try:
                if not self._run(done):
                    return done
            except Conflict:
                done.conflicts += 1
                if done.conflicts == CONFLICTS_MAX:
                    raise
                self.pause(done.conflicts)

    def _run(self, done: Settled) -> bool:
        """Settle what the inbox holds now; False if there is nothing left to do."""
        queue = self.store.get(Queue, Key(done.queue)) or Queue(done.queue)
        lease = queue.lease
        if lease and lease.holder != self.name and lease.until > self.clock.now():
            done.busy = True
            return False
        line = Line(self.store, queue.id)
        pile = read_inbox(self.store, queue, line, self.clock.now())
        done.unseen |= pile.unseen
        if not pile.waiting:
            return False
        done.oldest = done.oldest or pile.waiting[0].command.at
        while pile.waiting:
            queue, decision = self._commit(queue, line, pile)
            pile.take(decision.done)
            done.commits += 1
            done.commands += decision.done
            if decision.follow_ups:
                return True
            if queue.lease is None and pile.waiting:
                done.unfinished = True
                return False
        return True

    def _commit(self, queue: Queue, line: Line, pile: Pile) -> tuple[Queue, Decision]:
        """Decide the first of `pile` and store what follows; return the queue as stored."""
        plan = plan_of(queue.id, self.settings.in_force().settings)
        decision, book = self._decide(queue, line, pile.first(ROOM), plan)
        decision = self._without_known(decision)
        more = decision.done < len(pile.waiting) or bool(decision.follow_ups)
        now = self.clock.now()
        lease = Lease(self.name, later(now, LEASE)) if more and now < self._until else None
        nodes = line.nodes(
            key
            for change in decision.changes
            if change.after.place is not None
            for key in nodes_above(decision.queue, change.after.place)
        )
        after, written = update(decision.queue, nodes, decision.changes)
        after = replace(after, version=queue.version + 1, lease=lease)
        tickets = [change.after for change in decision.changes]
        writes: list[Write] = [Put(after, expects=queue.version)]
        writes += map(Put, tickets)
        writes += map(Put, written)
        writes += pile.emptied(decision.done)
        writes += self._money(after, decision, book, now)
        writes += _answers(pile.waiting[: decision.done], decision, now)
        for follow_up in decision.follow_ups:
            writes += self._follow_up(queue.id, follow_up)
        writes += _dispatch(after, decision, now)
        self.store.commit(writes)
        line.learn(written, tickets)
        return after, decision

    def _decide(
        self, queue: Queue, line: Line, commands: Sequence[Keyed], plan: Plan
    ) -> tuple[Decision, Book]:
        """Decide, loading what is needed until nothing is missing."""
        book = Book()
        book.keep(line.tickets(tickets_of(commands)))
        if line.heads:
            self._load(book, line, queue, plan, Heads(0, line.heads))
        asked: set[Need] = set()
        while True:
            decision = decide(queue, book, commands, plan, ROOM)
            if isinstance(decision, Decision):
                return decision, book
            if decision in asked:
                self._explain(queue, decision)
            asked.add(decision)
            self._load(book, line, queue, plan, decision)

    def _explain(self, queue: Queue, need: Need) -> NoReturn:
        """Tell why what is needed is not there, though it was asked for.

        Raises:
            Conflict: the queue was settled, or a command came in after one that was read before it.
        """
        insist_unsettled(self.store, queue)
        if isinstance(need, TicketKey):
            message = f"queue {queue.id} knows order {need.order}, and not yet that it was paid"
            raise Conflict(message)
        raise AssertionError(f"queue {queue.id} has no {need}")

    def _load(self, book: Book, line: Line, queue: Queue, plan: Plan, need: Need) -> None:
        match need:
            case Heads(start, count):
                tickets, end = line.payable(
                    queue, start=start, count=count, completed_only=plan.completed_first
                )
                book.line = Window(start, end, count)
                book.keep(tickets)
                line.heads = line.heads if start else min(count, HEADS_AHEAD_MAX)
            case Standers(count):
                tickets, _ = line.payable(queue, start=0, count=count, completed_only=False)
                tickets.sort(key=lambda ticket: ticket.place or 0)
                book.keep(tickets)
                book.standers = tuple(ticket.key for ticket in tickets)
            case OldestOf(member, count):
                tickets = self.store.waiting_tickets(
                    member, queue.id, from_place=queue.cleared_below, limit=count
                )
                line.learn([], tickets)
                full = len(tickets) == count
                book.members[member] = Window(0, tickets[-1].place if full else None, count)
                book.keep(tickets)
            case WalletOf(member):
                book.wallets[member] = self.store.get(Wallet, Key(member)) or Wallet(member)
                if book.wallets[member].has(Pocket.PENDING):
                    book.holds[member] = tuple(self.store.query(Hold, member))
            case RebatesOn(day):
                book.rebates[day] = self.store.get(DailyRebates, Key(day)) or DailyRebates(day)
            case TicketKey():
                tickets = line.tickets([need])
                book.keep(tickets)
                book.absent.update({need} - {ticket.key for ticket in tickets})

    def _money(self, after: Queue, decision: Decision, book: Book, now: Instant) -> list[Write]:
        """Return the journal row, and wallets and statements of all whose money moved."""
        writes: list[Write] = []
        if decision.journal or decision.events:
            row = Journal(after.id, after.version, now, decision.journal, decision.events)
            writes.append(Put(row))
        credited: dict[MemberId, list[tuple[Pocket, int]]] = {}
        for (member, pocket), amount in decision.credits.items():
            credited.setdefault(member, []).append((pocket, amount))
        movements = _movements(decision.journal)
        for member in sorted({*credited, *decision.consulted}):
            expects = book.wallets[member].version if member in decision.consulted else None
            writes.append(Credit(member, tuple(credited.get(member, ())), expects))
        writes += [
            Put(hold) if hold.amount else Remove(Hold, key_of(hold)) for hold in decision.holds
        ]
        writes += [
            Put(replace(day, version=day.version + 1), expects=day.version)
            for day in decision.rebates
        ]
        writes += [
            Put(Statement(member, now, after.id, after.version, tuple(moved)))
            for member, moved in movements.items()
        ]
        return writes

    def _without_known(self, decision: Decision) -> Decision:
        """Leave out forced repurchases whose order id the shop has used; members are told."""
        known = self.store.get_many(Order, {Key(each.ticket.order) for each in decision.follow_ups})
        if not known:
            return decision
        missed = [each for each in decision.follow_ups if Key(each.ticket.order) in known]
        told = tuple(
            RepurchaseMissed(each.ticket.order, each.ticket.member, each.command.repurchase or 0)
            for each in missed
        )
        made = tuple(each for each in decision.follow_ups if each not in missed)
        return replace(decision, follow_ups=made, events=(*decision.events, *told))

    def _follow_up(self, queue: QueueId, follow_up: FollowUp) -> list[Write]:
        """Return order, ticket and command of a forced repurchase (Rule 4.4)."""
        ticket = follow_up.ticket
        bought = load_order(self.store, OrderId(ticket.origin or ticket.order))
        again = Order(
            id=ticket.order,
            version=1,
            digest=f"repurchase of {bought.id}",
            member=ticket.member,
            referrer=ticket.referrer,
            channel=bought.channel,
            store=bought.store,
            paid_at=follow_up.command.at,
            completed_at=follow_up.command.at,
            lines=tuple(replace(line, queue=None) for line in bought.lines),
            queues=(queue,),
            settings=bought.settings,
            repurchase_of=bought.id,
        )
        row = Inbox(queue, f"{follow_up.cause}!", follow_up.command)
        return [Put(again, expects=0), Put(ticket), Put(row)]


def _movements(journal: Iterable[JournalEntry]) -> dict[MemberId, list[Movement]]:
    """Return what each member's statement says of these entries."""
    moved: dict[MemberId, list[Movement]] = {}
    for entry in journal:
        for posting in entry.postings:
            kind, pocket, owner = parts_of(posting.account)
            if kind == "wallet":
                movement = Movement(
                    entry.kind,
                    Pocket(pocket),
                    posting.amount,
                    entry.order,
                    posting.entry,
                    posting.reason,
                )
                moved.setdefault(MemberId(owner), []).append(movement)
    return moved


def _dispatch(after: Queue, decision: Decision, now: Instant) -> Iterator[Write]:
    """Yield what goes to other queues; the commit's number makes its name there unique."""
    for place, sent in enumerate(decision.sent):
        at = number(sent.command.at)
        sort = joined(at, number(now), after.id, number(after.version), number(place))
        yield Put(Inbox(sent.queue, sort, sent.command))
    yield from map(Put, decision.handed_over)


def _answers(done: Iterable[Waiting], decision: Decision, now: Instant) -> list[Write]:
    """Return the outcome of commands that somebody waits for."""
    refused = {each.key: each.code for each in decision.refused}
    expires = now // SECOND + ANSWERS_KEPT
    return [
        Put(Answer(each.request, refused.get(each.sort), expires)) for each in done if each.request
    ]
