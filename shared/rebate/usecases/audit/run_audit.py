"""The audit that runs by the clock: in steps, each as long as a function may take, once a day."""

import pickle
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from typing import TypeVar

from rebate.domain.errors import Conflict
from rebate.domain.records import dataclass, replace
from rebate.domain.times import SECOND, Instant
from rebate.usecases.audit.audit_pass import AuditPass
from rebate.usecases.audit.finding import AuditDifference, UnreadableRow
from rebate.usecases.audit.heads import HEADS, check_heads, sign_head
from rebate.usecases.audit.moving import judged
from rebate.usecases.audit.outside import Archive, MacKey
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import WRITES_MAX, Clock, Put, Remove, Store
from rebate.usecases.storage.rows.audits import AuditPart, AuditRun
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import AUDITS

Row = TypeVar("Row")

HOUR = 3_600 * SECOND
EVERY = 23 * HOUR
"""How long after one audit began the next begins."""

GIVEN_UP = 48 * HOUR
"""How long after it began an audit that is not over begins anew."""

DIFFERENCES_MAX = 100
PART_CHARS = 300_000
PARTS_AT_ONCE = 10
"""Parts that are written together: a transaction takes 4 MB."""


@dataclass(frozen=True, slots=True)
class ScheduledAudit:
    """Audits the books a step at a time; at the end it signs what they are."""

    store: Store
    clock: Clock
    settings: SettingsReader
    key: MacKey
    archive: Archive

    def step(self, may: Callable[[], bool]) -> AuditRun | None:
        """Go on with the audit that is under way, or begin one, as long as it `may`.

        Returns how it stands; None where none is due, or somebody else is at it.
        """
        now = self.clock.now()
        run = self._under_way(now)
        if run is None:
            return None
        way, found = self._resumed(run)
        try:
            for difference in way.go_on(self.store, may):
                found.append(difference)
                del found[DIFFERENCES_MAX + 1 :]
            over = way.is_over
        except UnreadableRow as unreadable:
            found.append(unreadable.difference)
            over = True
        try:
            return self._finish(run, way, found) if over else self._keep(run, way, found)
        except Conflict:
            return None

    def _under_way(self, now: Instant) -> AuditRun | None:
        last = next(iter(last_audits(self.store, 1)), None)
        if last is None or now - last.began_at >= (EVERY if last.finished_at else GIVEN_UP):
            return AuditRun(now, version=0)
        return None if last.finished_at else last

    def _resumed(self, run: AuditRun) -> tuple[AuditPass, list[AuditDifference]]:
        found = [AuditDifference(*each) for each in run.differences]
        kept = self._kept(run)
        if kept is None:
            return AuditPass(self.settings.in_force(), run.began_at), []
        way: AuditPass = kept
        return way, found

    def _kept(self, run: AuditRun) -> AuditPass | None:
        """Return what was kept of an audit; None: nothing yet, or of another release."""
        keys = [key_of(AuditPart(run.began_at, run.steps, part, "")) for part in range(run.parts)]
        rows = self.store.get_many(AuditPart, keys)
        text = "".join(rows[key].text for key in keys)
        if not text:
            return None
        assert self.key.verifies(_digest(text), bytes.fromhex(run.mac)), "parts were changed"
        try:
            kept = pickle.loads(zlib.decompress(b64decode(text)))  # noqa: S301 - signed by this key
        except (AttributeError, ImportError, TypeError):
            return None
        fresh = AuditPass(self.settings.in_force(), run.began_at)
        return kept if isinstance(kept, AuditPass) and kept.form == fresh.form else None

    def _keep(self, run: AuditRun, way: AuditPass, found: list[AuditDifference]) -> AuditRun:
        """Keep what is known until the next step; parts first, so that the run names whole ones."""
        text = b64encode(zlib.compress(pickle.dumps(way), 1)).decode()
        step = run.steps + 1
        texts = [text[at : at + PART_CHARS] for at in range(0, len(text), PART_CHARS)]
        parts = [AuditPart(run.began_at, step, part, each) for part, each in enumerate(texts)]
        for some in _in_turn(parts, PARTS_AT_ONCE):
            self.store.commit([Put(part) for part in some])
        mac = self.key.sign(_digest(text)).hex()
        after = replace(_told(run, way, found), steps=step, parts=len(parts), mac=mac)
        self.store.commit([Put(after, expects=run.version)])
        self._forget(run)
        return after

    def _finish(self, run: AuditRun, way: AuditPass, found: list[AuditDifference]) -> AuditRun:
        if way.is_over:
            found += check_heads(way.chains, way.days, self.key, self.archive)
        firm = list(judged(found, way, self.store))
        after = replace(
            _told(run, way, firm),
            steps=run.steps + 1,
            parts=0,
            mac="",
            unjudged=len(found) - len(firm),
            finished_at=self.clock.now(),
        )
        if way.is_over:
            heads = {str(name): queue.head for name, queue in way.queues.items()}
            signed = sign_head(way.days, heads, self.key, self.archive, run.began_at)
            after = replace(after, head=f"{HEADS}{signed['at']}.json")
        self.store.commit([Put(after, expects=run.version)])
        self._forget(run)
        return after

    def _forget(self, run: AuditRun) -> None:
        parts = [AuditPart(run.began_at, run.steps, part, "") for part in range(run.parts)]
        for some in _in_turn(parts, WRITES_MAX):
            self.store.commit([Remove(AuditPart, key_of(part)) for part in some])


def last_audits(store: Store, count: int) -> list[AuditRun]:
    """Return the last audits, the newest first."""
    return store.query(AuditRun, AUDITS, backwards=True, limit=count)


def _told(run: AuditRun, way: AuditPass, found: list[AuditDifference]) -> AuditRun:
    return replace(
        run,
        differences=tuple((each.path, each.message) for each in found[:DIFFERENCES_MAX]),
        more=len(found) > DIFFERENCES_MAX,
        waiting=way.waiting,
        rows=dict(way.rows),
        version=run.version + 1,
    )


def _in_turn(rows: Sequence[Row], at_once: int) -> Iterator[Sequence[Row]]:
    return (rows[start : start + at_once] for start in range(0, len(rows), at_once))


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
