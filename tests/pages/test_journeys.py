"""What people come for, from beginning to end, against the real API."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from rebate.contracts.scenarios import parse_scenario
from tests.pages.browsing import PHONE, THEMES


def save(desk, check, keep):
    """Check what was changed, acknowledge each risk, check again, save."""
    bar = desk.locator(".save-bar")
    bar.get_by_role("button", name=check).click()
    bar.get_by_role("button", name=check).and_(desk.locator(":enabled")).wait_for()
    bar.locator(".meaning").wait_for()
    risks = bar.locator(".risks input:not(:checked)")
    while risks.count():
        risks.first.check()
    if bar.get_by_role("button", name=keep).is_disabled():
        bar.get_by_role("button", name=check).click()
    bar.get_by_role("button", name=keep).and_(desk.locator(":enabled")).click()


@pytest.mark.parametrize(("locale", "theme"), [("zh-CN", "dark")])
def test_a_withdrawal_is_asked_for_approved_and_paid(visit, locale, theme):
    member = visit("member", "m01", locale=locale, theme=theme, size=PHONE)
    page = member.open("/wallet")
    page.get_by_role("button", name="提现", exact=True).click()
    dialog = page.locator("dialog")
    fields = dialog.locator("input")
    fields.nth(0).fill("10.00")
    fields.nth(1).fill("工商银行")
    fields.nth(2).fill("6222 0000 1234")
    assert member.violations() == []
    dialog.get_by_role("button", name="提现 ¥10.00").click()
    page.get_by_text("到 工商银行").wait_for()

    operator = visit("operator", "anna", locale=locale, theme=theme)
    desk = operator.open("/desk")
    desk.get_by_role("link", name=re.compile("1 笔提现待审核.*¥10.00")).click()
    desk.get_by_role("button", name="通过", exact=True).click()
    asked = desk.locator(".ant-modal")
    assert "¥9.95" in asked.inner_text()  # what arrives, less the fee
    assert "m01" in asked.inner_text()
    assert desk.evaluate("document.activeElement.textContent") == "取消"
    assert operator.violations() == []
    asked.get_by_role("button", name="通过").click()
    asked.wait_for(state="detached")
    desk.get_by_role("tab", name="待打款").click()
    with desk.expect_download() as file:
        desk.get_by_role("button", name="银行打款文件").click()
    assert "6222 0000 1234" in file.value.path().read_text("utf-8-sig")
    desk.get_by_role("button", name="登记已付").click()
    asked = desk.locator(".ant-modal")
    asked.locator("textarea").fill("bank-1")
    asked.get_by_role("button", name="登记已付").click()
    asked.wait_for(state="detached")
    desk.get_by_role("tab", name="已打款").click()
    desk.get_by_role("cell", name="bank-1").wait_for()

    page = member.open("/wallet")
    page.get_by_text("提现记录").click()
    now = page.locator(".way [aria-current]").inner_text()
    assert re.fullmatch(r"已打款\s+20\d\d年\d+月\d+日 \d\d:\d\d", now)
    assert page.locator(".way").first.locator("time").count() == len(("asked", "approved", "paid"))


SLIPS = {
    "extraction_bps": ("8.00", "80", "¥80.00 instead of ¥8.00"),
    "entitlement.fixed_bps": ("20.00", "200", "¥200.00 instead of ¥20.00"),
}


@pytest.mark.parametrize(("theme", "field"), [*zip(THEMES, SLIPS, strict=True)])
def test_a_slip_of_a_zero_is_not_saved_without_its_money_being_seen(visit, theme, field):
    before, after, money = SLIPS[field]
    operator = visit("operator", "anna", locale="en", theme=theme)
    desk = operator.open("/desk/plans?part=queue_rebate")
    ratio = desk.locator(f"[id='queue_rebate.{field}']")
    ratio.fill(after)
    ratio.blur()
    bar = desk.locator(".save-bar")
    slip = bar.get_by_role("checkbox", name=money)
    slip.wait_for()
    bar.get_by_role("button", name="Check").click()
    bar.locator(".meaning").wait_for()
    assert f"{after}%" in bar.locator(".risks").inner_text()
    assert bar.get_by_role("button", name="Save").is_disabled()
    slip.check()
    ratio.fill(f"{after}1")  # acknowledged at another figure
    ratio.blur()
    assert not bar.get_by_role("checkbox", name="instead of").first.is_checked()
    assert operator.violations() == []
    assert operator.keys_shown() == []
    bar.get_by_role("button", name="Discard").click()
    assert ratio.input_value() == before


def test_a_plan_is_changed_without_json_and_kept_with_who_changed_it(visit):
    operator = visit("operator", "wang", locale="zh-CN")
    desk = operator.open("/desk/plans")
    desk.get_by_role("button", name=re.compile("打开.排队返利")).click()
    title = desk.locator("[id='queue_rebate.title']")
    title.fill("好友返利")
    assert desk.evaluate("localStorage.getItem('draft.settings')") is not None
    desk.reload()
    assert title.input_value() == "好友返利"
    save(desk, "检查", "保存")
    desk.locator(".save-bar").wait_for(state="detached")
    desk = operator.open("/desk/history")
    desk.locator(".ant-collapse-header").first.click()
    changes = desk.locator(".changes").first
    changes.get_by_text("好友返利").wait_for()
    assert "wang" in desk.locator(".ant-collapse-header").first.inner_text()


def test_settings_are_planned_for_a_day_to_come_and_dropped(visit):
    operator = visit("operator", "wang", locale="en")
    desk = operator.open("/desk/plans?part=wallet")
    desk.locator("[id='wallet.withdraw_per_day']").fill("9")
    desk.locator("h1").click()
    bar = desk.locator(".save-bar")
    bar.get_by_role("button", name="Check").click()
    day = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    bar.get_by_label("From the day").fill(day)
    bar.get_by_role("button", name=f"Plan for {day}").click()
    bar.wait_for(state="detached")
    planned = desk.locator(".ant-alert", has_text="Planned by wang")
    assert "9" in planned.inner_text()
    assert operator.violations() == []
    assert operator.keys_shown() == []
    desk.reload()
    planned.get_by_role("button", name="Drop").click()
    planned.wait_for(state="detached")


def test_two_who_change_settings_see_each_others_changes(visit):
    first = visit("operator", "anna", locale="en")
    second = visit("operator", "ben", locale="en")
    pages = [each.open("/desk/plans?part=wallet") for each in (first, second)]
    pages[0].locator("[id='wallet.withdraw_per_day']").fill("7")
    pages[1].locator("[id='wallet.withdraw_min']").fill("12.00")
    for page in pages:
        page.locator("h1").click()
        save(page, "Check", "Save")
        if page is pages[1]:
            page.get_by_role("button", name="Merge and go on").click()
            save(page, "Check", "Save")
        page.locator(".save-bar").wait_for(state="detached")
    page = first.open("/desk/plans?part=wallet")
    assert page.locator("[id='wallet.withdraw_per_day']").input_value() == "7"
    assert page.locator("[id='wallet.withdraw_min']").input_value() == "12.00"


def test_a_gift_is_put_on_offer_in_the_shops_own_words(visit):
    operator = visit("operator", "anna", locale="en")
    desk = operator.open("/desk/gifts")
    desk.get_by_role("button", name="New gift").click()
    drawer = desk.locator(".ant-drawer")
    drawer.get_by_label("Gift", exact=True).fill("Paper fan")
    drawer.get_by_label("Price").fill("5")
    assert operator.violations() == []
    drawer.get_by_role("button", name="Save").click()
    desk.get_by_role("cell", name="Paper fan").wait_for()
    page = visit("member", "m01", locale="en", size=PHONE).open("/wallet")
    page.get_by_role("button", name="Gifts").click()
    page.locator("dialog").get_by_text("Paper fan").wait_for()


@pytest.mark.parametrize(("locale", "theme"), [("en", "light"), ("zh-CN", "dark")])
def test_two_settings_are_tried_over_the_same_orders_before_one_is_taken_over(visit, locale, theme):
    says = {
        "en": ("Change B", "Play both", "What they come to", "Take B over into the plans"),
        "zh-CN": ("修改 B", "开始试算", "试算结果", "将 B 带入活动设置"),
    }[locale]
    operator = visit("operator", "anna", locale=locale, theme=theme)
    desk = operator.open("/desk/try?orders=200&days=30")
    desk.get_by_text(says[0], exact=True).click()
    ratio = desk.locator("[id='queue_rebate.extraction_bps']")
    ratio.fill("16")
    ratio.blur()
    desk.get_by_role("button", name=says[1]).click()
    outcome = desk.get_by_role("region", name=says[2])
    cost = outcome.locator("tbody tr[data-row-key=cost] td")
    cost.first.wait_for()
    before, after, difference = (float(each.strip("+%")) for each in cost.all_inner_texts()[1:])
    assert after > before
    assert difference == pytest.approx(after - before, abs=0.011)
    operator.settled()
    assert operator.violations() == []
    assert operator.keys_shown() == []
    assert outcome.locator("canvas").count() == 2
    desk.get_by_role("button", name=says[3]).click()
    desk.locator(".save-bar").wait_for()
    assert "16" in desk.locator(".save-bar .changes").inner_text()


def test_what_was_tried_is_kept_as_a_scenario_that_plays(visit, tmp_path):
    page = visit("operator", "anna", locale="en").open("/desk/try")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as scenario").click()
    file = tmp_path / "scenario.json"
    file.write_bytes(download.value.path().read_bytes())
    document = json.loads(file.read_text("utf-8"))
    assert len(document["steps"]) == 20
    scenario = parse_scenario(document)
    assert len(scenario.steps) == 20
