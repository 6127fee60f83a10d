"""What holders ask for their entries: an exchange, a draw (Rules 1.6.1 and 1.3.3)."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeAlias
from uuid import uuid4

from rebate.domain.commands import Command, DrawEntry, ExchangeEntry
from rebate.domain.draws import luck_of
from rebate.domain.errors import Code, Conflict, NotYet, Rejected
from rebate.domain.ledger import BalanceType
from rebate.domain.names import (
    WHOLE_ORDER,
    EntryId,
    LineId,
    MemberId,
    OrderId,
    QueueId,
    TicketKey,
    entry_id,
)
from rebate.domain.orders import Order
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.tickets import Entry, Ticket, TicketLine
from rebate.domain.times import Instant, day_of
from rebate.usecases.draws.seeds import Seeds
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.schedules.start_runs import send
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.settlement.settle_queue import Settler
from rebate.usecases.storage.ports import Clock, Store
from rebate.usecases.storage.rows.inbox import Answer
from rebate.usecases.storage.rows.keys import Key, ticket_key

ANSWER_TRIES = 20


READINGS_MAX = 16
"""Ways to read an entry's name that are tried, which are read at once; most have one or two."""

May: TypeAlias = Callable[[TicketLine, Entry], bool]
"""Tells whether what is wished may still be done to an entry."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entry is meant: by its name in a queue, or by its order and line themselves."""

    queue: QueueId
    entry: EntryId
    place: tuple[OrderId, LineId] | None = None

    @classmethod
    def of(cls, queue: QueueId, order: OrderId, line: LineId) -> "Wish":
        """Return the wish for the entry of an order's line, `WHOLE_ORDER` in other plans."""
        return cls(queue, entry_id(order, line), (order, line))


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry: its ticket, and its line there."""

    ticket: TicketKey
    line: LineId


@dataclass(frozen=True, slots=True)
class EntryActions:
    """Carries out what members ask for their entries."""

    store: Store
    clock: Clock
    settings: SettingsReader
    settler: Settler
    seeds: Seeds
    pause: Callable[[int], None]

    def exchange(
        self,
        wish: Wish,
        into: str,
        *,
        by: MemberId | None = None,
        at: Instant | None = None,
    ) -> None:
        """Turn all that an entry still lacks into `points`, `love` or `voucher`.

        `by` is the member who asks (None: an operator), `at` the instant (None: now).

        Raises:
            Rejected: `unknown_entry`, `not_yours`, `exchange_off` or `entry_not_waiting`.
            NotYet: another settler is at work; the exchange will be carried out.
        """
        found = self._find(wish, by, _may_be_exchanged)
        at = self.clock.now() if at is None else at
        pocket = self._pocket(wish.queue, into)
        member, order, came_from = found.ticket
        self._ask(wish.queue, ExchangeEntry(at, order, member, found.line, pocket, came_from))

    def draw(
        self,
        wish: Wish,
        *,
        by: MemberId | None = None,
        at: Instant | None = None,
    ) -> None:
        """Draw the ratio of an entry that the lottery decides (Rule 1.3.3).

        Raises:
            Rejected: `unknown_entry`, `not_yours`, `no_lottery`, `already_drawn`, `already_paid`
                or `entry_not_waiting`.
            NotYet: another settler is at work; the draw will be carried out.
        """
        found = self._find(wish, by, _may_be_drawn)
        at = self.clock.now() if at is None else at
        zone = self.settings.in_force().terms.zone
        member, order, came_from = found.ticket
        seed, day = self.seeds.of(day_of(at, zone), zone)
        luck = luck_of(seed, entry_id(order, found.line))
        self._ask(wish.queue, DrawEntry(at, order, member, found.line, luck, day, came_from))

    def _pocket(self, queue: QueueId, into: str) -> BalanceType:
        offered = dict(shown_plan_of(queue, self.settings.in_force().terms).exchange_bps)
        frozen = into == "love" and BalanceType.LOVE_FROZEN in offered
        return BalanceType.LOVE_FROZEN if frozen else BalanceType(into)

    def _find(self, wish: Wish, by: MemberId | None, may: May) -> _Found:
        """Return the entry that is meant: of several of one name the first in line that `may`.

        A name can be that of several, since its parts may contain slashes (Rule 0.13).
        """
        named = list(self._named(wish))
        found = [each for each in named if by in {None, each.ticket.member}]
        if len(found) > 1:
            return self._first(wish.queue, found, may)
        if found:
            return found[0]
        if named:
            raise Rejected(Code.NOT_YOURS, f"entry {wish.entry} belongs to somebody else")
        raise Rejected(Code.UNKNOWN_ENTRY, f"queue {wish.queue} has no entry {wish.entry}")

    def _first(self, queue: QueueId, found: list[_Found], may: May) -> _Found:
        row = self.store.get(Queue, Key(queue)) or Queue(queue)
        tickets = self.store.get_many(Ticket, {ticket_key(queue, *each.ticket) for each in found})
        joined = {each.key: each for each in tickets.values() if each.place is not None}
        in_line = sorted(
            (each for each in found if each.ticket in joined),
            key=lambda each: joined[each.ticket].place or 0,
        )
        for each in in_line:
            ticket = joined[each.ticket]
            index = ticket.index_of(each.line)
            line = ticket.lines[index] if index is not None else None
            if line and line.entry and not row.has_cleared(ticket) and may(line, line.entry):
                return each
        return (in_line or found)[0]

    def _named(self, wish: Wish) -> Iterator[_Found]:
        """Yield the entries of a queue that bear a name; all their orders are read at once."""
        names = [wish.place] if wish.place else list(_readings(wish.entry))
        if len(names) > READINGS_MAX:
            message = f"{len(names)} orders and lines may be meant by entry: name order and line"
            raise Rejected(Code.INVALID_REQUEST, message)
        orders = self.store.get_many(Order, {Key(order) for order, _ in names})
        for name, line in names:
            order = orders.get(Key(name))
            ticket = self._ticket(wish.queue, order, line) if order else None
            if ticket:
                yield _Found(ticket, line)

    def _ticket(self, queue: QueueId, order: Order, line: LineId) -> TicketKey | None:
        """Return an order's ticket in a queue: where the line was merged, what came of that."""
        if order.member is None:
            return None
        if line == WHOLE_ORDER:
            return TicketKey(order.member, order.id) if queue in order.queues else None
        first = {each.id: each.queue for each in load_order(self.store, order.id).lines}.get(line)
        if first is None:
            return None
        if first != queue:
            merged = self.store.get(Ticket, ticket_key(queue, order.member, order.id, first))
            return merged.key if merged else None
        return TicketKey(order.member, order.id)

    def _ask(self, queue: QueueId, command: Command) -> None:
        request = str(uuid4())
        send(self.store, self.clock, queue, command, request=request)
        for attempt in range(ANSWER_TRIES):
            with suppress(Conflict):  # whoever wins carries this out as well
                self.settler.settle(queue)
            answer = self.store.get(Answer, Key(request))
            if answer:
                if answer.refused:
                    raise Rejected(Code(answer.refused), f"{command.type} of this entry is refused")
                return
            self.pause(attempt)
        message = f"queue {queue} is busy; what was asked will be carried out"
        raise NotYet(message)


def _readings(entry: EntryId) -> Iterator[tuple[OrderId, LineId]]:
    """Yield what an entry's name may mean: a whole order, or an order and a line of it."""
    yield OrderId(entry), WHOLE_ORDER
    parts = entry.split("/")
    for at in range(len(parts) - 1, 0, -1):
        yield OrderId("/".join(parts[:at])), LineId("/".join(parts[at:]))


def _may_be_exchanged(_line: TicketLine, entry: Entry) -> bool:
    return entry.waits


def _may_be_drawn(line: TicketLine, entry: Entry) -> bool:
    return entry.waits and line.lottery is not None and not entry.drawn and not entry.paid
