"""Auditing the books: every balance and every queue, recomputed from the journal and the tickets.

Nothing is repaired. Books that change while they are read look wrong: `Audit.moved` tells.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rebate.domain.queues import Queue
from rebate.usecases.audit.audit_pass import AuditPass
from rebate.usecases.audit.finding import AuditDifference, UnreadableRow
from rebate.usecases.audit.heads import check_heads
from rebate.usecases.audit.outside import Archive, MacKey
from rebate.usecases.audit.rebuild.rebuild_tables import Rebuilt, rebuild_tables
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Store

__all__ = ["Audit", "AuditDifference", "audit_books"]


@dataclass(slots=True)
class Audit:
    """What an audit found: rows read by kind, and the differences.

    `waiting` counts commands that are accepted and not settled: no difference, but not yet in
    any balance. `moved`: something was settled while the books were read. `rebuilt` is what
    rebuilding the tables came to, where that was asked for.
    """

    rows: Counter[str] = field(default_factory=Counter)
    differences: list[AuditDifference] = field(default_factory=list)
    more: bool = False
    waiting: int = 0
    moved: bool = False
    parked: list[str] = field(default_factory=list)
    rebuilt: Rebuilt | None = None


def audit_books(
    store: Store,
    *,
    differences_max: int = 100,
    outside: tuple[MacKey, Archive] | None = None,
    full: bool = False,
    tell: Callable[[int], None] = lambda *_: None,
) -> Audit:
    """Recompute the books and return what differs, the first `differences_max` of it.

    They are held against what was signed of them `outside` the tables, too, if that can be read.
    `full`: the tables are rebuilt from what was accepted, and `tell` is told how far that is.
    """
    way = AuditPass(SettingsReader(store).in_force())
    audit = Audit(way.rows, rebuilt=Rebuilt() if full else None)
    try:
        for difference in _differences(way, store, outside, audit.rebuilt, tell):
            if len(audit.differences) == differences_max:
                audit.more = True
                break
            audit.differences.append(difference)
    except UnreadableRow as unreadable:
        audit.differences.append(unreadable.difference)
    audit.waiting, audit.parked = way.waiting, way.parked
    now = {queue.id: queue.version for queue in store.scan(Queue)}
    audit.moved = now != {name: queue.version for name, queue in way.queues.items()}
    return audit


def _differences(
    way: AuditPass,
    store: Store,
    outside: tuple[MacKey, Archive] | None,
    rebuilt: Rebuilt | None,
    tell: Callable[[int], None],
) -> Iterator[AuditDifference]:
    yield from way.go_on(store)
    if outside:
        yield from check_heads(way.chains, way.days, *outside)
    if rebuilt is not None:
        yield from rebuild_tables(store, rebuilt, tell)
