"""What schedules send: which run, and the instant for which it was scheduled."""

from typing import Literal

from rebate.contracts.scalars import Flag, UtcInstant
from rebate.contracts.validation import Tolerant
from rebate.domain.times import Instant, instant_of


class Tick(Tolerant):
    """A start for the instant `at`, which a retried start repeats.

    `if_due`: only where the settings in force have such a run at that minute.
    """

    at: UtcInstant
    if_due: Flag = False

    @property
    def instant(self) -> Instant:
        """The instant for which it was scheduled."""
        return instant_of(self.at)


class Clear(Tick):
    """A start of the clearing (rule 1.6.3)."""


Run = Literal["average", "union", "dividend", "release"]
"""Average rewards (rule 6.2), the union's pool (7.3), the dividend (2.3), holds (1.2.8)."""


class Payout(Tick):
    """A start of a payout."""

    run: Run
