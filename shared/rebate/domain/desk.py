"""The desk at which commands are carried out: what is known of a queue, and what changes.

A desk is made from loaded rows and thrown away after one decision; the rows themselves never
change. It stops a decision in two ways: `Missing` where a row is needed that was not loaded,
`Full` where its `room` has none for the next step.
"""

from collections.abc import Callable, Iterator

from rebate.domain.book import Book, Missing, RebatesOn, Spot, Standers, WalletOf
from rebate.domain.caps import DailyRebates
from rebate.domain.commands import Command
from rebate.domain.draws import Group, takes_points
from rebate.domain.events import (
    EntryCompleted,
    EntryConverted,
    EntryJoined,
    Event,
    RebateCapped,
    RebatePaid,
)
from rebate.domain.holds import Hold, taken_from
from rebate.domain.ledger import Draft, JournalEntry, Pocket, Reason, Till, issued, till, wallet
from rebate.domain.lineup import Lineup
from rebate.domain.money import Amount, Bps, exchanged
from rebate.domain.names import GUEST, MemberId, OrderId, QueueId
from rebate.domain.places import Change, NodeKey, nodes_above
from rebate.domain.plan import Plan
from rebate.domain.queues import InFlight, Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.room import ROWS_PER_FOLLOW_UP, ROWS_PER_WALLET, ROWS_TOLD, Room, Touched
from rebate.domain.tickets import Conversion, Entry, Standing, Status, Ticket
from rebate.domain.times import Instant


@dataclass(slots=True)
class Gift:
    """An amount that is being dealt out: a part of a contribution, or the pool (`ticket` None).

    `left` is still to be dealt; `own` is how much of it the order itself contributed;
    `withheld` is what the daily cap cut off, for the pool.
    """

    draft: Draft
    at: Instant
    left: Amount
    own: Amount = 0
    withheld: Amount = 0
    ticket: Ticket | None = None
    line: int | None = None
    part: int = 0
    passes_over: OrderId | None = None
    each: Amount | None = None
    place: int = 0
    ordinal: int = -1
    served: int = 0

    def in_flight(self) -> InFlight:
        """Return what has to be remembered to go on later."""
        return InFlight(
            self.left,
            self.line,
            self.part,
            self.each,
            self.place,
            self.ordinal,
            self.served,
            self.withheld,
        )

    def go_on_from(self, flight: InFlight) -> None:
        """Remember how far an earlier commit came in dealing this out."""
        self.left, self.withheld = flight.left, flight.withheld
        self.each, self.served = flight.each, flight.served
        self.place, self.ordinal = flight.place, flight.ordinal


@dataclass(frozen=True, slots=True)
class Sent:
    """A command for another queue."""

    queue: QueueId
    command: Command


