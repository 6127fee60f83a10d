"""The audit that runs by the clock: in steps, once a day; it signs what the books are."""

import itertools
import json

import pytest

from rebate.adapters.archive import MemoryArchive
from rebate.adapters.signing import SecretKey
from rebate.domain.fingerprints import fingerprint
from rebate.domain.ledger import Posting
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.times import DAY, Instant
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.audit.heads import HEADS
from rebate.usecases.audit.run_audit import EVERY, ScheduledAudit, last_audits
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.rows.audits import AuditPart
from rebate.usecases.storage.rows.journal import Journal
from tests.engine import Player
from tests.fakes import FakeClock
from tests.usecases.audit.falsifications import CASH, DAY_OF_A_SHOP, RETAINED, Tables

KEY = SecretKey(b"a key")
LATER = 1_900_000_000_000_000


class Auditor:
    """An audit over a store, and what it keeps outside."""

    def __init__(self, store, rows_a_step=10**9):
        self.store, self.rows = store, rows_a_step
        self.clock, self.archive = FakeClock(LATER), MemoryArchive()

    def step(self):
        """Begin another process: nothing is known but what was stored."""
        rows = itertools.count(1)
        settings = SettingsReader(self.store)
        audit = ScheduledAudit(self.store, self.clock, settings, KEY, self.archive)
        return audit.step(lambda: next(rows) < self.rows)

    def run(self):
        while True:
            run = self.step()
            if run is None or run.finished_at:
                return run

    def paths(self):
        return {path for path, _ in self.run().differences}


@pytest.fixture(scope="module")
def day():
    player = Player(DAY_OF_A_SHOP)
    player.play()
    return player.store


def test_steps_come_to_what_one_audit_does(day):
    store = day.fork()
    whole, slow = Auditor(store.fork()).run(), Auditor(store, rows_a_step=7)
    run = slow.run()
    assert run.steps > 30
    assert (run.differences, run.rows, run.head) == ((), whole.rows, whole.head)
    assert list(store.scan(AuditPart)) == []


def test_steps_find_what_one_audit_does(day):
    tables = Tables(day.fork())
    row = tables.find(Journal, source="mall", number=5)
    tables.post(row, Posting(CASH, 700), Posting(RETAINED, -700), kind="merge")
    expected = {each.path for each in audit_books(tables.store).differences}
    assert "journal.mall.5" in expected
    assert Auditor(tables.store, rows_a_step=30).paths() == expected


def test_what_is_kept_between_steps_is_taken_from_nobody_else(day):
    auditor = Auditor(day.fork(), rows_a_step=30)
    auditor.step()
    part = next(auditor.store.scan(AuditPart))
    Tables(auditor.store).put(replace(part, text="AAAA"))
    with pytest.raises(AssertionError):
        auditor.step()


def test_an_audit_is_made_once_a_day(day):
    auditor = Auditor(day.fork())
    assert auditor.run().finished_at
    assert auditor.step() is None
    auditor.clock.advance(EVERY)
    assert auditor.run().finished_at
    assert len(last_audits(auditor.store, 9)) == 2


def forged_with_its_chain(store):
    """Change a row and all that follow it, as who knows how chains are made could."""
    tables = Tables(store)
    rows = sorted(
        (row for row in store.scan(Journal) if row.source == "mall"), key=lambda row: row.number
    )
    tables.post(rows[4], Posting(CASH, 0), Posting(RETAINED, 0), kind="pool_run")
    previous = fingerprint(rows[3])
    for row in rows[4:]:
        now = tables.find(Journal, source="mall", number=row.number)
        tables.put(replace(now, previous=previous))
        previous = fingerprint(tables.find(Journal, source="mall", number=row.number))
    tables.put(replace(tables.find(Queue, id="mall"), head=previous))


def test_a_chain_that_was_forged_to_its_end_is_not_what_was_signed(day):
    store = day.fork()
    auditor = Auditor(store)
    assert auditor.paths() == set()
    forged_with_its_chain(store)
    assert audit_books(store).differences == []
    auditor.clock.advance(EVERY)
    assert "journal.mall" in auditor.paths()


def test_rows_that_stand_alone_are_signed_by_day(day):
    """A row of no chain is taken away, with all that it asked for: only the day's sum tells."""
    store = day.fork()
    auditor = Auditor(store)
    auditor.run()
    row = next(row for row in store.scan(Journal) if row.source.startswith("settings"))
    Tables(store).put(replace(row, source="settings", number=99, previous="", facts={}, events=()))
    auditor.clock.advance(EVERY)
    assert any(path.startswith("journal of ") for path in auditor.paths())


def test_a_head_that_was_changed_or_is_gone_is_named(day):
    auditor = Auditor(day.fork())
    for _ in range(3):
        auditor.run()
        auditor.clock.advance(EVERY)
    first, second, _ = auditor.archive.names(HEADS)
    texts = auditor.archive.texts
    signed = json.loads(texts[second])
    texts[second] = json.dumps({**signed, "head": signed["head"].replace("mall", "male")})
    assert f"heads.{second.removeprefix(HEADS)}" in auditor.paths()
    del texts[first]
    auditor.clock.advance(EVERY)
    assert len(auditor.paths()) > 1


def test_what_is_settled_while_the_books_are_read_raises_no_alarm(day):
    """Orders come between all steps; the queues that went on are judged by the next audit."""
    store = day.fork()
    player = Player(DAY_OF_A_SHOP, store=store)
    player.at = player.at.replace(month=4)
    clock = player.app.clock
    clock.advance(LATER)
    auditor = Auditor(store, rows_a_step=25)
    auditor.clock = clock
    for number in itertools.count():
        run = auditor.step()
        if run.finished_at:
            break
        player.step({"buy": {"order": f"new{number}", "member": "A", "paid": 30000}})
        player.step({"complete": f"new{number}"})
    assert number > 10
    assert run.differences == ()
    clock.advance(EVERY + DAY)
    auditor.rows = 10**9
    assert auditor.paths() == set()


def test_what_is_falsified_is_named_though_books_are_written_meanwhile(day):
    store = day.fork()
    player = Player(DAY_OF_A_SHOP, store=store)
    clock = player.app.clock
    clock.advance(LATER)
    auditor = Auditor(store, rows_a_step=40)
    auditor.clock = clock
    tables = Tables(store)
    row = tables.find(Journal, source="mall", number=5)
    tables.put(replace(row, at=Instant(row.at + 1)))
    found = set()
    for number in itertools.count():
        run = auditor.step()
        if run.finished_at:
            found = {path for path, _ in run.differences}
            break
        player.step({"buy": {"order": f"new{number}", "member": "A", "paid": 30000}})
    assert "journal.mall.5" in found
