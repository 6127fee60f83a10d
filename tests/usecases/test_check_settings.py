"""What settings would mean and do is told before they are saved (contracts, 6; Rules 8.4, 8.6)."""
# ruff: noqa: RUF001 - Chinese texts have Chinese punctuation

from typing import Any

import pytest

from rebate.contracts.settings import InvalidSettings, merge_patch
from rebate.contracts.settings_check import SettingsChecked
from rebate.usecases.settings.check_settings import check_settings
from tests.engine import Player
from tests.fakes import FakeClock

MALL = {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10_000}}
DOCUMENT: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": MALL,
}


def shop(**settings: Any) -> Player:
    """Ten orders of 10.00, one a day; the first has 9.00 of its 10.00."""
    player = Player({"settings": {**DOCUMENT, **settings}, "steps": []})
    player.begin()
    for n in range(1, 11):
        buy = {"order": f"o{n}", "member": f"m{n}", "paid": 1000, "product": "p1"}
        player.step({"buy": buy, "at": f"2026-03-{n:02d}T10:00:00+08:00"})
    return player


def check(player: Player, patch: dict[str, Any], locale: Any = "en") -> SettingsChecked:
    document = merge_patch(player.app.settings.in_force().document, patch)
    return check_settings(player.store, FakeClock(player.now), document, locale)


def test_changes_are_told_by_path_and_in_words():
    found = check(
        shop(), {"queue_rebate": {"extraction_bps": 1250}, "guards": {"rebates_per_day": 500}}
    )
    told = {each.path: (each.before, each.after, each.text) for each in found.changes}
    assert told == {
        "queue_rebate.extraction_bps": (
            1000,
            1250,
            "Queue rebate · Extraction ratio is set to 12.5 %; it was 10 %.",
        ),
        "guards.rebates_per_day": (
            None,
            500,
            "Guards · Highest rebates a day is set to 5.00 CNY; it was not set.",
        ),
    }
    read = check(shop(), {"queue_rebate": {"extraction_bps": 1250}}, "zh-CN").changes[0].text
    assert read == "排队返利 · 提取比例：由 10 % 改为 12.5 %。"


def test_the_same_settings_change_and_touch_nothing():
    found = check(shop(), {})
    assert (found.changes, found.line, found.line_queues, found.acknowledge) == ((), (), 0, ())
    assert found.version == 1


def test_those_in_line_are_told_their_number_money_and_new_wait():
    found = check(shop(), {"queue_rebate": {"extraction_bps": 2000}})
    (line,) = found.line
    assert (line.queue, line.waiting, line.owed) == ("mall", 10, 9100)
    assert "10 entries wait and lack 91.00 CNY" in line.text[0]
    assert "paid in 91 days; with these settings in 46 days" in line.text[1]
    assert (found.line_queues, found.line_owed) == (1, 9100)


@pytest.mark.parametrize(
    ("patch", "told"),
    [
        ({"paused": True}, "while the plan is paused nothing of it is paid"),
        ({"reward_order": "completed_first"}, "are held and passed over"),
        ({"clearing": {"every": "day", "at": "00:00"}}, "ends all of it, unpaid"),
    ],
)
def test_what_settings_do_to_a_line_is_told(patch, told):
    found = check(shop(), {"queue_rebate": patch})
    assert told in " ".join(text for line in found.line for text in line.text)


def test_a_switch_leaves_a_line_behind_and_is_acknowledged_at_its_figure():
    player = shop(queue_rebate={**MALL, "mall": "per_product"})
    found = check(player, {"queue_rebate": {"mall": "shared"}})
    assert [each.item for each in found.acknowledge] == ["queue_rebate.mall=shared"]
    assert "nothing joins it any more" in found.line[0].text[1]


def test_costs_are_those_of_all_plans_together_and_of_the_margin():
    player = shop()
    player.deliver("ProductSaved", {"product_id": "p1", "margin_bps": 4000})
    found = check(player, {"order_queue": {"reward_bps": 1400}})
    mall = next(each for each in found.costs if each.channel == "mall")
    assert (mall.bps, mall.margin_bps, mall.of_margin_bps) == (2400, 4000, 6000)
    assert mall.parts == {"queue_rebate.extraction_bps": 1000, "order_queue.reward_bps": 1400}
    assert "24 % of what is paid" in mall.text


def test_the_law_is_told_with_the_nearest_sustainable_setting():
    law = check(shop(), {}).laws[0]
    assert (law.queues, law.ever_paid_bps, law.never_bps) == ("mall", 1000, 9000)
    assert [(each.age_days, each.days) for each in law.steady] == [
        (30, 270),
        (90, 810),
        (360, 3240),
    ]
    assert [(each.percent, each.months) for each in law.growing][2] == (10, 23.0)
    assert law.sustainable is not None
    assert (law.sustainable.promises_bps, law.sustainable.gives_bps) == (1000, 10_000)


def test_what_has_to_be_acknowledged_is_told_and_does_not_refuse():
    player = shop()
    player.deliver("ProductSaved", {"product_id": "p1", "margin_bps": 900})
    found = check(player, {"referral": {"max_depth": 3}})
    assert [each.item for each in found.acknowledge] == ["referral.max_depth=3"]
    found = check(player, {"guards": {"acknowledged": []}})
    assert [each.item for each in found.acknowledge] == ["margin=1000"]
    assert found.acknowledge[0].path == "queue_rebate.extraction_bps"


def test_settings_that_could_never_be_saved_are_refused_in_the_language_asked_for():
    player = shop()
    with pytest.raises(InvalidSettings) as refused:
        check(player, {"queue_rebate": {"extraction_bps": -1}}, "zh-CN")
    (problem,) = refused.value.problems
    assert (problem.path, problem.message) == ("queue_rebate.extraction_bps", "不能小于 0，现为 -1")