class Desk:
    """Working state of one decision; see the module's text."""

    def __init__(self, queue: Queue, book: Book, plan: Plan, room: int) -> None:
        """Lay out `queue` and `book`; `room` is how many rows a transaction may write."""
        self.plan = plan
        self.queue = queue
        self.journal: list[JournalEntry] = []
        self.events: list[Event] = []
        self.credits: dict[tuple[MemberId, Pocket], Amount] = {}
        self.holds: dict[tuple[MemberId, str], Hold] = {}
        self.rebates: dict[str, DailyRebates] = {}
        self.departed: list[Ticket] = []
        self.sent: list[Sent] = []
        self.handed_over: list[Ticket] = []
        self.room = Room(room)
        self._book = book
        self._paths: dict[int, list[NodeKey]] = {}
        self.line = Lineup(book, queue.cleared_below, completed_first=plan.completed_first)

    @property
    def waiting(self) -> int:
        """How many entries may be paid at this moment."""
        return self._standing().payable(completed_only=self.plan.completed_first)

    def _standing(self) -> Standing:
        """Return what waits at this moment."""
        moved = (
            Change(before, after).difference
            for before, after in self.changes()
            if not self.queue.has_cleared(after)
        )
        return sum(moved, self.queue.standing)

    def note(self, at: Instant, *, given: Amount) -> None:
        """Count a contribution in the queue's flow."""
        flow = self.queue.flow.plus(at, given=given, gifts=1)
        self.queue = replace(self.queue, flow=flow)

    def send(self, queue: QueueId, command: Command) -> None:
        """Let another queue carry out a command, once this decision is stored."""
        self.sent.append(Sent(queue, command))
        self.room.take(1)

    def hand_over(self, ticket: Ticket) -> None:
        """Keep a new ticket of another queue, which is to join there."""
        self.handed_over.append(ticket)
        self.room.take(1, lines=len(ticket.lines))

    def standers(self, count: int) -> list[Ticket]:
        """Return the first `count` tickets with entries that wait, as they were loaded."""
        if self._book.standers is None:
            raise Missing(Standers(count))
        return [self.line.ticket(key) for key in self._book.standers]

    def join(self, ticket: Ticket, at: Instant) -> Ticket:
        """Give the ticket the next place, and an ordinal to each line that earns an entry."""
        ordinal = self.queue.entries
        lines = []
        for line in ticket.lines:
            if line.earns:
                lines.append(replace(line, entry=Entry(line.entitlement(), ordinal)))
                ordinal += 1
            else:
                lines.append(line)
        place = self.queue.tickets if ordinal > self.queue.entries else None
        joined = replace(ticket, lines=tuple(lines), joined=True, place=place)
        if place is not None:
            promised = sum(line.entry.entitlement or 0 for line in lines if line.entry)
            self.queue = replace(
                self.queue,
                tickets=self.queue.tickets + 1,
                entries=ordinal,
                flow=self.queue.flow.plus(at, promised=promised),
            )
        self.save(joined)
        for index, line in enumerate(joined.lines):
            if line.entry:
                told = len(self.events)
                joined = self._return_at_random(joined, index)
                self.events.insert(told, _joined(joined, index, line.entry))
        return joined

    def _return_at_random(self, ticket: Ticket, index: int) -> Ticket:
        """Rule 1.6.2: an entry on a points place of its group is turned into points at once."""
        makeup = ticket.lines[index].random_return
        ratio = self.plan.exchange_ratio(Pocket.POINTS)
        if makeup is None or ratio is None:
            return ticket
        group = self.queue.group or Group(makeup.cash, makeup.points)
        ticket = ticket.with_entry(index, lambda entry: replace(entry, group=group))
        self.save(ticket)
        for_points = takes_points(group, makeup.luck)
        left = Group(group.cash - (not for_points), group.points - for_points)
        self.queue = replace(self.queue, group=left if left.cash + left.points else None)
        if not for_points:
            return ticket
        draft = Draft("random_return", ticket.order, ticket.lines[index].id)
        spot = Spot(ticket.key, index)
        amount = self.turn_into(draft, spot, Pocket.POINTS, ratio, Status.CONVERTED)
        self.close(draft)
        name = ticket.entry_id(index)
        event = EntryConverted(name, ticket.member, ticket.order, Pocket.POINTS, amount)
        self.events.append(event)
        return self.line.ticket(spot.ticket)

    def turn_into(
        self, draft: Draft, spot: Spot, pocket: Pocket, ratio: Bps, status: Status
    ) -> Amount:
        """End an entry by crediting what it lacks, at `ratio`, to another pocket; return that."""
        amount = exchanged(self.line.entry(spot).lacks, ratio, self.plan.decimals)
        into = Conversion(pocket, ratio, amount)
        ended = replace(self.line.entry(spot), status=status, conversion=into)
        ticket = self.line.ticket(spot.ticket)
        self.save(ticket.with_entry(spot.line, lambda _: ended))
        draft.post(issued(self.queue.id, pocket), -amount)
        self.credit(draft, ticket.member, pocket, amount, spot)
        return amount

    def close(self, draft: Draft) -> None:
        """Enter a draft into the journal, if anything moved."""
        entry = draft.close()
        if entry:
            self.journal.append(entry)

    def save(self, ticket: Ticket) -> None:
        """Keep a changed or new ticket."""
        self.room.touch(ticket, self._above(ticket.place))
        self.line.save(ticket)

    def wallet(self, member: MemberId) -> Callable[[Pocket], Amount]:
        """Return a member's balances as they are now; the commit will insist on them."""
        loaded = self._book.wallets.get(member)
        if loaded is None:
            raise Missing(WalletOf(member))
        self.room.consult(member)
        return lambda pocket: loaded.has(pocket) + self.credits.get((member, pocket), 0)

    def changes(self) -> Iterator[tuple[Ticket | None, Ticket]]:
        """Yield (as loaded, as it is now) of every ticket that was touched."""
        for key in sorted(self.room.tickets, key=lambda k: (self.line.ticket(k).place or 0, k)):
            yield self._book.tickets.get(key), self.line.ticket(key)

    def clear(self, at: Instant) -> None:
        """Set all that waits to zero by one mark (Rule 1.6.3)."""
        self.queue = replace(
            self.queue, cleared_below=self.queue.tickets, cleared_at=at, height=0, top=(), sums=()
        )
        self.line.clear(self.queue.cleared_below)
        self._paths.clear()

    def post(self, draft: Draft, account: Till, amount: Amount) -> None:
        """Post to one of the queue's accounts."""
        draft.post(till(self.queue.id, account), amount)
        if amount:
            tills = dict(self.queue.tills)
            tills[account] = tills.get(account, 0) + amount
            self.queue = replace(self.queue, tills=tills)

    def credit(
        self,
        draft: Draft,
        member: MemberId,
        pocket: Pocket,
        amount: Amount,
        spot: Spot | None = None,
        reason: Reason | None = None,
    ) -> None:
        """Post to a member's wallet (negative: take)."""
        if amount:
            entry = self.line.ticket(spot.ticket).entry_id(spot.line) if spot else None
            draft.post(wallet(member, pocket), amount, entry, reason)
            self.credits[member, pocket] = self.credits.get((member, pocket), 0) + amount
            self.room.pay(member)

    def pay(self, spot: Spot, amount: Amount, gift: Gift, *, reason: Reason = Reason.QUEUE) -> None:
        """Pay an entry out of a gift; it leaves when it has all that it may get.

        Raises:
            Full: before anything changed, if its rows do not fit any more.
        """
        if not amount:
            return
        ticket = self.line.ticket(spot.ticket)
        beside = self._rows_beside(ticket, gift.at)
        self.room.require_step([self._touched(ticket)], [ticket.member], beside=beside)
        entry = self.line.entry(spot)
        amount = self._within_cap(spot, amount, gift)
        paid = replace(entry.plus(amount, reason), rewards=entry.rewards + 1)
        left = (
            paid.rewards == self.plan.rewards_to_exit
            if paid.entitlement is None
            else not paid.lacks
        )
        if left:
            paid = replace(paid, status=Status.COMPLETED)
        gift.left -= amount
        self.save(ticket.with_entry(spot.line, lambda _: paid))
        pocket = self._hold(ticket, amount, gift.at)
        self.credit(gift.draft, ticket.member, pocket, amount, spot, reason)
        source = gift.ticket.order if gift.ticket else None
        name = ticket.entry_id(spot.line)
        if amount:
            self.events.append(
                RebatePaid(name, ticket.member, ticket.order, amount, pocket, source, reason)
            )
        if left:
            self.events.append(EntryCompleted(name, ticket.member, ticket.order, paid.paid))
            self.departed.append(ticket)
            self.room.take(ROWS_PER_FOLLOW_UP if self.plan.repurchase else 0)

    def _within_cap(self, spot: Spot, due: Amount, gift: Gift) -> Amount:
        """Return what may still be paid today of what is due; the rest is withheld (Rule 8.4)."""
        cap = self.plan.daily_cap
        if cap is None:
            return due
        day = cap.day_of(gift.at)
        known = self.rebates.get(day) or self._book.rebates.get(day)
        if known is None:
            raise Missing(RebatesOn(day))
        paid = min(due, max(0, cap.most - known.amount))
        self.room.keep(day)
        self.rebates[day] = replace(known, amount=known.amount + paid)
        if paid < due:
            gift.left -= due - paid
            gift.withheld += due - paid
            ticket = self.line.ticket(spot.ticket)
            name = ticket.entry_id(spot.line)
            self.events.append(RebateCapped(name, ticket.member, ticket.order, due, paid))
        return paid

    def withhold_behind(self, head: Spot, gift: Gift) -> None:
        """Withhold what those behind `head`, where the cap was met, would have had of a gift.

        The order that gives passes its own entries over, so they would have had nothing.
        """
        completed_only = self.plan.completed_first
        owed = self._standing().payable_owed(completed_only=completed_only)
        owed -= self.line.entry(head).lacks
        own = self.line.ticket(gift.ticket.key) if gift.ticket and gift.passes_over else None
        if own and not self.queue.has_cleared(own):
            owed -= own.standing.payable_owed(completed_only=completed_only)
        withheld = min(gift.left, owed)
        gift.left -= withheld
        gift.withheld += withheld

    def _hold(self, ticket: Ticket, amount: Amount, at: Instant) -> Pocket:
        """Return where a rebate goes: what the plan holds is pending until it is due."""
        key = self._hold_key(ticket)
        held = self.holds.get(key) or Hold(key[1], *key[:1], ticket.order, 0, self.plan.hold_days)
        if not self.plan.hold_days or held.is_due(ticket.completed_at, at):
            return Pocket.CASH
        self._keep_hold(ticket.member, replace(held, amount=held.amount + amount))
        return Pocket.PENDING

    def _keep_hold(self, member: MemberId, hold: Hold) -> None:
        self.holds[member, hold.id] = hold
        self.room.keep((member, hold.id))

    def _hold_key(self, ticket: Ticket) -> tuple[MemberId, str]:
        """Return the name of what this commit holds of what an order earns."""
        commit = self.queue.version + 1
        return ticket.member, f"{self.queue.id}#{commit:020d}#{ticket.order}"

    def _rows_beside(self, ticket: Ticket, at: Instant) -> int:
        """Count the rows that a payment adds beside ticket and wallet.

        They are its hold, the day's sum, and what buys again where it lets an entry leave.
        """
        cap = self.plan.daily_cap
        holds = bool(self.plan.hold_days) and not self.room.has(self._hold_key(ticket))
        counts = cap is not None and not self.room.has(cap.day_of(at))
        return holds + counts + (ROWS_PER_FOLLOW_UP if self.plan.repurchase else 0)

    def take_pending(self, ticket: Ticket, amount: Amount, at: Instant) -> tuple[Amount, bool]:
        """Lower what is held of a member's cash, the order's own first.

        Returns by how much, and whether that is all: each hold is a row, and others have to wait
        for a commit with room for them. What the order earned and is due is available, though
        nobody released it yet, so it is left alone (Rules 1.2.8 and 1.6.5).
        """
        member = ticket.member
        self.wallet(member)
        held = {hold.id: hold for hold in self._book.holds.get(member, ())}
        held.update({name: hold for (owner, name), hold in self.holds.items() if owner == member})
        pending = [
            hold
            for hold in held.values()
            if hold.order != ticket.order or not hold.is_due(ticket.completed_at, at)
        ]
        lowered = taken_from(pending, ticket.order, amount)
        self.save(ticket)
        alone = self.room.commands == 1 and not self.holds  # then some progress has to be made
        room = self.room.left - ROWS_PER_WALLET - ROWS_TOLD
        now = lowered[: max(int(alone), room)]
        for hold in now:
            self._keep_hold(member, hold)
        return sum(held[hold.id].amount - hold.amount for hold in now), len(now) == len(lowered)

    def reward_buyer(self, gift: Gift) -> None:
        """Pay all of a gift to the buyer, outside any entry; a guest gets none (Rule 6.2)."""
        ticket = gift.ticket
        assert ticket is not None, "the pool has no buyer"
        if ticket.member == GUEST:
            return
        self.room.require_step([], [ticket.member])
        self.credit(gift.draft, ticket.member, Pocket.CASH, gift.left, reason=Reason.OWN)
        if gift.left:
            event = RebatePaid(
                None, ticket.member, ticket.order, gift.left, Pocket.CASH, ticket.order, Reason.OWN
            )
            self.events.append(event)
        gift.left = 0

    def require(self, *, receivers: int) -> None:
        """Insist on room for so many more receivers, wherever they stand, or raise `Full`."""
        rows_each = 3 + self.queue.height
        if self.room.tickets:
            self.room.require(receivers * rows_each)

    def require_ticket(self, ticket: Ticket) -> None:
        """Insist on room for a ticket where it is or will be, and its member, or raise `Full`.

        What is told of it to the queue into which it was merged has room, too.
        """
        place = self.queue.tickets if ticket.place is None else ticket.place
        beside = ROWS_TOLD if ticket.merged_into else 0
        self.room.require_step([(ticket, self._above(place))], [ticket.member], beside=beside)

    def require_move(self, ticket: Ticket, moved: Ticket) -> None:
        """Insist on room for a ticket, what is handed over of it, and a command; or `Full`."""
        self.room.require_step(map(self._touched, (ticket, moved)), [], beside=1)

    def _touched(self, ticket: Ticket) -> Touched:
        return ticket, self._above(ticket.place)

    def _above(self, place: int | None) -> list[NodeKey]:
        """Return the nodes above a place; they are asked for at every payment."""
        if place is None:
            return []
        path = self._paths.get(place)
        if path is None:
            path = self._paths[place] = nodes_above(self.queue, place)
        return path


def _joined(ticket: Ticket, index: int, entry: Entry) -> EntryJoined:
    """Return what is told of an entry that joined, whether or not it was converted at once."""
    line = ticket.lines[index]
    waits = line.entry is not None and line.entry.waits
    return EntryJoined(
        ticket.entry_id(index),
        ticket.member,
        ticket.order,
        entry.entitlement,
        line.gets_bps,
        may_draw=waits and line.lottery is not None,
        merged_from=ticket.merged_from or None,
    )
