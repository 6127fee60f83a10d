"""The seeds of draws: committed to before their day, revealed after it (Rule 1.3.4)."""

import hmac
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from rebate.domain.draws import commitment
from rebate.domain.errors import Conflict
from rebate.domain.records import dataclass
from rebate.domain.times import day_of
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows import Key, Seed

DAYS_AHEAD = 2
"""Days for which seeds are made in advance (`functions.scheduled_draws`)."""


def random_seed(_day: date) -> bytes:
    """Return a new secret: 256 bits from the operating system."""
    return secrets.token_bytes(32)


def repeatable_seed(text: str) -> Callable[[date], bytes]:
    """Return how to make seeds that are the same for the same text: for scenarios only."""
    return lambda day: hmac.digest(text.encode(), day.isoformat().encode(), sha256)


@dataclass(frozen=True, slots=True)
class Seeds:
    """Keeps a seed a day; `make` says what a new one is."""

    store: Store
    clock: Clock
    make: Callable[[date], bytes] = random_seed

    def of(self, day: date) -> bytes:
        """Return the seed of a day; one that is wanted and not there is made, and marked late."""
        return bytes.fromhex(self._row(day, late=True).secret)

    def commit_to(self, day: date) -> str:
        """Make a day's seed before it starts; return the SHA-256 to be published now."""
        return self._row(day, late=False).commitment

    def reveal(self, day: date, zone: ZoneInfo) -> Seed | None:
        """Return a day's seed once that day is over in the shop's time zone, else None."""
        if day >= day_of(self.clock.now(), zone):
            return None
        return self.store.get(Seed, Key(day.isoformat()))

    def published(self, zone: ZoneInfo, days: int) -> list[tuple[date, str]]:
        """Return (day, commitment) from `days` ago up to tomorrow, as far as they are made."""
        today = day_of(self.clock.now(), zone)
        wanted = [today + timedelta(days=offset) for offset in range(-days, 2)]
        keys = {Key(day.isoformat()): day for day in wanted}
        rows = self.store.get_many(Seed, keys)
        return sorted((keys[key], row.commitment) for key, row in rows.items())

    def _row(self, day: date, *, late: bool) -> Seed:
        key = Key(day.isoformat())
        known = self.store.get(Seed, key)
        if known:
            return known
        secret = self.make(day)
        row = Seed(day.isoformat(), secret.hex(), commitment(secret), late=late)
        try:
            self.store.commit([Put(row, expects=0)])
        except Conflict:
            return self._row(day, late=late)
        return row
