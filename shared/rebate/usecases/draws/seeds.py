"""The seeds of draws: committed to before their day, revealed after it (Rule 1.3.4).

No table holds the secret of a day before that is over. It is what the key of draws makes of the
day's name, so only who may use that key can know it. What nobody chose is mixed in once it is
committed to: the signature of the books as they were signed since.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from rebate.domain.draws import commitment
from rebate.domain.errors import Conflict
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, day_of, instant_of, iso
from rebate.usecases.audit.heads import HEADS, read_signed
from rebate.usecases.audit.outside import Archive
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.settings import Seed

DAYS_AHEAD = 2
"""Days for which seeds are made in advance (`functions.scheduled_draws`)."""

DRAWS = "draws/"
"""With what the names of archived commitments begin."""


def random_seed(_day: str) -> bytes:
    """Return a new secret: 256 bits from the operating system."""
    return secrets.token_bytes(32)


def repeatable_seed(text: str) -> Callable[[date | str], bytes]:
    """Return how to make seeds that are the same for the same text: for scenarios only."""
    return lambda day: hmac.digest(text.encode(), str(day).encode(), sha256)


def mixed(secret: bytes, mix: str) -> bytes:
    """Return the seed by which a day draws: the secret, with what was mixed in."""
    return hmac.digest(secret, mix.encode(), sha256) if mix else secret


@dataclass(frozen=True, slots=True)
class Seeds:
    """Keeps a seed a day; `make` says what the secret of a new one is.

    `derived`: `make` says the same whenever it is asked, so secrets are not stored.
    """

    store: Store
    clock: Clock
    make: Callable[[str], bytes] = random_seed
    derived: bool = False

    def of(self, day: date, zone: ZoneInfo | None = None) -> tuple[bytes, str]:
        """Return the seed by which a day draws, and its name; one that is not there is made late.

        One that may have been shown, since its day was over in a timezone before, is not used.
        """
        row = self._row(day, zone, late=True)
        other = row.zone if zone and row.zone != zone.key else ""
        if other and zone and _is_over(day, ZoneInfo(other), self.clock.now()):
            row = self._made(f"{day.isoformat()} {zone.key}", zone, late=True)
        return mixed(self.secret(row), row.mix), row.day

    def secret(self, row: Seed) -> bytes:
        """Return the secret of a day: for those who draw, and once it is over for all."""
        secret = bytes.fromhex(row.secret) if row.secret else self.make(row.day)
        assert row.secret or commitment(secret) == row.commitment, f"another key made {row.day}"
        return secret

    def commit_to(self, day: date, zone: ZoneInfo | None = None) -> str:
        """Make a day's seed before it starts; return the SHA-256 to be published now."""
        return self._row(day, zone, late=False).commitment

    def mix_in(self, day: date, mix: str) -> None:
        """Mix something in that became known after the commitment; only the first counts."""
        row = self.store.get(Seed, Key(day.isoformat()))
        if row is None or row.mix or row.late:
            return
        after = replace(row, mix=mix, version=row.version + 1)
        try:
            self.store.commit([Put(after, expects=row.version)])
        except Conflict:
            return

    def reveal(self, day: date, zone: ZoneInfo) -> Seed | None:
        """Return a day's seed with its secret once that day is over, else None.

        It has to be over in the shop's timezone, and in that in which it was made.
        """
        row = self.store.get(Seed, Key(day.isoformat()))
        return self.shown(row, zone, self.clock.now()) if row else None

    def shown(self, row: Seed, zone: ZoneInfo, now: Instant) -> Seed | None:
        """Return a seed with its secret if its day is over in both timezones, else None."""
        day = date.fromisoformat(row.day[:10])
        zones = [zone, *([ZoneInfo(row.zone)] if row.zone else [])]
        if not all(_is_over(day, each, now) for each in zones):
            return None
        return replace(row, secret=self.secret(row).hex())

    def published(self, zone: ZoneInfo, days: int) -> list[tuple[date, str]]:
        """Return (day, commitment) from `days` ago up to tomorrow, as far as they are made."""
        today = day_of(self.clock.now(), zone)
        wanted = [today + timedelta(days=offset) for offset in range(-days, 2)]
        keys = {Key(day.isoformat()): day for day in wanted}
        rows = self.store.get_many(Seed, keys)
        return sorted((keys[key], row.commitment) for key, row in rows.items())

    def _row(self, day: date, zone: ZoneInfo | None, *, late: bool) -> Seed:
        return self._made(day.isoformat(), zone, late=late)

    def _made(self, name: str, zone: ZoneInfo | None, *, late: bool) -> Seed:
        known = self.store.get(Seed, Key(name))
        if known:
            return known
        secret = self.make(name)
        kept = "" if self.derived else secret.hex()
        row = Seed(name, kept, commitment(secret), late=late, zone=zone.key if zone else "")
        try:
            self.store.commit([Put(row, expects=0)])
        except Conflict:
            return self._made(name, zone, late=late)
        return row


def _is_over(day: date, zone: ZoneInfo, now: Instant) -> bool:
    return day < day_of(now, zone)


def archive_commitment(archive: Archive, day: date, found: str, at: Instant) -> None:
    """Publish a day's commitment outside the tables; what was published first stays."""
    text = json.dumps({"day": day.isoformat(), "commitment": found, "at": at})
    archive.keep(f"{DRAWS}{day.isoformat()}.json", text)


def archived_commitment(archive: Archive, day: str) -> str | None:
    """Return what was published of a day outside the tables, None if nothing was."""
    text = archive.read(f"{DRAWS}{day}.json")
    found: str | None = json.loads(text)["commitment"] if text else None
    return found


def mix_in_heads(seeds: Seeds, archive: Archive, day: date, zone: ZoneInfo) -> None:
    """Mix into a day's seed the first signature of the books since it was committed to.

    Only before the day starts: nobody who knows the seed could know that when it was made.
    """
    committed = archive.read(f"{DRAWS}{day.isoformat()}.json")
    if committed is None or seeds.clock.now() >= instant_of(datetime.combine(day, time(), zone)):
        return
    since = iso(Instant(json.loads(committed)["at"]))
    for name in archive.names(HEADS):
        signed = read_signed(archive, name)
        if json.loads(signed["head"])["at"] > since:
            seeds.mix_in(day, signed["mac"])
            return
