"""What an operator does about a parked command: lets it go on, or drops it (Rule 8.9)."""

from collections.abc import Sequence

from rebate.contracts.parked import ParkedShown
from rebate.domain.commands import OfTicket
from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.fingerprints import fingerprint, ticket_fingerprint
from rebate.domain.ledger import JournalEntry
from rebate.domain.loaded_state import LoadedState
from rebate.domain.parking import ParkedState, drop, may_be_dropped
from rebate.domain.plan import Plan
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.wire import Unknown
from rebate.usecases.parking.park_command import parked_of, ticket_of, told_of
from rebate.usecases.parking.show_parked import shown
from rebate.usecases.storage.ports import WRITES_MAX, Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows.inbox import Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import fact_of
from rebate.usecases.storage.rows.keys import Key, ticket_key

ATTEMPTS = 20
"""How often a decision is tried while others settle the queue."""

TOGETHER_MAX = 30
"""Commands that go on together: each is taken from one list, put on another, and sent."""


@dataclass(frozen=True, slots=True)
class ParkedCommands:
    """Decides on parked commands; the same decision again answers the same."""

    store: Store
    clock: Clock

    def release(self, name: str, *, by: str, why: str) -> ParkedShown:
        """Put a command back into its queue's inbox, where it is the next that is settled.

        What waits behind it, of the same order, goes with it.

        Raises:
            Rejected: `unknown_entry`: no such command is parked; `conflicting_event`: it was
                dropped; `invalid_request`: an earlier one of its order is to be decided first.
            Conflict: others kept writing to the queue.
        """
        return self._decide(name, ParkedState.RELEASED, by, why)

    def drop(self, name: str, *, by: str, why: str) -> ParkedShown:
        """Let a command be over without being carried out.

        What waits behind it, of the same order, goes on without it.

        Raises:
            Rejected: `unknown_entry`: no such command is parked; `conflicting_event`: it was
                released; `invalid_request`: an earlier one of its order is to be decided first, or
                it is a step of a merge, which cannot be left out.
            Conflict: others kept writing to the queue.
        """
        return self._decide(name, ParkedState.DROPPED, by, why)

    def _decide(self, name: str, state: str, by: str, why: str) -> ParkedShown:
        for attempt in range(ATTEMPTS):
            parked = self._found(name, state)
            if parked.state != ParkedState.PARKED:
                return shown(parked)
            decided = replace(parked, state=state, by=by, why=why, decided_at=self.clock.now())
            try:
                self._carry_out(decided)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                return shown(decided)
        raise AssertionError("the last attempt returns or raises")

    def _found(self, name: str, state: str) -> Parked:
        """Return the command of this name, which is parked, or was decided on in this way."""
        for each in (ParkedState.PARKED, ParkedState.RELEASED, ParkedState.DROPPED):
            found = self.store.get(Parked, Key(each, name))
            if found and each not in {ParkedState.PARKED, state}:
                raise Rejected(Code.CONFLICTING_EVENT, f"{name} is {each} already")
            if found:
                return found
        raise Rejected(Code.UNKNOWN_ENTRY, f"no command is parked as {name}")

    def _carry_out(self, decided: Parked) -> None:
        queue = self.store.get(Queue, Key(decided.row.queue))
        assert queue is not None, f"{decided.id} was parked by a queue that is not there"
        if self.store.get(Parked, Key(ParkedState.PARKED, decided.id)) is None:
            raise Conflict(f"{decided.id} was decided on just now")  # before the queue was read
        group = [decided, *self._behind(decided)]
        left = queue.parked - len(group)
        after = replace(queue, version=queue.version + 1, parked=left, lease=None)
        entries: Sequence[JournalEntry] = ()
        facts: dict[str, str] = {}
        writes: list[Write] = [Remove(Parked, Key(ParkedState.PARKED, each.id)) for each in group]
        writes += [Put(each) for each in group]
        writes += [Put(each.row) for each in group if each.state == ParkedState.RELEASED]
        if decided.state == ParkedState.DROPPED:
            unit = self._dropped(after, decided)
            after, entries = unit.queue, tuple(unit.journal)
            changed = [change.after for change in unit.line.changes()]
            writes += map(Put, changed)
            facts = {fact_of(ticket): ticket_fingerprint(ticket) for ticket in changed}
        elif decided.progress:
            if queue.progress:
                raise Conflict(f"queue {queue.id} is amid another command")
            after = replace(after, progress=decided.progress)
        now = decided.decided_at or decided.at
        told = tuple(map(told_of, group))
        row = Journal(after.id, after.version, now, tuple(entries), told, queue.head, facts)
        after = replace(after, head=fingerprint(row))
        self.store.commit([Put(after, expects=queue.version), Put(row), *writes])

    def _behind(self, decided: Parked) -> list[Parked]:
        """Return the parked commands of the same order that come after one, to be released."""
        ticket = ticket_of(decided)
        others = [
            each
            for each in parked_of(self.store, decided.row.queue)
            if ticket is not None and ticket_of(each) == ticket and each.id != decided.id
        ]
        others.sort(key=lambda each: each.row.sort)
        if others and others[0].row.sort < decided.row.sort:
            message = f"{others[0].id}, of the same order, is to be decided on first"
            raise Rejected(Code.INVALID_REQUEST, message)
        return [_with(each, ParkedState.RELEASED, decided) for each in others[:TOGETHER_MAX]]

    def _dropped(self, queue: Queue, decided: Parked) -> UnitOfWork:
        command = decided.row.command
        assert not isinstance(command, Unknown), "what is not known is not parked"
        if not may_be_dropped(command):
            message = f"{decided.id} is a step of a merge, which cannot be left out: release it"
            raise Rejected(Code.INVALID_REQUEST, message)
        ticket, state = self._ticket(decided), LoadedState()
        state.keep([ticket] if ticket else [])
        unit = UnitOfWork(queue, state, Plan(parts=()), WRITES_MAX)
        drop(unit, command, decided.progress, ticket)
        return unit

    def _ticket(self, decided: Parked) -> Ticket | None:
        command = decided.row.command
        if decided.row.ticket or not isinstance(command, OfTicket):
            return decided.row.ticket
        return self.store.get(Ticket, ticket_key(decided.row.queue, *command.ticket))


def _with(each: Parked, state: str, decided: Parked) -> Parked:
    return replace(each, state=state, by=decided.by, why=decided.why, decided_at=decided.decided_at)
