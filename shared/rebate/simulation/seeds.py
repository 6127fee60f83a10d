"""Seeds of draws that are the same for the same text (Rule 1.3.4): for what is tried out only."""

import hmac
from collections.abc import Callable
from datetime import date
from functools import cache
from hashlib import sha256


def repeatable_seed(text: str) -> Callable[[date], bytes]:
    """Return how to make the seed of a day from a text, as scenarios do."""

    @cache
    def seed_of(day: date) -> bytes:
        return hmac.digest(text.encode(), day.isoformat().encode(), sha256)

    return seed_of
