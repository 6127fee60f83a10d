"""A cap counts what its day has paid, whoever paid it and whatever was in force then (Rule 8.4)."""

from typing import Any

from rebate.domain.caps import DAYS_KEPT, DailyRebates, with_paid
from rebate.domain.money import Amount
from rebate.domain.queues import Queue
from rebate.usecases.storage.rows.commissions import Tally
from rebate.usecases.storage.rows.keys import Key
from tests.engine import Player
from tests.fakes import MemoryStore

PLAN = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}}
SETTINGS = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": PLAN}
BOTH = {**SETTINGS, "referral": {"direct_bps": 500, "settle_on": "paid"}}
MEMBERS = [{"id": "R"}, {"id": "C", "referrer": "R"}]
DAY = "2026-03-01"


def buy(order: str, member: str, paid: int) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid}}


def cap(most: int | None) -> dict[str, Any]:
    return {"set": {"guards": {"rebates_per_day": most}}}


def played(*steps: dict[str, Any]) -> Player:
    player = Player({"settings": BOTH, "members": MEMBERS, "steps": list(steps)})
    player.play()
    return player


def cash(player: Player) -> dict[str, int]:
    wallets = player.outcome()["wallets"]
    return {member: each["cash"] for member, each in wallets.items()}


def test_without_a_cap_a_day_writes_no_row_of_its_own() -> None:
    player = played(buy("o1", "A", 10_000), buy("o2", "B", 2_000), buy("o3", "C", 1_000))
    assert list(player.store.scan(DailyRebates)) == []
    mall = player.store.get(Queue, Key("mall"))
    assert mall is not None
    assert mall.paid_on == {DAY: 300}
    assert [tally.paid_on for tally in player.store.scan(Tally)] == [{DAY: 50}]


def test_a_cap_counts_what_queues_and_commissions_have_paid() -> None:
    before = (buy("o1", "A", 10_000), buy("o2", "B", 2_000), buy("o3", "C", 1_000))
    player = played(*before, cap(400), buy("o4", "C", 2_000))
    assert cash(player) == {"A": 350, "R": 50}
    assert player.outcome()["queues"]["mall"]["pool"] == 150


def test_a_cap_that_was_off_meanwhile_counts_what_was_paid_without_it() -> None:
    capped = (buy("o1", "A", 10_000), cap(400), buy("o2", "B", 1_000), cap(None))
    player = played(*capped, buy("o3", "B", 2_500), cap(400), buy("o4", "B", 3_000))
    assert cash(player) == {"A": 400}
    (day,) = player.store.scan(DailyRebates)
    assert (day.day, day.amount) == (DAY, 400)


def test_days_long_past_are_forgotten() -> None:
    paid: dict[str, Amount] = {}
    for number in range(10, 30):
        paid = with_paid(paid, {f"2026-03-{number}": Amount(number)})
    assert list(paid) == [f"2026-03-{number}" for number in range(30 - DAYS_KEPT, 30)]
    assert with_paid(paid, {"2026-03-29": Amount(1)})["2026-03-29"] == 30


def test_a_dividend_takes_room_too_and_what_is_cut_is_not_made() -> None:
    rules = {"settle_on": "paid", "dividend": {"bps": 1000, "rank": "holder"}}
    members = [{"id": name, "rank": "holder"} for name in "ABC"]
    settings = {**SETTINGS, "queue_rebate": None, "referral": rules}
    settings["guards"] = {"rebates_per_day": 500}
    steps = [buy("o1", "Z", 10_000), {"run": "dividend"}, {"run": "dividend"}]
    player = Player({"settings": settings, "members": members, "steps": steps})
    player.play()
    assert cash(player) == {"A": 334, "B": 166}


def test_more_holders_than_a_step_pays_are_paid_once_each_in_order() -> None:
    rules = {"settle_on": "paid", "dividend": {"bps": 1000, "rank": "holder"}}
    names = [f"m{number:03d}" for number in range(190)]
    members = [{"id": name, "rank": "holder"} for name in reversed(names)]
    settings = {**SETTINGS, "referral": rules}
    steps = [buy("o1", "Z", 20_000), {"run": "dividend"}]
    player = Player({"settings": settings, "members": members, "steps": steps}, MemoryStore())
    player.play()
    assert cash(player) == {name: 11 if place < 100 else 10 for place, name in enumerate(names)}
