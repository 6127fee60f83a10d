"""Deciding anew while others write to the same rows first."""

from collections.abc import Callable
from typing import TypeVar

from rebate.domain.errors import Conflict, Unavailable

Answer = TypeVar("Answer")

ATTEMPTS = 30
"""How often a request is decided anew because others wrote to the same rows first."""


def attempted(attempt: Callable[[], Answer], pause: Callable[[int], None], what: str) -> Answer:
    """Return what `attempt` does, decided anew while others write to the same rows.

    `pause` waits a while before an attempt of that number is repeated.

    Raises:
        Unavailable: they kept doing so.
    """
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except Conflict:
            pause(number)
    raise Unavailable(f"others keep writing to {what}")
