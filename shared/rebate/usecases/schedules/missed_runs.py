"""Scheduled runs that nobody started at their minute, made up for with the next start (Rule 0.9).

A schedule may be switched off, a function may fail for longer than the platform repeats it, and a
restore takes everything away that works. So a run remembers up to which minute it was looked for.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TypeAlias

from rebate.domain.names import QueueId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.usecases.schedules.due_runs import MINUTE, instant_of_run, next_run, run_due, ticks
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.schedules import RunMark

KEPT_FOR = 10 * MINUTE
"""How old a mark may be. What was looked for since is looked for again: the same instants are
found, and a run that is started twice for an instant is one run."""


Start: TypeAlias = Callable[[Instant, bool], Iterable[QueueId]]
"""Starts a run for an instant, which may be still ahead; returns the queues that were told."""


@dataclass(frozen=True, slots=True)
class DueRuns:
    """What a tick of a run's schedule has to start."""

    store: Store
    settings: SettingsReader

    def start(self, run: str, at: Instant, start: Start) -> list[QueueId] | None:
        """Start a run at all that is due by the tick of `at`; return the queues that were told.

        None: nothing is due. Each minute that nobody looked at is judged by the settings that were
        in force then.
        """
        mark = self.store.get(RunMark, Key(run))
        due = [*(self._missed(run, mark.at, at) if mark else ()), *self._own(run, at)]
        told = {queue for each, ahead in due for queue in start(each, ahead)}
        if mark is None or at - mark.at >= KEPT_FOR or (due and at > mark.at):
            self.store.commit([Put(RunMark(run, at))])
        return sorted(told) if due else None

    def _own(self, run: str, at: Instant) -> Iterator[tuple[Instant, bool]]:
        terms = self.settings.in_force().terms
        for minute, ahead in ticks(at):
            if run_due(run, terms, minute):
                yield instant_of_run(run, terms, minute), ahead

    def _missed(self, run: str, after: Instant, at: Instant) -> Iterator[tuple[Instant, bool]]:
        versions, before = self.settings.since(after), Instant(at - at % MINUTE)
        ends = [*(begins for begins, _ in versions), before]
        for (begins, until), (_, terms) in zip(pairwise(ends), versions, strict=True):
            due = next_run(run, terms, max(after, Instant(begins - 1)))
            while due is not None and due < min(until, before):
                yield due, False
                due = next_run(run, terms, due)
