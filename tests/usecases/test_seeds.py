"""Seeds that nobody can read before their day is over, and that no change of timezone reuses."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from rebate.adapters.archive import MemoryArchive
from rebate.adapters.signing import SecretKey
from rebate.domain.draws import commitment
from rebate.domain.times import DAY, instant_of
from rebate.usecases.audit.heads import JournalDays, sign_head
from rebate.usecases.draws.seeds import (
    Seeds,
    archive_commitment,
    archived_commitment,
    mix_in_heads,
    mixed,
)
from rebate.usecases.storage.rows.settings import Seed
from tests.fakes import FakeClock, MemoryStore

KEY = SecretKey(b"the key of draws")
TOKYO, HONOLULU = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")
MONDAY = date(2026, 3, 2)


def at(text):
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=UTC))


@pytest.fixture
def seeds():
    clock = FakeClock(at("2026-02-28T12:00"))
    return Seeds(MemoryStore(), clock, lambda name: KEY.sign(name.encode()), derived=True)


def test_no_table_holds_the_secret_of_a_day_before_that_is_over(seeds):
    seeds.commit_to(MONDAY, TOKYO)
    seed, _ = seeds.of(MONDAY, TOKYO)
    (row,) = seeds.store.scan(Seed)
    assert row.secret == ""
    assert commitment(seed) == row.commitment
    assert seeds.reveal(MONDAY, TOKYO) is None
    seeds.clock.advance(3 * DAY)
    assert bytes.fromhex(seeds.reveal(MONDAY, TOKYO).secret) == seed


def test_a_seed_of_another_key_is_not_used(seeds):
    seeds.commit_to(MONDAY, TOKYO)
    other = Seeds(seeds.store, seeds.clock, lambda _: b"x" * 32, derived=True)
    with pytest.raises(AssertionError):
        other.of(MONDAY, TOKYO)


def test_a_day_that_was_over_in_an_earlier_timezone_draws_by_another_seed(seeds):
    """Its seed may have been shown; going west it is that day once more."""
    seeds.commit_to(MONDAY, TOKYO)
    before, name = seeds.of(MONDAY, TOKYO)
    assert name == "2026-03-02"
    seeds.clock.advance(at("2026-03-02T16:00") - at("2026-02-28T12:00"))
    assert seeds.reveal(MONDAY, TOKYO)
    after, name = seeds.of(MONDAY, HONOLULU)
    assert after != before
    assert name == "2026-03-02 Pacific/Honolulu"
    late = next(row for row in seeds.store.scan(Seed) if row.day == name)
    assert late.late


def test_a_day_that_is_not_over_where_it_was_made_is_not_shown_yet(seeds):
    seeds.commit_to(MONDAY, HONOLULU)
    seeds.clock.advance(at("2026-03-02T16:00") - at("2026-02-28T12:00"))
    assert seeds.reveal(MONDAY, TOKYO) is None


def signed(seeds, archive):
    head = sign_head(JournalDays(), {"mall": "ab" * 20}, KEY, archive, seeds.clock.now())
    return head["mac"]


def test_what_the_books_were_signed_with_since_is_mixed_in_before_the_day(seeds):
    archive = MemoryArchive()
    signed(seeds, archive)
    plain = seeds.commit_to(MONDAY, TOKYO)
    archive_commitment(archive, MONDAY, plain, seeds.clock.now())
    mix_in_heads(seeds, archive, MONDAY, TOKYO)
    secret, _ = seeds.of(MONDAY, TOKYO)
    assert commitment(secret) == plain
    mac = signed(seeds, archive)
    signed(seeds, archive)
    mix_in_heads(seeds, archive, MONDAY, TOKYO)
    assert seeds.of(MONDAY, TOKYO)[0] == mixed(secret, mac)


def test_nothing_is_mixed_in_once_the_day_has_begun(seeds):
    archive = MemoryArchive()
    plain = seeds.commit_to(MONDAY, TOKYO)
    archive_commitment(archive, MONDAY, plain, seeds.clock.now())
    seeds.clock.advance(2 * DAY)
    signed(seeds, archive)
    mix_in_heads(seeds, archive, MONDAY, TOKYO)
    assert commitment(seeds.of(MONDAY, TOKYO)[0]) == plain


def test_what_was_committed_to_first_stays_outside_the_tables(seeds):
    archive = MemoryArchive()
    archive_commitment(archive, MONDAY, "first", seeds.clock.now())
    archive_commitment(archive, MONDAY, "second", seeds.clock.now())
    assert archived_commitment(archive, MONDAY.isoformat()) == "first"
    assert archived_commitment(archive, "2026-03-03") is None
