"""What a day came to is counted as it is settled, in the same transaction (Rules 6.3, 8.1, 8.8)."""

from typing import Any

import pytest

from rebate.domain.days import DayFigures, DaySums
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import QueueId, StoreId
from rebate.domain.queues import Age, Queue
from rebate.usecases.storage.open_days import as_they_are, days_at
from rebate.usecases.storage.rows.keys import Key, day_key
from tests.engine import Player

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}
MALL = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 5000}}


def played(*steps: dict[str, Any], **plans: Any) -> Player:
    player = Player({"settings": {**BASE, **(plans or {"queue_rebate": MALL})}, "steps": steps})
    player.play()
    check(player)
    return player


def buy(order: str, member: str, paid: int, at: str, **more: Any) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid, **more}, "at": at}


def day(player: Player, name: str, queue: str = "mall") -> DayFigures:
    key = day_key(name, QueueId(queue))
    return days_at(player.store, [key]).get(key) or DayFigures(name, QueueId(queue))


def all_days(player: Player) -> list[DayFigures]:
    return as_they_are(player.store, player.store.scan(DayFigures))


def queue_of(player: Player, name: str = "mall") -> Queue:
    found = player.store.get(Queue, Key(name))
    assert found is not None
    return found


def check(player: Player) -> None:
    """What days came to together is what queues hold; what waits by month is what waits."""
    days = all_days(player)
    for queue in player.store.scan(Queue):
        theirs = [each for each in days if each.queue == queue.id]
        sums = DaySums()
        for each in theirs:
            sums = sums.plus(each.sums)
        figures = queue.tills
        assert sums.contributed == -figures.get("contributed", 0)
        assert sums.retained == figures.get("retained", 0)
        assert sums.borne == -figures.get("borne", 0)
        assert sums.clawed_back == figures.get("clawed_back", 0)
        assert sum_of(age.waiting for age in queue.ages.values()) == queue.standing.owed
        paid_of = [amount for each in theirs for amount in each.paid_of.values()]
        assert sum_of(age.paid for age in queue.ages.values()) == sum_of(paid_of)
    outcome = player.outcome()
    commissions = sum_of(each.sums.commissions for each in days)
    assert commissions == outcome["platform"]["commissions"]


def test_days_are_the_shops_own() -> None:
    player = played(
        buy("o1", "A", 1000, "2026-03-01T23:59:00+08:00"),
        buy("o2", "B", 2000, "2026-03-02T00:00:00+08:00"),
    )
    first, second = day(player, "2026-03-01").sums, day(player, "2026-03-02").sums
    assert (first.orders, first.sales, first.contributed, first.rebated) == (1, 1000, 100, 0)
    assert (second.orders, second.sales, second.contributed, second.rebated) == (1, 2000, 200, 200)
    assert (first.promised, second.promised, second.entries) == (500, 1000, 1)


def test_commands_of_two_days_are_settled_in_two_commits() -> None:
    player = Player({"settings": {**BASE, "queue_rebate": MALL}, "steps": []}, settles=False)
    player.begin()
    player.step(buy("o1", "A", 1000, "2026-03-01T23:59:00+08:00"))
    player.step(buy("o2", "B", 2000, "2026-03-02T00:00:00+08:00"))
    assert player.app.settler.settle(QueueId("mall")).commits == 2
    assert [day(player, f"2026-03-0{n}").sums.sales for n in (1, 2)] == [1000, 2000]
    check(player)


def test_what_is_paid_and_waits_is_told_by_month_of_the_orders() -> None:
    player = played(
        buy("o1", "A", 1000, "2026-03-31T10:00:00+08:00"),
        buy("o2", "B", 3000, "2026-04-01T10:00:00+08:00"),
        buy("o3", "C", 4000, "2026-04-02T10:00:00+08:00"),
    )
    assert queue_of(player).ages == {
        "2026-03": Age(promised=Amount(500), paid=Amount(500), waiting=NOTHING),
        "2026-04": Age(promised=Amount(3500), paid=Amount(200), waiting=Amount(3300)),
    }
    assert day(player, "2026-04-02").paid_of == {"2026-03": 200, "2026-04": 200}
    assert day(player, "2026-04-02").sums.completed == 1


def test_a_refund_counts_on_its_own_day() -> None:
    player = played(
        buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"),
        buy("o2", "B", 1000, "2026-03-02T10:00:00+08:00"),
        {"refund": {"order": "o2", "amount": 1000}, "at": "2026-03-03T10:00:00+08:00"},
    )
    sums = day(player, "2026-03-03").sums
    assert (sums.orders, sums.sales, sums.contributed, sums.borne) == (0, -1000, -100, 100)
    assert sums.promised == -500
    assert queue_of(player).ages["2026-03"] == Age(
        promised=Amount(500), paid=Amount(100), waiting=Amount(400)
    )


def test_a_clearing_ends_what_waits_and_begins_anew() -> None:
    player = played(
        buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"),
        {"run": "clear", "at": "2026-03-02T00:00:00+08:00"},
        buy("o2", "B", 1000, "2026-03-02T10:00:00+08:00"),
    )
    assert day(player, "2026-03-02").sums.ended == 500
    assert queue_of(player).ages == {
        "2026-03": Age(promised=Amount(1000), paid=NOTHING, waiting=Amount(500))
    }


