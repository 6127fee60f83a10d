"""The clock of the machine."""

import time

from rebate.domain.times import Instant


class SystemClock:
    """Implements `rebate.usecases.storage.ports.Clock`."""

    def now(self) -> Instant:
        """Return this instant, to the microsecond."""
        return Instant(time.time_ns() // 1_000)
