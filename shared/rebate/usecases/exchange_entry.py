"""What holders ask for their entries: an exchange, a draw (Rules 1.6.1 and 1.3.3)."""

from collections.abc import Callable
from contextlib import suppress
from uuid import uuid4

from rebate.domain.commands import Command, Draw, Exchange
from rebate.domain.draws import luck_of
from rebate.domain.errors import Code, Conflict, NotYet, Rejected
from rebate.domain.ledger import Pocket
from rebate.domain.names import (
    WHOLE_ORDER,
    EntryId,
    LineId,
    MemberId,
    QueueId,
    TicketKey,
    entry_id,
)
from rebate.domain.orders import Order
from rebate.domain.records import dataclass
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant, day_of
from rebate.usecases.orders import load_order
from rebate.usecases.plans import shown_plan_of
from rebate.usecases.ports import Clock, Store
from rebate.usecases.queue_commands import send
from rebate.usecases.rows import Answer, Key, ticket_key
from rebate.usecases.seeds import Seeds
from rebate.usecases.settings import SettingsReader
from rebate.usecases.settle_queue import Settler

ANSWER_TRIES = 20


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry: its ticket, and its line there."""

    ticket: TicketKey
    line: LineId


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Carries out what members ask for their entries."""

    store: Store
    clock: Clock
    settings: SettingsReader
    settler: Settler
    seeds: Seeds
    pause: Callable[[int], None]

    def exchange(
        self,
        queue: QueueId,
        entry: EntryId,
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
        found = self._find(queue, entry, by)
        at = self.clock.now() if at is None else at
        pocket = self._pocket(queue, into)
        member, order, came_from = found.ticket
        self._ask(queue, Exchange(at, order, member, found.line, pocket, came_from))

    def draw(
        self,
        queue: QueueId,
        entry: EntryId,
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
        found = self._find(queue, entry, by)
        at = self.clock.now() if at is None else at
        day = day_of(at, self.settings.in_force().terms.zone)
        member, order, came_from = found.ticket
        luck = luck_of(self.seeds.of(day), entry_id(order, found.line))
        self._ask(queue, Draw(at, order, member, found.line, luck, day.isoformat(), came_from))

    def _pocket(self, queue: QueueId, into: str) -> Pocket:
        offered = dict(shown_plan_of(queue, self.settings.in_force().terms).exchange_bps)
        frozen = into == "love" and Pocket.LOVE_FROZEN in offered
        return Pocket.LOVE_FROZEN if frozen else Pocket(into)

    def _find(self, queue: QueueId, entry: EntryId, by: MemberId | None) -> _Found:
        """Return whose an entry's name is; its parts may contain slashes."""
        parts = entry.split("/")
        for at in range(len(parts), 0, -1):
            order = self.store.get(Order, Key("/".join(parts[:at])))
            line = LineId("/".join(parts[at:])) if at < len(parts) else WHOLE_ORDER
            ticket = self._ticket(queue, order, line) if order else None
            if ticket:
                if by not in {None, ticket.member}:
                    message = f"entry {entry} belongs to somebody else"
                    raise Rejected(Code.NOT_YOURS, message)
                return _Found(ticket, line)
        message = f"queue {queue} has no entry {entry}"
        raise Rejected(Code.UNKNOWN_ENTRY, message)

    def _ticket(self, queue: QueueId, order: Order, line: LineId) -> TicketKey | None:
        """Return an order's ticket in a queue: where the line was merged, what came of that."""
        if order.member is None:
            return None
        first = {each.id: each.queue for each in load_order(self.store, order.id).lines}.get(line)
        if first is not None and first != queue:
            merged = self.store.get(Ticket, ticket_key(queue, order.member, order.id, first))
            if merged:
                return merged.key
        return TicketKey(order.member, order.id) if queue in order.queues else None

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
