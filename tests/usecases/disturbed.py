"""A player whose process is killed, or loses replies, and to whom the platform delivers again."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rebate.bootstrap import App, wire
from rebate.domain.errors import Conflict, NotYet, Unavailable
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import dataclass, field, replace
from rebate.usecases.draws.seeds import repeatable_seed
from rebate.usecases.settlement.pending_commands import is_ripe
from rebate.usecases.storage.ports import Write
from rebate.usecases.storage.rows.inbox import Inbox
from tests.engine import Player
from tests.fakes import FakeClock, MemoryStore

TRIES_MAX = 500
SECOND = 1_000_000


class Killed(BaseException):
    """The process is gone: no code of its own runs any more."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What may happen around a commit; `after`: it was carried out all the same."""

    name: str
    failure: Callable[[], BaseException]
    after: bool = False


KINDS = (
    Kind("killed before", Killed),
    Kind("killed after", Killed, after=True),
    Kind("refused by a conflict", lambda: Conflict("TransactionConflict")),
    Kind("repeated after a lost reply", lambda: Conflict("its own write"), after=True),
    Kind("not answered", lambda: Unavailable("timeout")),
    Kind("answered to nobody", lambda: Unavailable("timeout"), after=True),
)
KILLED_BEFORE, KILLED_AFTER, _, REPEATED, _, UNANSWERED_AFTER = KINDS


@dataclass
class Trouble:
    """Disturbs the commits of a store: `plan` says which of them, counted from 1, and how."""

    plan: Callable[[int], Kind | None]
    count: int = 0
    struck: int = 0

    def watch(self, store: MemoryStore) -> None:
        store.before_commit = self._before
        store.after_commit = self._after

    def _before(self, _writes: Sequence[Write]) -> None:
        self.count += 1
        self._strike(after=False)

    def _after(self, _writes: Sequence[Write]) -> None:
        self._strike(after=True)

    def _strike(self, *, after: bool) -> None:
        kind = self.plan(self.count)
        if kind and kind.after == after:
            self.struck += 1
            raise kind.failure()


def at_commit(number: int, kind: Kind) -> Trouble:
    return Trouble(lambda count: kind if count == number else None)


@dataclass
class Redelivered(Player):
    """Plays a document; each step is delivered until it succeeds, by a new process each time."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: FakeClock = field(default_factory=FakeClock)
    step_number: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.restart()

    def restart(self) -> None:
        """Begin anew, remembering nothing; by now the lease of who was killed has ended."""
        self.clock.advance(11 * SECOND)
        seed = repeatable_seed(self.document.get("draw_seed", ""))
        self.app = without_waiting(wire(self.store, self.clock, seed))

    def begin(self) -> None:
        self.until_done(super().begin)

    def step(self, step: Mapping[str, Any]) -> None:
        self.step_number += 1
        before = self.at

        def deliver() -> None:
            self.at = before
            self.names = itertools.count(self.step_number)
            super(Redelivered, self).step(step)
            sweep(self.app)

        self.until_done(deliver)

    def until_done(self, action: Callable[[], None]) -> None:
        for _ in range(TRIES_MAX):
            try:
                return action()
            except (Killed, Conflict, Unavailable, NotYet):
                self.restart()
        raise AssertionError("delivered again and again, and never done")


def sweep(app: App) -> None:
    """Settle all that is due, as the schedule does for what no ring was heard of."""
    for _ in range(TRIES_MAX):
        now = app.clock.due_by()
        ripe = {row.queue for row in app.store.scan(Inbox) if is_ripe(row, now)}
        queues = sorted(ripe, key=lambda each: (PLANS.rank(each), each))
        if not queues:
            app.refund_guard.look()
            return
        for queue in queues:
            app.settler.settle(queue)
    raise AssertionError(f"never settled: {queues}")


def without_waiting(app: App) -> App:
    """Let nobody sleep: time is a number here."""

    def pause(_attempt: int) -> None:
        pass

    app.settler = replace(app.settler, pause=pause)
    app.entries = replace(app.entries, settler=app.settler, pause=pause)
    app.wallets = replace(app.wallets, pause=pause)
    return app
