"""A store in memory whose commits can be disturbed, and a clock that is moved by hand."""

from collections.abc import Callable, Sequence
from typing import Any

from rebate.adapters import memory
from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Write
from rebate.usecases.storage.rows.keys import Key


def _nothing(_writes: Sequence[Write]) -> None:
    pass


class MemoryStore(memory.MemoryStore):
    """Calls `before_commit` and `after_commit` around each commit, and counts them.

    Raising from the first is a crash or a conflict before the write, from the second a lost reply
    after it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: Callable[[Sequence[Write]], None] = _nothing
        self.after_commit: Callable[[Sequence[Write]], None] = _nothing
        self.commits = 0

    def fork(self) -> "MemoryStore":
        """Return a store that holds the same rows now; rows themselves never change."""
        other = MemoryStore()
        for kind, partitions in self.rows.items():
            for partition, rows in partitions.items():
                other.rows[kind][partition] = dict(rows)
        return other

    def everything(self) -> dict[tuple[type, Key], Any]:
        """Return all rows, by kind and key."""
        return {
            (kind, key): self.get(kind, key)
            for kind, partitions in self.rows.items()
            for partition, rows in partitions.items()
            for key in [Key(partition, sort) for sort in rows]
        }

    def commit(self, writes: Sequence[Write]) -> None:
        self.before_commit(writes)
        super().commit(writes)
        self.commits += 1
        self.after_commit(writes)


class FakeClock:
    """A clock that moves by a microsecond whenever it is asked, or by hand."""

    def __init__(self, now: int = 1_800_000_000_000_000) -> None:
        self._now = now
        self.played: Instant | None = None

    def due_by(self) -> Instant:
        return Instant(self._now) if self.played is None else self.played

    def now(self) -> Instant:
        self._now += 1
        return Instant(self._now)

    def advance(self, microseconds: int) -> None:
        self._now += microseconds
