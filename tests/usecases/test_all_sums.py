"""Sums over all queues and members: counted of few, kept by the clock of many (Rules 8.1, 8.8)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from rebate.contracts.reports import Liability
from rebate.domain.errors import Unavailable
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import MemberId, QueueId, StoreId
from rebate.domain.queues import Age
from rebate.domain.records import replace
from rebate.domain.wallets import Wallet
from rebate.usecases.reports import all_sums
from rebate.usecases.reports.all_sums import KEPT_FOR, SumsKeeping, SumsReader
from rebate.usecases.reports.read_days import ReportPeriod
from rebate.usecases.reports.show_liability import show_liability
from rebate.usecases.reports.show_report import show_report
from rebate.usecases.reports.show_sums import show_sums
from rebate.usecases.settings.save_settings import InForce, SettingsReader
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.schedules import SUMS, SUMS_BEGUN, StoredSums
from tests.engine import Player
from tests.fakes import FakeClock
from tests.many_queues import CountingStore, fill, take_off_sale, waiting_queue

MANY = 30_000
MEMBERS = 6_000
MARCH = Age(Amount(500), Amount(200), Amount(300))
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "mall": "per_product",
    },
}


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def in_force() -> InForce:
    player = Player({"settings": {**SETTINGS}, "steps": []})
    player.begin()
    return player.app.settings.in_force()


def rows(count: int) -> Iterator[Any]:
    for number in range(count):
        row = waiting_queue(number)
        yield replace(row, ages={"2026-03": MARCH}) if number % 2 else row


class Books:
    """A store with queues and wallets, and a clock by which they are summed up."""

    def __init__(self, queues: int, members: int, in_force: InForce) -> None:
        self.store, self.clock, self.in_force = CountingStore(), FakeClock(), in_force
        fill(self.store, rows(queues))
        take_off_sale(self.store, (1, 3))
        for number in range(members):
            balances = {BalanceType.POINTS: Amount(2), BalanceType.CASH: Amount(5)}
            wallet = Wallet(MemberId(f"m{number:05d}"), 1, balances)
            self.store.commit([Put(wallet)])
        self.store.scanned.clear()
        self.store.read.clear()

    def keep(self, *, may: Any = lambda: True) -> bool:
        settings = _Settings(self.in_force)
        return SumsKeeping(self.store, self.clock, settings).step(may)

    @property
    def sums(self) -> SumsReader:
        return SumsReader(self.store, self.in_force.terms, self.clock.now())

    def liability(self, by: str, after: str | None = None) -> Liability:
        begin = None if after is None else QueueId(after)
        return show_liability(self.sums, by, "en", begin)

    def promises(self, **of: Any) -> list[Any]:
        period = ReportPeriod(date(2026, 3, 1), date(2026, 3, 30), **of)
        return list(show_report(self.sums, self.in_force, "promises", period, "en").rows)


class _Settings(SettingsReader):
    def __init__(self, in_force: InForce) -> None:
        object.__setattr__(self, "_found", in_force)

    def in_force(self, _store: Any = None) -> InForce:
        return self._found  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def summed(in_force: InForce) -> Books:
    books = Books(MANY, MEMBERS, in_force)
    assert books.keep()
    return books


@pytest.fixture
def many(summed: Books) -> Books:
    summed.store.read.clear()
    summed.store.scanned.clear()
    return summed


def test_sums_of_few_queues_are_those_of_this_instant(in_force: InForce) -> None:
    books = Books(10, 3, in_force)
    told = show_sums(books.sums)
    (plan,) = told.plans
    assert told.as_of is None
    assert (plan.plan, plan.queues, plan.waiting, plan.owed) == ("queue_rebate", 10, 5, 1500)
    assert (plan.entries, plan.pool, plan.first) == (10, 100, "product/p00001")
    seen = books.liability("queue")
    assert (len(seen.rows), seen.waiting, seen.next, seen.as_of) == (10, 1500, None, None)
    assert [future.sales for future in seen.future] == ["flat", "trend", "stopped"]
    assert seen.outstanding.points == 6
    assert "Queue" not in books.store.scanned


def test_of_many_a_request_reads_what_was_kept_and_a_page(many: Books) -> None:
    seen = many.liability("queue")
    assert "Queue" not in many.store.scanned
    assert many.store.read["Queue"] == len(seen.rows) == 500
    assert many.store.read["ListItem"] <= all_sums.COUNTED_MAX + 1 + 500
    assert many.store.read["Wallet"] <= all_sums.WALLETS_MAX + 1
    assert many.store.read["DayFigures"] == 0
    assert (seen.entries, seen.waiting) == (MANY // 2, MANY // 2 * 300)
    assert (seen.promised, seen.paid) == (MANY // 2 * 500, MANY // 2 * 200)
    assert seen.outstanding.points == 2 * MEMBERS
    assert seen.as_of is not None
    assert seen.future == ()
    assert "sums are made every hour" in seen.notes[0]


def test_all_pages_of_what_is_owed_sum_up_to_what_is_kept(many: Books) -> None:
    waiting, rows, after = NOTHING, 0, None
    while True:
        page = many.liability("queue", after)
        rows += len(page.rows)
        waiting += sum_of(row.waiting for row in page.rows)
        after = page.next
        if after is None:
            break
    assert (rows, waiting) == (MANY, page.waiting)


def test_of_many_debts_by_age_are_those_that_were_kept(many: Books) -> None:
    (row,) = many.liability("age").rows
    assert (row.month, row.promised, row.waiting) == ("2026-03", MANY // 2 * 500, MANY // 2 * 300)
    assert many.store.read["Queue"] == 0
    (promised,) = many.promises()
    assert (promised["month"], promised["paid_bps"]) == ("2026-03", 4000)
    assert many.promises(plan="union") == []
    assert many.store.read["Queue"] == 0


def test_what_a_store_promised_is_read_of_its_own_queues(in_force: InForce) -> None:
    books = Books(10, 1, in_force)
    fill(books.store, [replace(waiting_queue(1, "store"), ages={"2026-04": MARCH})])
    (row,) = books.promises(store=StoreId("p00001"))
    assert (row["month"], row["waiting"]) == ("2026-04", 300)
    assert books.store.read["Queue"] == 1


def test_the_overview_tells_of_many_when_they_were_summed_up(many: Books) -> None:
    told = show_sums(many.sums)
    (plan,) = told.plans
    assert (plan.queues, plan.stalled, plan.pool) == (MANY, 2, MANY // 10 * 100)
    assert told.as_of is not None
    assert many.store.read["Queue"] == 0


def test_sums_of_many_that_were_not_made_yet_are_refused_for_a_while(
    in_force: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 5)
    books = Books(10, 1, in_force)
    with pytest.raises(Unavailable, match="ask again"):
        books.liability("age")
    assert books.keep()
    assert books.liability("age").waiting == 1500


def test_summing_up_goes_on_where_it_stopped_and_counts_nothing_twice(
    in_force: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_sums, "AT_ONCE", 4)
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 5)
    books = Books(10, 10, in_force)
    steps = 1
    while not books.keep(may=never):
        assert books.store.get(StoredSums, Key(SUMS)) is None
        steps += 1
    assert steps == 6
    seen = books.liability("age")
    assert (seen.waiting, seen.outstanding.points) == (1500, 20)


def test_sums_are_made_anew_after_an_hour_and_not_before(in_force: InForce) -> None:
    books = Books(2, 2, in_force)
    assert books.keep()
    assert not books.keep()
    fill(books.store, [waiting_queue(3)])
    books.clock.advance(KEPT_FOR)
    assert books.keep()
    kept = books.store.get(StoredSums, Key(SUMS))
    assert kept is not None
    assert kept.sums.plans["queue_rebate"].queues == 3


def test_what_was_begun_long_ago_is_begun_anew(
    in_force: InForce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_sums, "AT_ONCE", 2)
    books = Books(5, 2, in_force)
    books.keep(may=never)
    began = books.store.get(StoredSums, Key(SUMS_BEGUN))
    books.clock.advance(3 * KEPT_FOR)
    assert books.keep()
    kept = books.store.get(StoredSums, Key(SUMS))
    assert kept is not None
    assert began is not None
    assert kept.sums.at > began.sums.at
    assert kept.sums.plans["queue_rebate"].queues == 5
