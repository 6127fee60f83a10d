"""The list of all queues, in order of their ids: a place of about 100 bytes each, written once.

Whoever stores a queue's first row enters it with the same transaction, so no request reads the
whole table to know which queues there are. Those that a release without the list made are taken in
by `TakingIn`.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.times import DAY, Instant
from rebate.usecases.storage.ports import WRITES_MAX, Clock, Put, Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, number
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.schedules import RunMark

QUEUES = "queues"
"""The list; it takes the first rows of some hundred queues a second."""

TAKEN_IN = "list_queues"
"""Under what it is kept when all queues were last looked for that do not stand in the list."""


def entered(queue: Queue) -> tuple[Put, ...]:
    """Return what enters a queue into the list with its first row; nothing if it has one."""
    return () if queue.version else (Put(_place(queue.id)),)


def queues_listed(
    store: Store, limit: int, after: QueueId | None = None, plan: str | None = None
) -> list[QueueId]:
    """Return a page of all queues or of those of a plan, by their ids, behind one of them."""
    last = None if after is None else key_of(_place(after)).sort
    found: list[QueueId] = []
    for prefix in _prefixes(plan):
        begins = last if last is not None and last.startswith(prefix) else None
        if len(found) < limit and (begins is not None or last is None or last < prefix):
            page = store.query(
                ListItem, QUEUES, prefix=prefix, after=begins, limit=limit - len(found)
            )
            found += (QueueId(item.id) for item in page)
    return found


def queues_of_page(
    store: Store, limit: int, after: QueueId | None = None, plan: str | None = None
) -> tuple[list[Queue], QueueId | None]:
    """Return a page of queues by their ids, and behind which one the next begins."""
    names = queues_listed(store, limit, after, plan)
    rows = store.get_many(Queue, map(Key, names))
    found = (rows.get(Key(name)) for name in names)
    return [row for row in found if row], names[-1] if len(names) == limit else None


def _prefixes(plan: str | None) -> Sequence[str]:
    """Return with what the places of a plan's queues begin, in their order."""
    of = None if plan is None else PLANS.named(plan)
    if plan is None:
        return ("",)
    kinds = of.kinds if of else ()
    begin = (joined(number(0), each.name) + ("/" if each.owned else "#") for each in kinds)
    return sorted(begin)


def _place(queue: QueueId) -> ListItem:
    """Return a queue's place: all are of one instant, so that they stand in order of their ids."""
    return ListItem(QUEUES, Instant(0), queue)


@dataclass(frozen=True, slots=True)
class TakingIn:
    """Enters queues that a release without the list made, once a day.

    Such a release is there before an update, and again where one is taken back.
    """

    store: Store
    clock: Clock

    def step(self, may: Callable[[], bool]) -> int:
        """Enter what is not there, as long as it `may`; return how many were entered.

        The next step goes on where this one stopped.
        """
        mark, now = self.store.get(RunMark, Key(TAKEN_IN)), self.clock.now()
        if mark and not mark.after and now - mark.at < DAY:
            return 0
        at = mark.at if mark and mark.after else now
        last = mark.after if mark else ""
        rows = iter(self.store.scan(Queue, after=Key(last) if last else None))
        entered_now = 0
        while names := [row.id for row in islice(rows, WRITES_MAX)]:
            entered_now += self._enter(names)
            last = names[-1]
            if not may():
                break
        else:
            last = ""
        self.store.commit([Put(RunMark(TAKEN_IN, at, last))])
        return entered_now

    def _enter(self, names: Iterable[QueueId]) -> int:
        places = {key_of(place): place for place in map(_place, names)}
        known = self.store.get_many(ListItem, places)
        missing = [Put(place) for key, place in places.items() if key not in known]
        if missing:
            self.store.commit(missing)
        return len(missing)
