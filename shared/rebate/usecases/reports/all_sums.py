"""Sums over all queues and wallets: counted at once of few, and kept by the clock of many.

No request reads a whole table. Of up to `COUNTED_MAX` queues the rows are read as they are now;
where there are more, what the sweep has summed up within the last hour is told, with its time.
Commands have the time to count them all: see `rebate.usecases.reports.count_sums`.
"""

from collections.abc import Callable, Iterable
from itertools import islice

from rebate.domain.errors import Unavailable
from rebate.domain.ledger import QueueAccount
from rebate.domain.money import Amount
from rebate.domain.names import QueueId
from rebate.domain.queue_sums import AllSums
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.terms import Terms
from rebate.domain.times import SECOND, Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.queries.show_queues import stalled_among
from rebate.usecases.reports.read_days import plan_of
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.queue_list import queues_listed, queues_of_page
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.schedules import SUMS, SUMS_BEGUN, StoredSums

COUNTED_MAX = 1_000
"""Queues that one request sums up: ten requests to the store."""

WALLETS_MAX = 5_000
"""Wallets that one request sums up."""

KEPT_FOR = 3_600 * SECOND
"""How old kept sums may be before they are made anew."""

AT_ONCE = 500
"""Queues and wallets that are summed up before it is asked whether there is time for more."""


@dataclass(frozen=True, slots=True)
class SeenSums:
    """Sums as a request tells them; `as_of` None: all is counted just now.

    `queues` are the rows of all, where they are few.
    """

    sums: AllSums
    as_of: Instant | None
    queues: tuple[Queue, ...] | None


@dataclass(frozen=True)
class SumsReader:
    """Tells what all queues, and all members, come to at an instant."""

    store: Store
    terms: Terms
    now: Instant

    def queues(self) -> SeenSums:
        """Return the sums of all queues.

        Raises:
            Unavailable: there are many, and they were not summed up yet.
        """
        names = queues_listed(self.store, COUNTED_MAX + 1)
        if len(names) > COUNTED_MAX:
            kept = _kept(self.store)
            return SeenSums(kept, kept.at, None)
        rows = self.store.get_many(Queue, map(Key, names))
        queues = tuple(rows[Key(name)] for name in names if Key(name) in rows)
        return SeenSums(summed(self.store, self.terms, AllSums(self.now), queues), None, queues)

    def held(self) -> dict[str, Amount]:
        """Return what members hold by pocket, beside money.

        Raises:
            Unavailable: there are many, and they were not summed up yet.
        """
        wallets = list(islice(self.store.scan(Wallet), WALLETS_MAX + 1))
        return held_in(wallets) if len(wallets) <= WALLETS_MAX else _kept(self.store).held


def held_in(wallets: Iterable[Wallet]) -> dict[str, Amount]:
    """Return what wallets hold by pocket, beside money."""
    sums = AllSums(Instant(0))
    for wallet in wallets:
        sums = sums.plus_wallet(wallet)
    return sums.held


def _kept(store: Store) -> AllSums:
    found = store.get(StoredSums, Key(SUMS))
    if found is None:
        message = "the sums over all queues and members are being made: ask again in a few minutes"
        raise Unavailable(message)
    return found.sums


def summed(store: Store, terms: Terms, sums: AllSums, queues: Iterable[Queue]) -> AllSums:
    """Return sums with those of more queues."""
    rows = list(queues)
    stalled = stalled_among(store, terms, rows)
    for row in rows:
        has_something = row.standing.waiting > 0 or row.figure(QueueAccount.POOL) != 0
        is_stalled = has_something and row.id in stalled
        sums = sums.plus_queue(row, plan_of(row.id), stalled=is_stalled)
    return sums


@dataclass(frozen=True, slots=True)
class SumsKeeping:
    """Sums all queues and wallets up anew every hour, in steps that go on where one stopped."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def step(self, may: Callable[[], bool]) -> bool:
        """Go on as long as it `may`; tell whether new sums were kept."""
        now, kept = self.clock.now(), self.store.get(StoredSums, Key(SUMS))
        begun = self.store.get(StoredSums, Key(SUMS_BEGUN))
        if begun is None or begun.sums.is_over or now - begun.sums.at >= 2 * KEPT_FOR:
            if kept is not None and now - kept.sums.at < KEPT_FOR:
                return False
            begun = StoredSums(SUMS_BEGUN, AllSums(now))
        sums, terms = begun.sums, self.settings.in_force().terms
        while not sums.is_over:
            sums = self._wallets(sums) if sums.has_queues else self._queues(sums, terms)
            if not may():
                break
        self.store.commit([Put(StoredSums(SUMS_BEGUN, sums))])
        if sums.is_over:
            self.store.commit([Put(StoredSums(SUMS, sums))])
        return sums.is_over

    def _queues(self, sums: AllSums, terms: Terms) -> AllSums:
        rows, last = queues_of_page(self.store, AT_ONCE, QueueId(sums.queue) or None)
        return replace(summed(self.store, terms, sums, rows), has_queues=last is None)

    def _wallets(self, sums: AllSums) -> AllSums:
        after = Key(sums.member) if sums.member else None
        rows = list(islice(self.store.scan(Wallet, after=after), AT_ONCE))
        for row in rows:
            sums = sums.plus_wallet(row)
        return replace(sums, is_over=len(rows) < AT_ONCE)
