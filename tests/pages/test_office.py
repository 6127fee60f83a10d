"""What operators do about members, letters and parked commands, from beginning to end."""

import json

import pytest

from rebate.bootstrap import app
from rebate.contracts.events_in import OrderPaid
from rebate.domain.letters import DeadLetter
from rebate.domain.merchants import Particulars
from rebate.domain.records import replace
from rebate.domain.webhooks import DeliveryState, SetAsideReason, WebhookDelivery, WebhookEndpoint
from rebate.usecases.merchants.apply import edit_application, submit_application
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.catalog import Shop
from rebate.usecases.storage.rows.keys import Key
from tests.functions.cloud import bought
from tests.parking import sweep_in_vain

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


def asked_by(member, name, amount):
    account = PayoutTo("工商银行", f"6222 {name}")
    request_withdrawal(app().wallets, name, member, amount, app().clock.now(), account)


@pytest.mark.usefixtures("shop")
def test_a_large_withdrawal_takes_two_and_a_small_one_is_rejected_with_a_reason(visit):
    now = app().settings.in_force()
    wallet = {**now.document["wallet"], "two_approvals_above": 1500}
    changed = {**now.document, "wallet": wallet}
    save_settings(app().store, app().clock, changed, expects=now.version, by="test")
    asked_by("m01", "large", 2000)
    asked_by("m01", "small", 1000)
    page = visit("operator", "anna", locale="en").open("/desk/withdrawals")
    page.get_by_text("2 in all: ¥30.00 asked").wait_for()
    large, small = (page.locator("tbody tr", has_text=name) for name in ("large", "small"))
    large.get_by_role("button", name="Approve").click()
    asked = page.locator(".ant-modal")
    asked.get_by_text("a second person has to approve").wait_for()
    asked.get_by_role("button", name="Approve").click()
    asked.wait_for(state="detached")
    small.get_by_role("button", name="Reject").click()
    assert asked.get_by_role("button", name="Reject").is_disabled()
    asked.locator("textarea").fill("account is closed")
    asked.get_by_role("button", name="Reject").click()
    small.wait_for(state="detached")
    page = visit("operator", "ben", locale="en").open("/desk/withdrawals")
    page.get_by_role("button", name="Approve as second").click()
    asked = page.locator(".ant-modal")
    asked.get_by_text("anna approved already").wait_for()
    asked.get_by_role("button", name="Approve").click()
    asked.wait_for(state="detached")
    page.get_by_role("tab", name="Rejected").click()
    page.get_by_role("cell", name="account is closed").wait_for()


@pytest.mark.usefixtures("shop")
def test_an_application_goes_over_the_board_to_a_store(visit):
    particulars = Particulars("Tea room", "Mr Li", "9131", "West Lake 1", "tea", 2000)
    edit_application(app().people, "m07", particulars)
    submit_application(app().people, "m07")
    operator = visit("operator", "anna", locale="en")
    page = operator.open("/desk")
    page.get_by_role("link", name="Applications of merchants: 1").click()
    handed_in = page.get_by_role("region", name="Handed in")
    handed_in.get_by_role("button", name="Open Tea room").click()
    drawer = page.locator(".ant-drawer")
    drawer.get_by_label("Concession agreed").fill("15")
    drawer.get_by_role("button", name="Note what is agreed").click()
    asked = page.locator(".ant-modal")
    asked.locator("textarea").fill("by phone")
    assert "15%" in asked.inner_text()
    assert operator.violations() == []
    asked.get_by_role("button", name="Note what is agreed").click()
    page.get_by_role("region", name="In talks").get_by_role("button", name="Open").click()
    drawer.get_by_text("by phone").wait_for()
    drawer.get_by_label("Id of the new store").fill("tea-room")
    drawer.get_by_role("button", name="Approve and create the store").click()
    assert "tea-room" in asked.inner_text()
    asked.get_by_role("button", name="Approve and create the store").click()
    approved = page.get_by_role("region", name="Approved")
    approved.get_by_role("button", name="Open Tea room").wait_for()
    assert app().store.get(Shop, Key("tea-room")).concession_bps == 1500


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
def parked(shop):
    app().orders.accept(OrderPaid.model_validate(bought("bad", "m06")["detail"]), "rebate")
    sweep_in_vain("bad")


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


