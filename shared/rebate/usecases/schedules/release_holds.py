"""Making pending rebates available once they are due (Rule 1.2.8)."""

from rebate.domain.errors import Conflict
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, JournalEntry, Posting, wallet
from rebate.domain.orders import Order
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.storage.ports import Clock, Credit, Put, Remove, Store, Write
from rebate.usecases.storage.rows import (
    Journal,
    Key,
    StatementEntry,
    StatementMovement,
    joined,
    key_of,
)

ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class HoldRelease:
    """Releases what is due; any number may try."""

    store: Store
    clock: Clock

    def release(self, at: Instant) -> int:
        """Move all that is due at `at` from pending to cash; return how many holds that were.

        Raises:
            Conflict: a wallet was written to all the time; the next run releases the rest.
        """
        return sum(self._release(hold, at) for hold in self.store.scan(Hold))

    def _release(self, hold: Hold, at: Instant) -> bool:
        order = self.store.get(Order, Key(hold.order))
        if not hold.is_due(order.completed_at if order else None, at):
            return False
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
        amounts = ((BalanceType.PENDING, -now.amount), (BalanceType.CASH, now.amount))
        source, at = joined("release", now.member, now.id), self.clock.now()
        moved = tuple(StatementMovement("release", *each, order=now.order) for each in amounts)
        postings = tuple(Posting(wallet(now.member, pocket), sum_) for pocket, sum_ in amounts)
        writes: list[Write] = [
            Remove(Hold, key_of(now)),
            Credit(now.member, amounts, expects=held.version),
            Put(Journal(source, 1, at, (JournalEntry("release", postings, now.order),))),
            Put(StatementEntry(now.member, at, source, 1, moved)),
        ]
        self.store.commit(writes)
        return True
