"""A new deployment, from nothing to a saved plan: templates by margin, and no JSON on the way."""

import re
import time

import pytest

from rebate.bootstrap import app
from tests.pages.browsing import shop_after
from tests.pages.test_journeys import save

FIVE_MINUTES = 300
PLANS = {
    "queue_rebate": "排队返利",
    "order_queue": "订单排队",
    "alliance": "异业联盟",
    "red_packet": "红包",
    "union": "工会",
    "referral": "推广",
}


@pytest.fixture(scope="module")
def shop():
    with shop_after(lambda _: None) as found:
        yield found


def test_a_new_operator_saves_a_plan_in_chinese_without_json(visit):
    began = time.monotonic()
    operator = visit("operator", "anna", locale="zh-CN")
    page = operator.open("/desk")
    page.wait_for_url("**/desk/plans")
    page.get_by_text("还没有任何设置").wait_for()
    assert operator.violations() == []
    assert operator.keys_shown() == []
    page.get_by_label("毛利率").fill("40")
    page.keyboard.press("Tab")
    card = page.locator(".choices li", has=page.get_by_role("heading", name="排队返利"))
    card.get_by_text("每单拿出 12%").wait_for()
    card.get_by_role("button").click()
    page.get_by_role("button", name=re.compile("排队返利")).click()
    assert page.locator("[id='queue_rebate.extraction_bps']").input_value() == "12.00"
    save(page, "检查", "保存")
    page.locator(".save-bar").wait_for(state="detached")
    page.get_by_text("第 1 版").wait_for()
    assert time.monotonic() - began < FIVE_MINUTES
    assert "{" not in page.inner_text("#main")
    plan = app().settings.in_force().document["queue_rebate"]
    assert (plan["extraction_bps"], plan["hold_days"]) == (1200, 7)


@pytest.mark.parametrize("plan", PLANS)
def test_each_plan_begins_with_a_template_that_passes_the_check(look, plan):
    page = look("operator", "ben", locale="en").walk(f"/desk/plans?part={plan}&margin=30")
    begin = page.get_by_role("button", name=re.compile("^Set up"))
    if begin.count():
        begin.click()
        bar = page.locator(".save-bar")
        bar.get_by_role("button", name="Check").click()
        bar.locator(".meaning").wait_for()
        assert page.locator("[role=alert]").count() == 0
        bar.get_by_role("button", name="Discard").click()
        bar.wait_for(state="detached")
    else:
        assert plan in app().settings.in_force().document


def test_a_version_is_restored_as_it_was(visit):
    before = app().settings.in_force()
    operator = visit("operator", "carla", locale="en")
    page = operator.open("/desk/plans?part=order_queue&margin=30")
    page.get_by_role("button", name=re.compile("^Set up")).click()
    save(page, "Check", "Save")
    page.locator(".save-bar").wait_for(state="detached")
    page = operator.open("/desk/history")
    page.locator(".ant-collapse-header").nth(1).click()
    page.get_by_role("button", name=f"Restore version {before.version}").click()
    page.wait_for_url("**/desk/plans")
    save(page, "Check", "Save")
    page.locator(".save-bar").wait_for(state="detached")
    now = app().settings.in_force()
    assert now.version == before.version + 2
    restored = {**now.document}
    restored.get("guards", {}).pop("acknowledged", None)
    assert {key: value for key, value in restored.items() if value != {}} == before.document
