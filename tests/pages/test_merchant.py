"""Merchants' pages in a browser, on a phone and a desk, against the real API."""

import re

import pytest

from tests.pages.browsing import DESK, PHONE, asked

OWNER, CASHIER, NOBODY = "m02", "m03", "m20"
PAGES = ["", "/bill", "/queue", "/rewards", "/terms", "/staff", "/application"]
LOOKS = [("zh-CN", "light", PHONE), ("en", "dark", DESK), ("en", "light", PHONE)]
NODES_MAX = 3_000
WEIGHT_MAX = 500 * 1024


@pytest.mark.parametrize(("locale", "theme", "size"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(look, path, locale, theme, size):
    somebody = look("member", OWNER, locale=locale, theme=theme, size=size)
    is_first = (locale, theme, size) == LOOKS[0]
    page = (somebody.open if is_first else somebody.walk)(f"/merchant{path}?store=bakery")
    assert page.evaluate("document.documentElement.lang") == locale
    assert (somebody.violations() if is_first else somebody.slips_of_a_look()) == []
    assert somebody.keys_shown() == []
    assert somebody.nodes() < NODES_MAX
    assert somebody.weight() <= WEIGHT_MAX
    assert [each for each in somebody.seen.errors if "404" not in each] == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size[0]
    assert page.locator("main [role=alert] .ant-alert-error").count() == 0
    assert page.title()


@pytest.mark.parametrize(("locale", "theme"), [("zh-CN", "dark"), ("en", "light")])
def test_a_bill_becomes_an_order_of_whose_code_is_given(visit, shop, locale, theme):
    address, issuer = shop
    code = asked(address, issuer, "m09", "GET", "me/invite")["code"]
    somebody = visit("member", CASHIER, locale=locale, theme=theme, size=PHONE)
    page = somebody.open("/merchant/bill")
    amount, whose = page.locator("form input").all()
    go = page.locator("form button")
    amount.fill("0")
    assert go.is_disabled()
    amount.fill("23.50")
    whose.fill("ABC")
    assert go.is_disabled()
    whose.fill(f"{code[:4].lower()} {code[4:]}")
    page.reload()
    assert amount.input_value() == "23.50"
    go.click()
    dialog = page.locator(".ant-modal")
    dialog.wait_for()
    assert code in dialog.inner_text()
    page.wait_for_timeout(500)  # the dialog opens slowly
    assert page.evaluate("document.activeElement.textContent") in {"取消", "Cancel"}
    assert somebody.violations() == []
    dialog.get_by_role("button", name=re.compile("23.50")).click()
    done = page.get_by_role("status").filter(has_text="bill/bakery/")
    done.wait_for()
    assert amount.input_value() == ""
    page = visit("member", OWNER, locale=locale, size=PHONE).open("/merchant?store=bakery")
    page.locator("tbody tr", has_text="bill/bakery/").first.wait_for()
    assert "23.50" in page.inner_text("tbody")


def test_a_cashier_finds_no_terms_and_no_staff(visit):
    somebody = visit("member", CASHIER, locale="en", size=PHONE)
    page = somebody.open("/merchant")
    names = page.locator(".merchant-tabs a").all_inner_texts()
    assert "My terms" not in names
    assert "Enter a bill" in names
    page.goto("/merchant/staff")
    page.get_by_text("You may not do this.").wait_for()


def test_terms_are_previewed_and_stay_within_their_bounds(visit):
    somebody = visit("member", OWNER, locale="en")
    page = somebody.open("/merchant/terms?store=bakery")
    form = page.locator("form").first
    given, promised = form.locator("input").all()
    given.fill("99")
    assert form.get_by_role("button", name="Put in force").is_disabled()
    given.fill("5.5")
    promised.fill("22")
    said = form.get_by_role("status").inner_text()
    assert "¥5.50" in said
    assert "¥22.00" in said
    assert "At most 25%" in said
    form.get_by_role("button", name="Put in force").click()
    dialog = page.locator(".ant-modal")
    assert "6% → 5.5%" in dialog.inner_text()
    dialog.get_by_role("button", name="Put in force").click()
    dialog.wait_for(state="detached")
    page.reload()
    assert given.input_value() == "5.5"


def test_staff_is_added_by_code_and_taken_away(visit, shop):
    address, issuer = shop
    code = asked(address, issuer, "m11", "GET", "me/invite")["code"]
    somebody = visit("member", OWNER, locale="en", size=PHONE)
    page = somebody.open("/merchant/staff?store=bakery")
    page.get_by_label("invite code").fill(code)
    page.get_by_role("button", name="Add somebody").click()
    row = page.locator("tbody tr", has_text="m11")
    row.wait_for()
    row.get_by_role("button").click()
    page.locator(".ant-modal .ant-btn-dangerous").click()
    row.wait_for(state="detached")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_an_application_tells_what_is_missing_and_is_handed_in(visit, locale):
    member = {"zh-CN": "m21", "en": "m22"}[locale]
    somebody = visit("member", member, locale=locale, size=PHONE)
    page = somebody.open("/merchant")
    fields = page.locator("form input").all()
    submit = page.locator("form button.ant-btn-primary")
    assert submit.is_disabled()
    for field, value in zip(fields[:5], ["Shop", "Phone", "Licence", "Street", "Tea"], strict=True):
        field.fill(value)
    fields[5].fill("8.5")
    page.reload()
    assert page.locator("form input").nth(4).input_value() == "Tea"
    submit.click()
    dialog = page.locator(".ant-modal")
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")
    page.locator(".steps li").first.wait_for()
    assert page.locator("form").count() == 0
    assert somebody.violations() == []


def test_the_desks_code_is_printed_alone(visit):
    page = visit("member", OWNER, locale="en").open("/merchant/bill?store=bakery")
    page.locator(".desk-card svg.qr").wait_for()
    page.emulate_media(media="print")
    assert page.locator(".desk-card").is_visible()
    assert not page.locator(".merchant-tabs").is_visible()
    assert not page.locator("form").is_visible()


def test_a_merchant_signs_in_as_the_member_they_are_and_comes_back(visit):
    somebody = visit("member", None, locale="en", size=PHONE)
    page = somebody.open("/merchant/queue")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=OWNER).click()
    page.get_by_role("heading", name="Queue", level=1).wait_for()
    assert "/merchant/queue" in page.url


def test_rewards_by_month_are_a_file(visit):
    page = visit("member", OWNER, locale="en").open("/merchant/rewards?store=bakery")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").first.click()
    lines = download.value.path().read_bytes().decode("utf-8-sig").strip().splitlines()
    assert lines[0].startswith("Day,Conceded,Rewards paid")
    assert re.match(r"20\d\d-\d\d,\d+", lines[1])
