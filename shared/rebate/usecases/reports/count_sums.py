"""Sums over all queues and wallets as they are now, however many: for who has the time."""

from dataclasses import dataclass

from rebate.domain.money import Amount
from rebate.domain.queue_sums import AllSums
from rebate.domain.queues import Queue
from rebate.domain.wallets import Wallet
from rebate.usecases.reports.all_sums import SeenSums, SumsReader, held_in, summed


@dataclass(frozen=True)
class SumsCounter(SumsReader):
    """Reads all queues and wallets where a request tells what was kept of them."""

    def queues(self) -> SeenSums:
        """Return the sums of all queues, and their rows."""
        queues = tuple(sorted(self.store.scan(Queue), key=lambda queue: queue.id))
        return SeenSums(summed(self.store, self.terms, AllSums(self.now), queues), None, queues)

    def held(self) -> dict[str, Amount]:
        """Return what members hold by pocket, beside money."""
        return held_in(self.store.scan(Wallet))
