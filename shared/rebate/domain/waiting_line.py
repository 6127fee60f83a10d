"""The waiting line as a decision sees it: who may be paid next, and how much waits."""

from bisect import bisect_left, insort
from collections.abc import Iterator

from rebate.domain.loaded_state import (
    DataMissing,
    EntryRef,
    FirstPayable,
    LoadedState,
    OldestEntryOf,
    TicketsOf,
    Window,
)
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId, TicketKey
from rebate.domain.place_index import Change
from rebate.domain.queues import Queue
from rebate.domain.tickets import Entry, Ticket, WaitingTotals

PAYABLE_FOR_RUNS = 32
"""Tickets loaded at a time by a run that visits every entry."""


class WaitingLine:
    """Tickets that were loaded, as they are now, and those that may be paid, in order of place.

    What is asked for and was not loaded is `DataMissing`.
    """

    def __init__(self, state: LoadedState, queue: Queue, *, completed_first: bool) -> None:
        """Line up what was loaded of `queue`."""
        self._loaded = state.tickets
        self._tickets = dict(state.tickets)
        self._saved: set[TicketKey] = set()
        self._absent = state.absent
        self._orders = state.orders
        self._queue = queue
        self._cleared_below = queue.cleared_below
        self._completed_first = completed_first
        self._window = state.line
        self._members = dict(state.members)
        self._ended: dict[TicketKey, int] = {}
        self._line: list[tuple[int, TicketKey]] = sorted(
            (ticket.place, key)
            for key, ticket in self._tickets.items()
            if ticket.place is not None and self._payable(ticket)
        )

    def first(self, *, passing_over: OrderId | None) -> EntryRef | None:
        """Return the first payable entry that is not of order `passing_over`, or None."""
        return self.next_after(0, -1, passing_over=passing_over)

    def next_after(
        self, place: int, ordinal: int, *, wanted: int = 4, passing_over: OrderId | None = None
    ) -> EntryRef | None:
        """Return the first payable entry behind `ordinal`, looking from `place` on.

        `wanted` is how many tickets from there on are worth loading at a time.
        """
        for ref in self.in_line(passing_over, start=place, wanted=wanted):
            if self.entry(ref).ordinal > ordinal:
                return ref
        return None

    def in_line(
        self, passing_over: OrderId | None, *, start: int, wanted: int
    ) -> Iterator[EntryRef]:
        """Yield payable entries in order; what lies beyond the loaded stretch is `DataMissing`."""
        at = bisect_left(self._line, (start,), key=lambda item: item[:1])
        usable = self._window.start <= max(start, 0)
        while usable and at < len(self._line):
            place, key = self._line[at]
            if not self._window.covers(place):
                break
            ticket = self._tickets[key]
            if ticket.order != passing_over:
                yield from self._waiting_in(ticket)
            at += 1
        if not usable or self._window.end is not None:
            raise DataMissing(FirstPayable(start, max(wanted, 4 * self._window.count)))

    def _waiting_in(self, ticket: Ticket) -> Iterator[EntryRef]:
        """Yield a ticket's entries that wait; those that ended never do again."""
        ahead = self._ended.get(ticket.key, 0)
        for index in range(ahead, len(ticket.lines)):
            entry = ticket.lines[index].entry
            if entry and entry.waits:
                yield EntryRef(ticket.key, index)
            elif index == ahead:
                self._ended[ticket.key] = ahead = index + 1

    def oldest_of(self, member: MemberId, *, passing_over: OrderId | None) -> EntryRef | None:
        """Return a member's first waiting entry, or None (Rules 4.2, 5.6, 7.4)."""
        window = self._members.get(member)
        if window is None:
            raise DataMissing(OldestEntryOf(member, 2))
        for place, key in sorted(self._waiting_of(member)):
            if not window.covers(place):
                break
            if key.order != passing_over:
                return EntryRef(key, self._first_line(key))
        if window.end is not None:
            raise DataMissing(OldestEntryOf(member, 4 * window.count))
        return None

    def tickets_of(self, member: MemberId, order: OrderId) -> list[Ticket]:
        """Return all tickets of an order, wherever they came from, as they are now."""
        wanted = TicketsOf(member, order)
        if wanted not in self._orders:
            raise DataMissing(wanted)
        return [t for t in self._tickets.values() if (t.member, t.order) == (member, order)]

    def _waiting_of(self, member: MemberId) -> Iterator[tuple[int, TicketKey]]:
        for key, ticket in self._tickets.items():
            if key.member == member and ticket.place is not None and self._payable(ticket):
                yield ticket.place, key

    def _first_line(self, key: TicketKey) -> int:
        index = self._tickets[key].first_waiting()
        assert index is not None, f"{key} is in line and has no entry that waits"
        return index

    def _payable(self, ticket: Ticket) -> bool:
        """Tell whether any entry of the ticket may be paid (Rule 1.4, 6)."""
        if ticket.place is None or ticket.place < self._cleared_below:
            return False
        if self._completed_first and ticket.completed_at is None:
            return False
        return ticket.has_waiting

    def ticket(self, key: TicketKey) -> Ticket:
        """Return a ticket as it is now."""
        found = self._tickets.get(key)
        if found is None:
            raise DataMissing(key)
        return found

    def find(self, key: TicketKey) -> Ticket | None:
        """Return a ticket as it is now, or None if there is none yet."""
        return None if key in self._absent else self.ticket(key)

    def entry(self, ref: EntryRef) -> Entry:
        """Return an entry as it is now."""
        entry = self.ticket(ref.ticket).lines[ref.line].entry
        assert entry is not None, f"{ref} is no entry"
        return entry

    def position(self, ref: EntryRef) -> tuple[int, int]:
        """Return (place of the ticket, ordinal of the entry)."""
        place = self.ticket(ref.ticket).place
        assert place is not None, f"{ref} has not joined"
        return place, self.entry(ref).ordinal

    def save(self, ticket: Ticket) -> None:
        """Keep a changed or new ticket, and whether it is in line."""
        key = ticket.key
        before = self._tickets.get(key)
        self._tickets[key] = ticket
        self._saved.add(key)
        if ticket.place is None:
            return
        stood = before is not None and self._payable(before)
        stands = self._payable(ticket)
        if stands and not stood:
            insort(self._line, (ticket.place, key))
        elif stood and not stands:
            del self._line[bisect_left(self._line, (ticket.place, key))]

    def changes(self) -> Iterator[Change]:
        """Yield what became of every ticket that was saved, in order of place."""
        for key in sorted(self._saved, key=lambda key: (self._tickets[key].place or 0, key)):
            yield Change(self._loaded.get(key), self._tickets[key])

    @property
    def payable(self) -> int:
        """How many entries may be paid at this moment, in the whole queue."""
        return self._standing().payable(completed_only=self._completed_first)

    @property
    def payable_owed(self) -> Amount:
        """What those entries lack."""
        return self._standing().payable_owed(completed_only=self._completed_first)

    def _standing(self) -> WaitingTotals:
        """Return what waits at this moment."""
        moved = (
            change.difference
            for change in self.changes()
            if not self._queue.has_cleared(change.after)
        )
        return sum(moved, self._queue.standing)

    def clear(self, queue: Queue) -> None:
        """Go on with a queue that was cleared: nobody who had a place is in line any more."""
        self._queue = queue
        self._cleared_below = queue.cleared_below
        del self._line[: bisect_left(self._line, (self._cleared_below,), key=lambda item: item[:1])]
        self._window = Window(0, None)
        self._members = dict.fromkeys(self._members, Window(0, None))