@pytest.mark.usefixtures("shop")
def test_an_endpoint_is_saved_and_its_secret_shown_once(visit):
    operator = visit("operator", "anna", locale="en")
    page = operator.open("/desk/webhooks")
    page.get_by_role("button", name="New endpoint").click()
    drawer = page.locator(".ant-drawer")
    drawer.get_by_label("Id").fill("crm")
    drawer.get_by_label("Address").fill("http://crm.example/hooks")
    drawer.get_by_role("button", name="Save").click()
    drawer.get_by_role("alert").first.wait_for()
    drawer.get_by_label("Address").fill("https://crm.example/hooks")
    drawer.get_by_role("button", name="Save").click()
    drawer.get_by_text("whsec_").wait_for()
    assert operator.violations() == []
    drawer.get_by_role("button", name="Make a second secret").click()
    drawer.get_by_text("Secrets that are good: 2.").wait_for()
    drawer.get_by_role("button", name="Retire the older secret").click()
    drawer.get_by_text("One secret is good.").wait_for()
    page.reload()
    row = page.locator("tbody tr[data-row-key=crm]")
    row.get_by_role("button", name="Deliveries").click()
    page.get_by_role("heading", name="Deliveries to crm").wait_for()
    assert "whsec_" not in page.inner_text("body")


@pytest.mark.usefixtures("shop")
def test_a_delivery_that_was_set_aside_is_sent_again(visit):
    now = app().clock.now()
    endpoint = WebhookEndpoint("down", "https://down.example", None, True, (1,), now, "anna")
    delivery = WebhookDelivery("down", "msg_1", "e-1", "RebatePaid", now, "{}", now)
    app().store.commit(
        [
            Put(endpoint),
            Put(replace(delivery, state=DeliveryState.SET_ASIDE, reason=SetAsideReason.TOO_LONG)),
        ]
    )
    page = visit("operator", "anna", locale="en").open("/desk/webhooks?id=down")
    page.get_by_role("cell", name="not taken for three days").wait_for()
    page.get_by_role("cell").get_by_role("button", name="Send again").click()
    page.locator(".ant-modal").get_by_role("button", name="Send again").click()
    page.get_by_text("No deliveries in this state").wait_for()


@pytest.mark.usefixtures("shop")
def test_what_people_did_is_found_by_who_and_what(visit):
    note = {"id": "n-audit", "member": "m08", "text": "called"}
    operator = visit("operator", "carla", locale="en")
    page = operator.open("/desk/member?id=m08&tab=notes")
    page.get_by_label("New note").fill(note["text"])
    page.get_by_role("button", name="Save note").click()
    page.get_by_role("cell", name="called").wait_for()
    page = operator.open("/desk/audit?who=carla")
    row = page.locator("tbody tr[data-row-key]")
    row.wait_for()
    assert "carla (admin)" in row.inner_text()
    assert "write a note" in row.inner_text()
    assert "called" not in row.inner_text()  # what was written is not told again
    page.get_by_label("Thing, such as member/m01").fill("member/nobody")
    page.keyboard.press("Enter")
    page.get_by_text("Nothing was done.").wait_for()


def test_the_team_page_says_who_one_is_and_which_role_may_what(visit):
    page = visit("operator", "anna", locale="en").open("/desk/team")
    page.get_by_text("anna Admin").wait_for()
    erase = page.locator("tbody tr[data-row-key=erasures]")
    what, *roles = erase.locator("td").all_inner_texts()
    assert what == "erase a member"
    assert [role == "Yes" for role in roles] == [False, False, False, True]
    assert page.locator("tbody tr[data-row-key='store/bills']").count() == 0


def test_a_wording_is_seen_as_a_member_reads_it_before_it_is_saved(visit):
    page = visit("operator", "anna", locale="en").open("/desk/notices?kind=paid&of=zh-CN")
    wording = page.locator("#wording")
    wording.fill("您的订单 {order} 收到 {amount} {who}")
    preview = page.get_by_role("region", name="What a member reads")
    preview.get_by_text("您的订单 d-").wait_for()
    assert "¥" in preview.locator("blockquote").inner_text()
    assert "No such name here: {who}" in preview.inner_text()
