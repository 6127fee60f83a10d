"""Signed heads: what the books were at the end of an audit, kept outside the tables.

Who falsifies the books so that they agree, chains and all, cannot change what was signed before.
A head names the last row of each queue's chain, and for each day that is over, how many rows the
journal has of it and a sum of their fingerprints that no other rows come to (AdHash, 2 048 bits).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256, shake_256
from typing import Any

from rebate.domain.times import DAY, SECOND, Instant, iso
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.finding import AuditDifference
from rebate.usecases.audit.outside import Archive, MacKey
from rebate.usecases.storage.rows.journal import Journal

HEADS = "books/"
"""With what the names of heads begin."""

BYTES = 256
_MODULUS: int = 1 << (8 * BYTES)

SETTLED_WITHIN = 3_600 * SECOND
"""How long after a day nothing of it is stored any more."""


@dataclass(slots=True)
class JournalDays:
    """By day (UTC): how many rows the journal has, and the sum of their fingerprints."""

    rows: dict[int, int] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=dict)

    def add(self, row: Journal, fingerprint: bytes) -> None:
        """Add a row; the order of additions does not matter."""
        day = row.at // DAY
        number = int.from_bytes(shake_256(fingerprint).digest(BYTES), "big")
        self.rows[day] = self.rows.get(day, 0) + 1
        self.sums[day] = (self.sums.get(day, 0) + number) % _MODULUS

    def of(self, day: int) -> tuple[int, str]:
        """Return what is signed of a day: its rows, and a digest of their sum."""
        total = self.sums.get(day, 0).to_bytes(BYTES, "big")
        return self.rows.get(day, 0), sha256(total).hexdigest()


def sign_head(
    days: JournalDays,
    heads: Mapping[str, str],
    key: MacKey,
    archive: Archive,
    at: Instant,
) -> dict[str, Any]:
    """Keep a signed head of the books as they were read from `at` on, and return it.

    `heads` are the fingerprints of the queues' last rows. Days that an earlier head has are not
    signed again.
    """
    known = [json.loads(read_signed(archive, name)["head"]) for name in archive.names(HEADS)]
    signed = {day for each in known for day in each["days"]}
    over = (day for day in sorted(days.rows) if (day + 1) * DAY + SETTLED_WITHIN <= at)
    head = {
        "at": iso(at),
        "before": known[-1]["at"] if known else None,
        "queues": {name: head for name, head in sorted(heads.items()) if head},
        "days": {iso_day(day): days.of(day) for day in over if iso_day(day) not in signed},
    }
    text = json.dumps(head, ensure_ascii=False, separators=(",", ":"))
    mac = key.sign(_digest(text)).hex()
    archive.keep(f"{HEADS}{iso(at)}.json", json.dumps({"head": text, "mac": mac}))
    return {"at": head["at"], "head": text, "mac": mac}


def check_heads(
    chains: Chains, days: JournalDays, key: MacKey, archive: Archive
) -> Iterator[AuditDifference]:
    """Yield where the books are not what was signed of them."""
    before = None
    for name in archive.names(HEADS):
        signed = read_signed(archive, name)
        path, text = f"heads.{name.removeprefix(HEADS)}", signed["head"]
        if not key.verifies(_digest(text), bytes.fromhex(signed["mac"])):
            yield AuditDifference(path, "is not signed with the key of the books")
            continue
        head = json.loads(text)
        if head["before"] != before:
            yield AuditDifference(path, f"follows {head['before']}, which is not there")
        before = head["at"]
        yield from _check(chains, days, head)


def _check(chains: Chains, days: JournalDays, head: Mapping[str, Any]) -> Iterator[AuditDifference]:
    for queue, fingerprint in head["queues"].items():
        links = chains.links.get(queue, {}).values()
        if bytes.fromhex(fingerprint) not in (link.own for link in links):
            message = f"the rows up to {head['at']} are not those that were signed then"
            yield AuditDifference(f"journal.{queue}", message)
    numbers = {iso_day(day): day for day in days.rows}
    for day, (rows, digest) in head["days"].items():
        found = days.of(numbers.get(day, -1))
        if found != (rows, digest):
            message = f"has {found[0]} rows that are not the {rows} that were signed"
            yield AuditDifference(f"journal of {day}", message)


def read_signed(archive: Archive, name: str) -> dict[str, str]:
    """Return a signed text with its signature."""
    found: dict[str, str] = json.loads(archive.read(name) or '{"head": "{}", "mac": ""}')
    return found


def iso_day(day: int) -> str:
    """Return the day of a number of days since 1970, UTC."""
    return iso(Instant(day * DAY))[:10]


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
