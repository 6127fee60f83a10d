"""Scheduled runs that nobody started at their minute, made up for with the next start (Rule 0.9).

A schedule may be switched off, a function may fail for longer than the platform repeats it, and a
restore takes everything away that works. So a run remembers up to which minute it was looked for.
"""

from collections.abc import Iterator
from itertools import pairwise

from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.usecases.schedules.due_runs import MINUTE, instant_of_run, next_run, run_due, ticks
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Put, Store
from rebate.usecases.storage.rows import Key, RunMark

KEPT_FOR = 10 * MINUTE
"""How old a mark may be. What was looked for since is looked for again: the same instants are
found, and a run that is started twice for an instant is one run."""


@dataclass(frozen=True, slots=True)
class DueRuns:
    """What a tick of a run's schedule has to start."""

    store: Store
    settings: SettingsReader

    def of(self, run: str, at: Instant) -> list[tuple[Instant, bool]]:
        """Return the instants that are due by the tick of `at`, and whether each is still ahead.

        Each minute that nobody looked at is judged by the settings that were in force then.
        """
        mark = self.store.get(RunMark, Key(run))
        missed = () if mark is None else self._missed(run, mark.at, Instant(at - at % MINUTE))
        terms = self.settings.in_force().terms
        own = (
            (instant_of_run(run, terms, minute), ahead)
            for minute, ahead in ticks(at)
            if run_due(run, terms, minute)
        )
        return [*((each, False) for each in missed), *own]

    def started(self, run: str, at: Instant, *, any_due: bool) -> None:
        """Remember that all was started that was due by the tick of `at`."""
        mark = self.store.get(RunMark, Key(run))
        if mark is None or at - mark.at >= KEPT_FOR or (any_due and at > mark.at):
            self.store.commit([Put(RunMark(run, at))])

    def _missed(self, run: str, after: Instant, before: Instant) -> Iterator[Instant]:
        versions = self.settings.since(after)
        ends = [*(begins for begins, _ in versions), before]
        for (begins, until), (_, terms) in zip(pairwise(ends), versions, strict=True):
            due = next_run(run, terms, max(after, Instant(begins - 1)))
            while due is not None and due < min(until, before):
                yield due
                due = next_run(run, terms, due)