def test_what_is_exchanged_is_ended() -> None:
    exchange = {"queue_rebate": {**MALL, "exchange": {"points_bps": 10_000}}}
    player = played(
        buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"),
        {"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}},
        **exchange,
    )
    sums = day(player, "2026-03-01").sums
    assert (sums.ended, sums.rebated) == (500, 0)
    assert queue_of(player).ages["2026-03"].waiting == 0


def test_a_forced_repurchase_is_no_sale() -> None:
    plan = {"reward_bps": 5000, "rewards_to_exit": 2}
    player = played(
        *(buy(f"o{n}", f"m{n}", 1000, f"2026-03-01T1{n}:00:00+08:00") for n in range(1, 4)),
        order_queue=plan,
    )
    sums = day(player, "2026-03-01", "order_queue").sums
    assert "o1-r1" in str(player.outcome()["queues"]["order_queue"])
    assert (sums.orders, sums.sales, sums.completed) == (3, 3000, 1)


def test_an_order_that_earns_no_entry_is_a_sale_all_the_same() -> None:
    funds = {"queue_rebate": {**MALL, "products": {"p1": {"part": "funds_only"}}}}
    player = played(buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"), **funds)
    sums = day(player, "2026-03-01").sums
    assert (sums.orders, sums.sales, sums.entries, sums.promised) == (1, 1000, 0, 0)


def test_a_line_over_many_stores_counts_by_store() -> None:
    plan = {"dividend_bps": 1000, "heads_bps": [10_000], "place_by": "paid"}
    at_w = {"channel": "store", "store": "W"}
    player = played(
        buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00", **at_w),
        buy("o2", "B", 2000, "2026-03-01T11:00:00+08:00", channel="store", store="V"),
        buy("o3", "C", 3000, "2026-03-01T12:00:00+08:00"),
        alliance=plan,
    )
    stores = day(player, "2026-03-01", "alliance").stores
    assert {name: (own.orders, own.sales, own.rebated) for name, own in stores.items()} == {
        StoreId("W"): (1, 1000, 0),
        StoreId("V"): (1, 2000, 300),
    }


def test_commissions_count_with_what_refunds_take_back() -> None:
    referral = {"direct_bps": 1000, "settle_on": "paid"}
    player = Player(
        {"settings": {**BASE, "referral": referral}, "members": [{"id": "R"}], "steps": []}
    )
    player.begin()
    player.deliver("MemberSaved", {"member_id": "B", "referrer_id": "R"})
    player.step(buy("o1", "B", 1000, "2026-03-01T10:00:00+08:00", channel="store", store="W"))
    player.step({"refund": {"order": "o1", "amount": 400}, "at": "2026-03-02T10:00:00+08:00"})
    check(player)
    days = {each.day: each for each in all_days(player)}
    assert days["2026-03-01"].sums.commissions == 100
    assert days["2026-03-02"].sums.commissions == -40
    assert days["2026-03-02"].stores[StoreId("W")].commissions == -40


def test_what_is_paid_to_drawn_entries_is_told() -> None:
    prizes = {"kind": "fixed", "prizes": [{"bps": 4000, "weight": 1}]}
    lottery = {**MALL, "entitlement": {"fixed_bps": 5000, "lottery": prizes}}
    player = played(
        buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"),
        {"draw": {"queue": "mall", "entry": "o1/1"}},
        buy("o2", "B", 1000, "2026-03-01T11:00:00+08:00"),
        buy("o3", "B", 9000, "2026-03-02T11:00:00+08:00"),
        queue_rebate=lottery,
    )
    first, second = day(player, "2026-03-01").sums, day(player, "2026-03-02").sums
    assert (first.drawn, second.drawn) == (100, 300)
    assert first.promised == 400 + 500


def test_dividends_are_commissions_of_their_day() -> None:
    dividend = {"bps": 1000, "rank": "holder", "every": "month"}
    player = Player({"settings": {**BASE, "referral": {"dividend": dividend}}, "steps": []})
    player.begin()
    player.deliver("MemberSaved", {"member_id": "S", "rank": "holder"})
    player.step(buy("o1", "B", 1000, "2026-03-01T10:00:00+08:00"))
    player.step({"complete": "o1"})
    player.step({"run": "dividend", "at": "2026-04-01T00:00:00+08:00"})
    check(player)
    days = {each.day: each.sums.commissions for each in all_days(player)}
    assert days["2026-04-01"] == 100


@pytest.mark.parametrize("merged", [True, False])
def test_what_is_merged_is_promised_once(merged: bool) -> None:
    apart = {"queue_rebate": {**MALL, "mall": "per_product"}}
    player = Player({"settings": {**BASE, **apart}, "steps": []})
    player.begin()
    player.step(buy("o1", "A", 1000, "2026-03-01T10:00:00+08:00"))
    if merged:
        player.deliver("ProductSaved", {"product_id": "p1", "on_sale": False})
        player.app.stalls.merge(QueueId("product/p1"))
        player.settle([QueueId("product/p1"), QueueId("mall"), QueueId("product/p1")])
    check(player)
    promised = sum_of(each.sums.promised for each in all_days(player))
    waiting = {q.id: q.standing.owed for q in player.store.scan(Queue)}
    assert promised == 500
    assert sum(waiting.values()) == 500
    assert (waiting.get(QueueId("mall"), 0) == 500) is merged
