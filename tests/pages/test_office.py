"""What operators do about members, letters and parked commands, from beginning to end."""

import json

import pytest

from functions.scheduled_sweep.handler import handler as sweep
from rebate.bootstrap import app
from rebate.contracts.events_in import OrderPaid
from rebate.domain.errors import Impossible
from rebate.domain.letters import DeadLetter
from rebate.domain.tickets import Ticket
from rebate.usecases.parking.park_command import TRIES_MAX
from rebate.usecases.storage.ports import Put
from tests.functions.cloud import bought, context

LOOKS = [("zh-CN", "light"), ("en", "dark")]
WORDS = {
    "zh-CN": {
        "adjust": "调整余额",
        "amount": "金额",
        "reason": "原因",
        "look": "预览",
        "adjusted": "已调整。",
        "erase": "清除个人信息",
        "cancel": "取消",
        "erased": "个人信息已清除",
        "note": "新备注",
        "save": "保存备注",
        "statement": "流水",
        "acts": "操作记录",
    },
    "en": {
        "adjust": "Adjust balance",
        "amount": "Amount",
        "reason": "Reason",
        "look": "Look at it",
        "adjusted": "Adjusted.",
        "erase": "Erase",
        "cancel": "Cancel",
        "erased": "Erased on",
        "note": "New note",
        "save": "Save note",
        "statement": "Statement",
        "acts": "Acts",
    },
}


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
def test_a_balance_is_adjusted_with_a_reason_that_stands_in_the_trail(visit, locale, theme):
    says = WORDS[locale]
    operator = visit("operator", "anna", locale=locale, theme=theme)
    page = operator.open("/desk/member?id=m02&tab=statement")
    page.get_by_role("button", name=says["adjust"]).click()
    drawer = page.locator(".ant-drawer")
    drawer.get_by_label(says["amount"]).fill("12.345")
    assert drawer.get_by_role("button", name=says["look"]).is_disabled()
    drawer.get_by_label(says["amount"]).fill("12.34")
    drawer.get_by_label(says["reason"]).fill(f"goodwill {locale}")
    assert operator.violations() == []
    drawer.get_by_role("button", name=says["look"]).click()
    asked = page.locator(".ant-modal")
    assert "12.34" in asked.inner_text()
    assert page.evaluate("document.activeElement.textContent") == says["cancel"]
    asked.get_by_role("button", name=says["adjust"]).click()
    drawer.get_by_text(says["adjusted"]).wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name=says["acts"], exact=True).click()
    row = page.locator("tbody tr", has_text=f"goodwill {locale}")
    row.wait_for()
    assert "anna" in row.inner_text()


def test_a_note_is_kept_while_it_is_typed_and_then_for_good(visit):
    page = visit("operator", "anna", locale="en").open("/desk/member?id=m03&tab=notes")
    page.get_by_label("New note").fill("prefers mail")
    page.reload()
    assert page.get_by_label("New note").input_value() == "prefers mail"
    page.get_by_role("button", name="Save note").click()
    page.get_by_role("cell", name="prefers mail").wait_for()
    assert page.get_by_label("New note").input_value() == ""


@pytest.mark.parametrize(("locale", "theme", "member"), [(*LOOKS[0], "m04"), (*LOOKS[1], "m05")])
def test_a_member_is_erased_only_by_name_and_with_a_reason(visit, locale, theme, member):
    says = WORDS[locale]
    operator = visit("operator", "anna", locale=locale, theme=theme)
    page = operator.open(f"/desk/member?id={member}")
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name=says["erase"]).click()
    asked = page.locator(".ant-modal")
    erase = asked.get_by_role("button", name=says["erase"])
    assert page.evaluate("document.activeElement.textContent") == says["cancel"]
    asked.locator("textarea").fill("asked by letter")
    assert erase.is_disabled()
    asked.locator("input").fill(name)
    assert operator.violations() == []
    erase.click()
    page.get_by_text(says["erased"]).wait_for()
    page.get_by_role("heading", level=1, name=member).wait_for()


def letter(name):
    body = json.dumps({**bought(name, "m06"), "detail-type": "OrderPaid"})
    app().store.commit(
        [Put(DeadLetter(name, app().clock.now(), "on_order_paid", body, "unreadable_event", "why"))]
    )


@pytest.mark.usefixtures("shop")
def test_a_letter_is_read_mended_and_replayed(visit):
    letter("letter-1")
    operator = visit("operator", "anna", locale="en")
    page = operator.open("/desk")
    page.get_by_role("link", name="Letters that could not be carried out: 1").click()
    page.get_by_role("button", name="Read").click()
    body = page.get_by_label("What it says")
    body.fill("{")
    page.get_by_text("This is no valid JSON.").wait_for()
    body.fill(json.dumps({**bought("letter-1", "m06"), "detail-type": "OrderPaid"}))
    assert operator.violations() == []
    page.get_by_role("button", name="Replay as mended").click()
    asked = page.locator(".ant-modal")
    assert "paid orders" in asked.inner_text()
    asked.get_by_role("button", name="Replay").click()
    page.get_by_text("No letters in this state.").wait_for()
    page.get_by_role("tab", name="Replayed").click()
    page.get_by_role("cell", name="anna").wait_for()


@pytest.fixture
def parked(shop, monkeypatch):
    app().orders.accept(OrderPaid.model_validate(bought("bad", "m06")["detail"]), "rebate")
    commit = app().store.commit

    def refuse(writes):
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Ticket) and row.order == "bad" for row in rows):
            raise Impossible("Item size has exceeded")
        commit(writes)

    monkeypatch.setattr(app().store, "commit", refuse)
    for _ in range(TRIES_MAX):
        sweep({}, context("scheduled_sweep"))
    monkeypatch.undo()


@pytest.mark.usefixtures("parked")
def test_a_parked_command_is_decided_on_with_a_reason(visit):
    operator = visit("operator", "anna", locale="en")
    page = operator.open("/desk")
    page.get_by_role("link", name="Commands that are parked").click()
    rows = page.locator("tbody tr[data-row-key]")
    rows.first.wait_for()
    left = rows.count()
    assert "Item size has exceeded" in rows.first.inner_text()
    rows.first.get_by_role("button", name="Drop").click()
    asked = page.locator(".ant-modal")
    drop = asked.get_by_role("button", name="Drop")
    asked.locator("input").fill("bad")
    assert drop.is_disabled()
    asked.locator("textarea").fill("no order of ours")
    assert operator.violations() == []
    drop.click()
    asked.wait_for(state="detached")
    rows.nth(left - 1).wait_for(state="detached")
    page.get_by_role("tab", name="Dropped").click()
    page.get_by_role("cell", name="anna · no order of ours").wait_for()
