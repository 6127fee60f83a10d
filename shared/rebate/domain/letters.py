"""Dead letters: what nobody could carry out, kept with its reason until somebody replays it."""

from enum import StrEnum
from typing import Annotated

from rebate.domain.records import dataclass
from rebate.domain.times import DAY, SECOND, Instant
from rebate.domain.wire import stored_as, wire

OPEN_KEPT, REPLAYED_KEPT = 90 * DAY, 30 * DAY
"""How long a letter is kept that nobody replays, and one that somebody did, from then on."""


class LetterState(StrEnum):
    """Whether a dead letter was replayed."""

    OPEN = "open"
    REPLAYED = "replayed"


@stored_as("dead_letter")
@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that `function` could not carry out, as it came at `at`, and why.

    `asked_by` replayed it, at `asked_at`.
    """

    id: Annotated[str, wire("id")]
    at: Annotated[Instant, wire("at")]
    function: Annotated[str, wire("function")]
    body: Annotated[str, wire("body")]
    code: Annotated[str, wire("code")]
    reason: Annotated[str, wire("reason")]
    asked_by: Annotated[str | None, wire("asked_by", absent=None)] = None
    asked_at: Annotated[Instant | None, wire("asked_at", absent=None)] = None

    @property
    def state(self) -> LetterState:
        """Whether it was replayed."""
        return LetterState.OPEN if self.asked_at is None else LetterState.REPLAYED

    @property
    def expires_at(self) -> int:
        """Until when it is kept, in seconds since 1970."""
        if self.asked_at is None:
            return (self.at + OPEN_KEPT) // SECOND
        return (self.asked_at + REPLAYED_KEPT) // SECOND
