"""The clock of the machine."""

import time

from rebate.domain.times import Instant


class SystemClock:
    """Implements `rebate.usecases.storage.ports.Clock`.

    `played` is the instant of the past that is played, if one is; `stands_at` the one at which the
    clock was stopped, if it was.
    """

    def __init__(self) -> None:
        """Play nothing: what is due is due now."""
        self.played: Instant | None = None
        self.stands_at: Instant | None = None

    def due_by(self) -> Instant:
        """Return this instant, or the one that is played."""
        return self.now() if self.played is None else self.played

    def now(self) -> Instant:
        """Return this instant, to the microsecond."""
        return Instant(time.time_ns() // 1_000) if self.stands_at is None else self.stands_at
