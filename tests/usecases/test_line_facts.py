"""What members are told of a line: facts, and no dates (Rule 8.7)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rebate.contracts.line_facts import LineFacts
from rebate.domain.errors import Rejected
from rebate.domain.names import MemberId, QueueId
from rebate.domain.times import DAY, Instant
from rebate.usecases.queries.show_line_facts import show_line_facts
from rebate.usecases.queries.show_queue_law import show_queue_law
from tests.engine import Player

MALL = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 4000}}
DOCUMENT: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {**MALL, "display": {"progress": False, "waiting_amount": False}},
}


@pytest.fixture(scope="module")
def shop() -> Player:
    """Forty orders of 10.00, one a day: each but the first pays 1.00."""
    steps = []
    for n in range(40):
        day = datetime.combine(date(2026, 1, 1) + timedelta(days=n), datetime.min.time())
        buy = {"order": f"o{n}", "member": f"m{n}", "paid": 1000}
        steps.append({"buy": buy, "at": (day + timedelta(hours=10)).isoformat() + "+08:00"})
    player = Player({"settings": DOCUMENT, "steps": steps})
    player.play()
    return player


def facts(shop: Player, member: str, locale: Any = "en") -> LineFacts:
    now = Instant(shop.now + DAY)
    in_force = shop.app.settings.in_force()
    return show_line_facts(shop.store, in_force, MemberId(member), QueueId("mall"), now, locale)


def test_what_was_paid_what_stands_ahead_and_what_is_ever_paid(shop: Player) -> None:
    found = facts(shop, "m20")
    assert (found.paid_7_days, found.paid_30_days, found.ever_paid_bps) == (700, 3000, 2500)
    assert found.ahead == 20 * 400 - 3900
    assert found.text == (
        "This line was paid 7.00 CNY in the last 7 days and 30.00 CNY in the last 30 days.",
        "Those ahead of your first waiting entry still lack 41.00 CNY.",
        "At the ratios in force at most 25 % of all that is promised can ever be paid.",
    )


def test_who_waits_for_nothing_has_nothing_ahead(shop: Player) -> None:
    assert facts(shop, "m0").ahead is None
    assert len(facts(shop, "m0").text) == 2


def test_it_is_said_in_chinese_without_a_date(shop: Player) -> None:
    told = " ".join(facts(shop, "m20", "zh-CN").text)
    assert "最多只有 25 %" in told
    assert "2026" not in told


def test_it_is_told_to_those_who_are_in_the_line(shop: Player) -> None:
    with pytest.raises(Rejected):
        facts(shop, "nobody")


def test_operators_see_the_law_of_a_queue_at_its_own_age(shop: Player) -> None:
    in_force, now = shop.app.settings.in_force(), Instant(shop.now + DAY)
    found = show_queue_law(shop.store, in_force, QueueId("mall"), now, "en")
    assert found is not None
    assert found.law is not None
    assert found.age_days == 40
    assert [(each.age_days, each.days) for each in found.law.steady] == [(40, 120)]
    assert found.law.sustainable is not None
    assert next(each.bps for each in found.costs if each.channel == "mall") == 1000
    assert show_queue_law(shop.store, in_force, QueueId("product/x"), now, "en") is None


def test_where_no_profit_is_known_no_share_of_promises_is_told() -> None:
    union = {"settle_on": "paid", "profit_share_bps": 5000, "quota_bps": 10_000}
    shop = {"currency": "CNY", "timezone": "Asia/Shanghai"}
    buy = {"order": "o1", "member": "A", "paid": 1000, "profit": 100}

    def told(**own: Any) -> LineFacts:
        player = Player({"settings": {**shop, "union": {**union, **own}}, "steps": [{"buy": buy}]})
        player.play()
        in_force, queue = player.app.settings.in_force(), QueueId("union")
        return show_line_facts(player.store, in_force, MemberId("A"), queue, player.now, "en")

    assert told().ever_paid_bps is None
    assert told(default_margin_bps=2000).ever_paid_bps == 1000
