"""What single plans do beyond what the independent model of the rules knows."""

from typing import Any

from rebate.contracts.events_in import OrderPaid, parse_event
from rebate.domain.plans import union as union_pool
from tests.books import check_books
from tests.engine import FIRST_STEP, Player

BASE: dict[str, Any] = {"currency": "CNY", "timezone": "Asia/Shanghai"}


def buy(order: str, member: str, paid: int, **more: Any) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid, **more}}


def played(plans: dict[str, Any], *steps: dict[str, Any]) -> Player:
    player = Player({"settings": BASE | plans, "steps": steps})
    player.play()
    check_books(player.store)
    return player


def test_a_repurchase_never_takes_the_place_of_a_shops_order() -> None:
    """Where the shop has an order of that name already, none is made (Rules 4.4 and 4.5)."""
    plan = {"enabled": True, "reward_bps": 6000, "rewards_to_exit": 2}
    player = played({"order_queue": plan}, buy("o1", "A", 1000))
    detail = {"order_id": "o", "member": {"id": "Z"}, "channel": "mall", "paid_at": FIRST_STEP}
    paid = parse_event("OrderPaid", {**detail, "lines": [{"line_id": "1", "paid": 500}]})
    assert isinstance(paid, OrderPaid)
    of_old = paid.model_copy(update={"order_id": "o1-r1"})
    player.settle(player.app.orders.accept(of_old).queues)
    player.step(buy("o2", "B", 1000))
    outcome = player.outcome()
    assert outcome["wallets"] == {"A": {"cash": 900}}
    assert outcome["platform"]["repurchased"] == 0
    names = [entry["entry"] for entry in outcome["queues"]["order_queue"]["entries"]]
    assert names == ["o1", "o1-r1", "o2"]


def union(**more: Any) -> dict[str, Any]:
    plan = {"enabled": True, "settle_on": "paid", "profit_share_bps": 5000, "quota_bps": 10_000}
    return {"union": {**plan, "default_margin_bps": 10_000, **more}}


def promised_and_pooled(player: Player) -> tuple[int, int]:
    queue = player.outcome()["queues"]["union"]
    return queue["entries"][0]["entitlement"], queue["pool"]


def test_a_stores_own_ratios_are_those_of_all_its_orders() -> None:
    """Rule 7.5; they stand before those of products."""
    own = {"profit_share_bps": 1000, "quota_bps": 5000}
    settings = union(stores={"W": own}, products={"p1": {"quota_bps": 1}})
    bought = buy("o1", "A", 1000, channel="store", store="W", product="p1")
    assert promised_and_pooled(played(settings, bought)) == (500, 100)


def test_products_ratios_are_weighed_by_what_was_paid() -> None:
    """Rule 7.5: 1 000 at 60 % and 3 000 at the plan's 100 % are 90 % of 4 000."""
    settings = union(products={"p1": {"quota_bps": 6000, "profit_share_bps": 0}})
    lines = [
        {"line": "1", "paid": 1000, "product": "p1"},
        {"line": "2", "paid": 3000, "product": "p2"},
    ]
    bought = {"buy": {"order": "o1", "member": "A", "lines": lines}}
    assert promised_and_pooled(played(settings, bought)) == (3600, 1500)


def test_an_order_of_nothing_is_priced() -> None:
    settings = union(products={"p1": {"quota_bps": 6000}})
    bought = buy("o1", "A", 0), buy("o2", "B", 100)
    outcome = played(settings, *bought).outcome()
    assert [entry["entry"] for entry in outcome["queues"]["union"]["entries"]] == ["o2"]


def test_two_refunds_of_an_order_may_arrive_in_any_order() -> None:
    """What a refund takes from the profit is rounded over all refunds before it (Rule 7.1)."""
    settings = union(default_margin_bps=5000, settle_on="completed")
    first = {"refund": {"order": "o1", "amount": 1, "id": "r1"}, "at": "2026-03-01T10:01:00+08:00"}
    done = {"complete": "o1", "at": "2026-03-01T10:02:00+08:00"}
    second = {"refund": {"order": "o1", "amount": 1, "id": "r2"}, "at": "2026-03-01T10:05:00+08:00"}
    pools = []
    for steps in ((first, done, second), (second, first, done)):
        player = Player({"settings": BASE | settings, "steps": ()}, settles=False)
        player.begin()
        for step in (buy("o1", "A", 4) | {"at": "2026-03-01T10:00:00+08:00"}, *steps):
            player.step(step)
        player.settles = True
        player.settle([union_pool.QUEUE])
        check_books(player.store)
        pools.append(player.outcome()["platform"])
    assert pools[0] == pools[1]


def test_a_refund_leaves_what_its_order_earned_long_ago_alone() -> None:
    """A rebate of an order heard of late is due at once; others pend (Rules 1.2.8 and 1.6.5)."""
    plan = {"enabled": True, "extraction_bps": 10_000, "self_funding": True, "hold_days": 1}
    settings = {"queue_rebate": {**plan, "entitlement": {"fixed_bps": 5000}}}
    done = {"order_id": "late", "completed_at": "2026-03-01T12:00:00+08:00"}
    back = {
        "order_id": "late",
        "refund_id": "r",
        "refunded_at": "2026-03-02T12:00:00+08:00",
        "lines": [{"line_id": "1", "amount": 200}],
    }
    player = played(
        settings,
        buy("open", "A", 1000),
        {"event": {"detail-type": "OrderCompleted", "detail": done}},
        {"event": {"detail-type": "OrderRefunded", "detail": back}},
        buy("late", "A", 1000) | {"at": "2026-03-09T10:00:00+08:00"},
    )
    assert player.outcome()["wallets"] == {"A": {"cash": 500, "pending": 400}}
