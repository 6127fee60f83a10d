"""Making pending rebates available: once they are due, or collected (Rules 1.2.8 and 6.2)."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rebate.domain.errors import Conflict
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry, JournalKind, Posting, wallet
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import MemberId
from rebate.domain.orders import Order
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.chains import previous_of
from rebate.usecases.storage.ports import Clock, Credit, Put, Remove, Store, Write
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, journal_key
from rebate.usecases.storage.rows.keys import number as as_key

ATTEMPTS = 10

HOLDS_AT_ONCE = 100
"""Holds of which it is looked at once whether they are due."""

COLLECTED_MAX = 40
"""Holds that are collected in one transaction."""


@dataclass(frozen=True, slots=True)
class HoldRelease:
    """Releases what is due, or what its member collects; any number may try."""

    store: Store
    clock: Clock

    def release(self, at: Instant) -> int:
        """Move all that is due at `at` from pending to cash; return how many holds that were.

        Raises:
            Conflict: a wallet was written to all the time; the next run releases the rest.
        """
        holds, released = self.store.scan(Hold), 0
        while some := list(islice(holds, HOLDS_AT_ONCE)):
            released += sum(self._release(hold) for hold in self._due(some, at))
        return released

    def _due(self, holds: Sequence[Hold], at: Instant) -> Iterator[Hold]:
        """Yield those that are due, by when their orders were completed: one read for all."""
        orders = self.store.get_many(Order, {Key(hold.order) for hold in holds})
        for hold in holds:
            order = orders.get(Key(hold.order))
            if hold.is_due(order.completed_at if order else None, at):
                yield hold

    def _release(self, hold: Hold) -> bool:
        for attempt in range(ATTEMPTS):
            try:
                return self._commit(hold)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        return False

    def _commit(self, hold: Hold) -> bool:
        """Release a hold as it is now: a refund may have lowered it, or another run was first."""
        held = self.store.get(Wallet, Key(hold.member))
        now = self.store.get(Hold, key_of(hold))
        if now is None or held is None:
            return False
        source = joined("release", now.member, now.id)
        self.store.commit(self._moved(JournalKind.RELEASE, source, [now], held))
        return True

    def collect(self, member: MemberId) -> Amount:
        """Move to a member's cash what waits to be collected (Rule 6.2); return how much that is.

        Collecting again moves what has come since.

        Raises:
            Conflict: the wallet was written to all the time; what was not moved waits on.
        """
        collected, conflicts = NOTHING, 0
        while True:
            held = self.store.get(Wallet, Key(member))
            waiting = [hold for hold in self.store.query(Hold, member) if hold.collected]
            if held is None or not waiting:
                return collected
            some = waiting[:COLLECTED_MAX]
            source = joined("collect", member, some[0].id, as_key(held.version))
            try:
                self.store.commit(self._moved(JournalKind.COLLECT, source, some, held))
            except Conflict:
                conflicts += 1
                if conflicts == ATTEMPTS:
                    raise
            else:
                collected += sum_of(hold.amount for hold in some)

    def collect_as(self, member: MemberId, name: str) -> Amount:
        """Collect under an id of the member's; return how much that was.

        The same id again answers the same, and moves nothing that has come since.

        Raises:
            Conflict: the wallet was written to all the time; what was not moved waits on.
        """
        source, page, collected, conflicts = joined("collect", member, "id", name), 1, NOTHING, 0
        while True:
            known = self.store.get(Journal, journal_key(source, page))
            if known is not None:
                collected += sum_of(map(_cash_of, known.entries))
                if len(known.entries) < COLLECTED_MAX:
                    return collected
                page += 1
                continue
            try:
                self._collect_page(member, source, page)
            except Conflict:
                conflicts += 1
                if conflicts == ATTEMPTS:
                    raise

    def _collect_page(self, member: MemberId, source: str, page: int) -> None:
        """Move the first holds that wait; where none does, note that the id was used."""
        held = self.store.get(Wallet, Key(member))
        waiting = [hold for hold in self.store.query(Hold, member) if hold.collected]
        if held is None or not waiting:
            self.store.commit([self._entered(source, page, self.clock.now())])
        else:
            self.store.commit(
                self._moved(JournalKind.COLLECT, source, waiting[:COLLECTED_MAX], held, page)
            )

    def _entered(
        self, source: str, number: int, at: Instant, entries: Sequence[JournalEntry] = ()
    ) -> Put:
        previous = previous_of(self.store, source, number)
        row = Journal(source, number, at, tuple(entries), previous=previous)
        return Put(row, expects=0)

    def _moved(
        self, kind: str, source: str, holds: Sequence[Hold], held: Wallet, number: int = 1
    ) -> list[Write]:
        """Return what moves holds of one member from pending to cash."""
        at, member = self.clock.now(), held.member
        movements: list[StatementMovement] = []
        entries: list[JournalEntry] = []
        for hold in holds:
            amounts = ((BalanceType.PENDING, -hold.amount), (BalanceType.CASH, hold.amount))
            movements += (StatementMovement(kind, *each, order=hold.order) for each in amounts)
            postings = tuple(Posting(wallet(member, pocket), sum_) for pocket, sum_ in amounts)
            entries.append(JournalEntry(kind, postings, hold.order))
        total = sum_of(hold.amount for hold in holds)
        credit = ((BalanceType.PENDING, -total), (BalanceType.CASH, total))
        return [
            *(Remove(Hold, key_of(hold)) for hold in holds),
            Credit(member, credit, expects=held.version),
            self._entered(source, number, at, entries),
            Put(StatementEntry(member, at, source, number, tuple(movements))),
        ]


def _cash_of(entry: JournalEntry) -> Amount:
    """Return what an entry moved to cash."""
    return sum_of(posting.amount for posting in entry.postings if posting.amount > 0)
