"""Deciding anew while others write to the same rows first."""

from collections.abc import Callable
from typing import TypeVar

from rebate.domain.errors import Conflict, Unavailable

Answer = TypeVar("Answer")

ATTEMPTS = 30
"""How often a request is decided anew because others wrote to the same rows first."""

ATTEMPTS_AT_ONCE = 10
"""How often that is where nobody pauses in between."""


def attempted(
    attempt: Callable[[], Answer],
    what: str,
    *,
    pause: Callable[[int], None] | None = None,
) -> Answer:
    """Return what `attempt` does, decided anew while others write to the same rows.

    `pause` waits a while before an attempt of that number is repeated; without it, at once.

    Raises:
        Unavailable: they kept doing so.
    """
    for number in range(ATTEMPTS_AT_ONCE if pause is None else ATTEMPTS):
        try:
            return attempt()
        except Conflict:
            if pause is not None:
                pause(number)
    raise Unavailable(f"others keep writing to {what}")
