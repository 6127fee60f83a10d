"""What operators are told of what was set aside."""

from datetime import datetime

from rebate.domain.records import dataclass


@dataclass(frozen=True, slots=True)
class DeadLetterShown:
    """A message that a function could not carry out, and why.

    `body` is the message, `cut` where it is long. `replays_to` is the function that gets it again;
    null: it cannot be replayed.
    """

    letter: str
    at: datetime
    function: str
    code: str
    reason: str
    body: str
    cut: bool
    replays_to: str | None
    replayed_at: datetime | None
    replayed_by: str | None


@dataclass(frozen=True, slots=True)
class DeadLettersShown:
    """A page of letters."""

    letters: tuple[DeadLetterShown, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class LettersReplayed:
    """How many letters were sent again, and which had been before."""

    replayed: int
    before: tuple[str, ...]
