"""A store with as many queues as a large shop has, which counts the rows that are read of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from rebate.adapters.memory import MemoryStore
from rebate.domain.ledger import QueueAccount
from rebate.domain.money import Amount
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.domain.tickets import WaitingTotals
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.queue_list import entered
from rebate.usecases.storage.rows.catalog import Product
from rebate.usecases.storage.rows.keys import Key

LACKS, POOL = Amount(300), Amount(100)


class CountingStore(MemoryStore):
    """Counts by kind the rows that are read, and names the kinds of which a table is read whole."""

    def __init__(self) -> None:
        super().__init__()
        self.read: Counter[str] = Counter()
        self.scanned: set[str] = set()

    def get_many(self, kind: type, keys: Iterable[Key]) -> dict[Key, Any]:
        found: dict[Key, Any] = super().get_many(kind, keys)
        self.read[kind.__name__] += len(found)
        return found

    def query(self, kind: type, partition: str, **more: Any) -> list[Any]:
        found: list[Any] = super().query(kind, partition, **more)
        self.read[kind.__name__] += len(found)
        return found

    def scan(self, kind: type, **more: Any) -> Iterator[Any]:
        self.scanned.add(kind.__name__)
        rows: Iterator[Any] = super().scan(kind, **more)
        for row in rows:
            self.read[kind.__name__] += 1
            yield row


def waiting_queue(number: int, kind: str = "product") -> Queue:
    """Return a queue in which one entry waits and lacks 3.00; every tenth holds a pool as well."""
    return Queue(
        QueueId(f"{kind}/p{number:05d}"),
        version=1,
        entries=1,
        tickets=1,
        sums=(WaitingTotals(1, LACKS, 1, LACKS),) if number % 2 else (),
        tills={QueueAccount.POOL: POOL} if number % 10 == 0 else {},
    )


def fill(store: MemoryStore, rows: Iterable[Queue], *, listed: bool = True) -> None:
    """Store queues as their first commits do; not `listed`: as a release without the list did."""
    for row in rows:
        writes: list[Write] = [Put(row)]
        store.commit([*writes, *(entered(Queue(row.id)) if listed else ())])


def take_off_sale(store: MemoryStore, numbers: Iterable[int]) -> None:
    """Store products that are off sale, by the numbers of their queues."""
    for number in numbers:
        name = f"p{number:05d}"
        store.commit([Put(Product(name, name=f"Tea {number}", on_sale=False))])  # type: ignore[arg-type]
