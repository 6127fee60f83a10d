"""The list of all queues: written with a queue's first row, read page by page (Rule 1.8)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest

from rebate.adapters.memory import MemoryStore
from rebate.contracts.api import QUEUES_PAGE
from rebate.domain.errors import Impossible
from rebate.domain.events import EntriesCleared
from rebate.domain.names import QueueId
from rebate.domain.parking import ParkedState
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY
from rebate.usecases.parking.park_command import TRIES_MAX
from rebate.usecases.queries.show_queues import WantedQueues, show_queues, show_stalled
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.queue_list import QUEUES, TakingIn, queues_listed
from rebate.usecases.storage.rows.inbox import Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.lists import ListItem
from tests.engine import Player
from tests.fakes import FakeClock
from tests.many_queues import CountingStore, fill, take_off_sale, waiting_queue

MANY = 30_000
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "mall": "per_product",
    },
    "union": {
        "enabled": True,
        "profit_share_bps": 2000,
        "quota_bps": 100,
        "default_margin_bps": 1000,
    },
}


def shop(*orders: dict[str, Any], settings: dict[str, Any] = SETTINGS) -> Player:
    player = Player({"settings": settings, "steps": [{"buy": order} for order in orders]})
    player.play()
    return player


def order(name: str, **more: Any) -> dict[str, Any]:
    return {"order": name, "member": "A", "paid": 1000, **more}


def always() -> bool:
    return True


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def terms() -> Terms:
    return shop().app.settings.in_force().terms


@pytest.fixture(scope="module")
def filled() -> CountingStore:
    store = CountingStore()
    fill(store, map(waiting_queue, range(MANY)))
    take_off_sale(store, (7, 12, 20, MANY - 1))
    return store


@pytest.fixture
def many(filled: CountingStore) -> CountingStore:
    filled.read.clear()
    filled.scanned.clear()
    return filled


def test_a_queue_is_listed_once_with_its_first_row() -> None:
    player = shop(order("o1", product="p2"), order("o2", product="p1"), order("o3", product="p2"))
    places = player.store.query(ListItem, QUEUES)
    assert [place.id for place in places] == ["product/p1", "product/p2", "union"]
    assert {row.id for row in player.store.scan(Queue)} == {place.id for place in places}


def test_so_is_one_whose_first_command_is_parked() -> None:
    player = shop()
    player.settles = False
    player.step({"buy": order("o1", product="p1")})

    def refuse(writes: Sequence[Write]) -> None:
        if any(isinstance(write, Put) and isinstance(write.row, Ticket) for write in writes):
            raise Impossible("Item size has exceeded")

    player.store.before_commit = refuse
    for _ in range(TRIES_MAX):
        with suppress(Impossible):
            player.app.settler.settle(QueueId("product/p1"))
    assert player.store.query(Parked, ParkedState.PARKED)
    assert queues_listed(player.store, 10) == ["product/p1"]


def test_pages_are_in_order_of_ids_and_of_a_plan_where_one_is_asked_for() -> None:
    player = shop(
        order("o1", product="p2"),
        order("o2", product="p1"),
        order("o3", channel="store", store="W"),
    )
    store = player.store

    def pages(plan: str | None) -> list[QueueId]:
        found: list[QueueId] = []
        while page := queues_listed(store, 1, found[-1] if found else None, plan):
            found += page
        return found

    assert pages(None) == ["product/p1", "product/p2", "store/W", "union"]
    assert pages("queue_rebate") == ["product/p1", "product/p2", "store/W"]
    assert pages("union") == ["union"]
    assert queues_listed(store, 10, QueueId("union"), "queue_rebate") == []
    assert queues_listed(store, 10, QueueId("product/p1"), "union") == ["union"]
    assert queues_listed(store, 10, QueueId("cashier/none"), "queue_rebate") == pages(
        "queue_rebate"
    )


def test_names_that_hold_what_keys_are_made_of_are_found_again() -> None:
    store = MemoryStore()
    names = [QueueId(f"product/{owner}") for owner in ("a#b", "a%b", "z" * 128, "好" * 64)]
    fill(store, [Queue(name, version=1) for name in names])
    found: list[QueueId] = []
    while page := queues_listed(store, 1, found[-1] if found else None, "queue_rebate"):
        found += page
    assert sorted(found) == sorted(names)


def test_a_page_of_many_queues_reads_what_stands_on_it(many: CountingStore, terms: Terms) -> None:
    page = show_queues(many, terms, FakeClock().now(), WantedQueues())
    assert len(page.queues) == QUEUES_PAGE
    assert not many.scanned
    assert +many.read == {"ListItem": QUEUES_PAGE, "Queue": QUEUES_PAGE, "Product": 3}
    assert page.queues[7].stalled
    assert (page.queues[7].name, page.queues[8].name) == ("Tea 7", None)


def test_all_pages_together_are_all_queues(many: CountingStore, terms: Terms) -> None:
    seen, after, now = 0, None, FakeClock().now()
    while True:
        page = show_queues(many, terms, now, WantedQueues(plan="queue_rebate", after=after))
        seen += len(page.queues)
        after = None if page.next is None else QueueId(page.next)
        if after is None:
            break
    assert seen == MANY
    assert many.read["Queue"] == MANY


def test_stalled_queues_are_found_page_by_page(many: CountingStore, terms: Terms) -> None:
    found: list[str] = []
    after, pages = None, 0
    while True:
        many.read.clear()
        page = show_stalled(many, terms, after)
        assert many.read["Queue"] <= QUEUES_PAGE
        found += [each.queue for each in page.queues]
        pages += 1
        after = None if page.next is None else QueueId(page.next)
        if after is None:
            break
    assert found == ["product/p00007", "product/p00020", f"product/p{MANY - 1:05d}"]
    assert pages == MANY // QUEUES_PAGE + 1
    assert not many.scanned


def test_queues_of_an_earlier_release_are_taken_in_by_and_by() -> None:
    store, clock = CountingStore(), FakeClock()
    fill(store, map(waiting_queue, range(250)), listed=False)
    fill(store, [waiting_queue(250)])
    taking = TakingIn(store, clock)
    assert [taking.step(never) for _ in range(3)] == [100, 100, 50]
    assert len(queues_listed(store, 1000)) == 251
    assert taking.step(never) == 0
    assert {row.id for row in store.query(ListItem, QUEUES)} == {
        row.id for row in store.scan(Queue)
    }


def test_they_are_looked_for_once_a_day_since_a_release_may_be_taken_back() -> None:
    store, clock = CountingStore(), FakeClock()
    taking = TakingIn(store, clock)
    taking.step(always)
    fill(store, [waiting_queue(1)], listed=False)
    assert taking.step(always) == 0
    store.scanned.clear()
    taking.step(always)
    assert not store.scanned
    clock.advance(DAY)
    assert taking.step(always) == 1
    assert queues_listed(store, 10) == ["product/p00001"]


def test_a_first_commit_is_as_large_as_any_and_lists_its_queue() -> None:
    orders = [order(f"o{n}", member=f"m{n}", product="p1") for n in range(120)]
    player = Player({"settings": SETTINGS, "steps": []})
    player.begin()
    player.settles = False
    for each in orders:
        player.step({"buy": each})
    sizes: list[int] = []
    player.store.before_commit = lambda writes: sizes.append(len(writes))
    player.app.settler.settle(QueueId("product/p1"))
    assert max(sizes) <= 100
    assert queues_listed(player.store, 10) == ["product/p1"]


def test_a_run_over_many_queues_is_sent_many_to_a_transaction() -> None:
    player = shop()
    fill(player.store, map(waiting_queue, range(2_500)))
    commits: list[int] = []
    player.store.before_commit = lambda writes: commits.append(len(writes))
    told = player.app.scheduler.start("clear", player.now)
    assert len(told) == 2_500
    assert commits == [100] * 25
    waiting = list(player.store.scan(Inbox))
    assert {row.queue for row in waiting} == set(told)
    assert len(waiting) == len(told)


def test_a_run_that_is_started_again_clears_each_queue_once() -> None:
    player = shop(order("o1", product="p1"), order("o2", product="p2"))
    for _ in range(2):
        player.app.scheduler.start("clear", player.now)
    for queue in ("product/p1", "product/p2"):
        player.app.settler.settle(QueueId(queue))
    cleared = [
        row.source
        for row in player.store.scan(Journal)
        if any(isinstance(event, EntriesCleared) for event in row.events)
    ]
    assert sorted(cleared) == ["product/p1", "product/p2"]
