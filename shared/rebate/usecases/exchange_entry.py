"""Exchanging an entry, and waiting for what its queue says (Rule 1.6.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from rebate.domain.commands import Command, Exchange
from rebate.domain.errors import Code, NotYet, Rejected
from rebate.domain.ledger import Pocket
from rebate.domain.names import WHOLE_ORDER, EntryId, LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.usecases.plans import queue_rebate_terms
from rebate.usecases.ports import Clock, Store
from rebate.usecases.queue_commands import send
from rebate.usecases.rows import Answer, Key
from rebate.usecases.settings import SettingsReader
from rebate.usecases.settle_queue import Settler

ANSWER_TRIES = 20


@dataclass(frozen=True, slots=True)
class EntryDesk:
    """Carries out what members ask for their entries."""

    store: Store
    clock: Clock
    settings: SettingsReader
    settler: Settler
    pause: Callable[[int], None]

    def exchange(
        self, queue: QueueId, entry: EntryId, into: str, *, by: MemberId | None = None
    ) -> None:
        """Turn all that an entry still lacks into `points`, `love` or `voucher`.

        `by` is the member who asks; None: an operator.

        Raises:
            Rejected: `unknown_entry`, `not_yours`, `exchange_off` or `entry_not_waiting`.
            NotYet: another settler is at work; the exchange will be carried out.
        """
        order, line = self._find(queue, entry)
        if by is not None and by != order.member:
            message = f"entry {entry} belongs to somebody else"
            raise Rejected(Code.NOT_YOURS, message)
        assert order.member is not None, "an order with entries has a buyer"
        self._ask(queue, Exchange(self.clock.now(), order.id, order.member, line, self._pocket(into)))

    def _pocket(self, into: str) -> Pocket:
        offered = dict(queue_rebate_terms(self.settings.in_force().settings).exchange_bps)
        frozen = into == "love" and Pocket.LOVE_FROZEN in offered
        return Pocket.LOVE_FROZEN if frozen else Pocket(into)

    def _find(self, queue: QueueId, entry: EntryId) -> tuple[Order, LineId]:
        """Return order and line of an entry's name; both may contain slashes."""
        parts = entry.split("/")
        for at in range(len(parts), 0, -1):
            order = self.store.get(Order, Key("/".join(parts[:at])))
            if order and queue in order.queues:
                return order, LineId("/".join(parts[at:])) if at < len(parts) else WHOLE_ORDER
        message = f"queue {queue} has no entry {entry}"
        raise Rejected(Code.UNKNOWN_ENTRY, message)

    def _ask(self, queue: QueueId, command: Command) -> None:
        request = str(uuid4())
        send(self.store, self.clock, queue, command, request)
        for attempt in range(ANSWER_TRIES):
            self.settler.settle(queue)
            answer = self.store.get(Answer, Key(request))
            if answer:
                if answer.refused:
                    raise Rejected(Code(answer.refused), f"{command.type} of this entry is refused")
                return
            self.pause(attempt)
        message = f"queue {queue} is busy; what was asked will be carried out"
        raise NotYet(message)
