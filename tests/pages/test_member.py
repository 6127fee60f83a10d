"""Members' pages in a browser: every page on a phone, in both languages and themes."""

import re
from urllib.parse import urlencode

import pytest

from tests.pages.browsing import DESK, PHONE, asked

MEMBER = "m01"
PAGES = [
    "/",
    "/line",
    "/line?only=ended",
    "/line?only=exchange&queue=mall",
    "/wallet",
    "/wallet?asset=cash",
    "/wallet?do=withdraw",
    "/wallet?do=transfer",
    "/wallet?do=gifts",
    "/me",
    "/me/invite",
    "/me/team",
    "/me/notices",
    "/me/rules",
    "/draws",
    "/nowhere",
]
LOOKS = [("zh-CN", "light"), ("zh-CN", "dark"), ("en", "light"), ("en", "dark")]
NODES_MAX = 1_500
WEIGHT_MAX = 60 * 1024
REQUESTS_MAX = 4
LONG = 20_000
"""Pixels of a list that nobody draws as a whole."""


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(look, path, locale, theme):
    """In one look each page is loaded from its address, and all rules hold; then it is gone to."""
    somebody = look("member", MEMBER, locale=locale, theme=theme, size=PHONE)
    is_first = (locale, theme) == LOOKS[0]
    page = somebody.open(path) if is_first else somebody.walk(path)
    assert page.evaluate("document.documentElement.lang") == locale
    assert (somebody.violations() if is_first else somebody.slips_of_a_look()) == []
    assert somebody.keys_shown() == []
    assert somebody.nodes() < NODES_MAX
    assert somebody.seen.errors == []
    assert page.title()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize(("locale", "theme"), LOOKS[1:3])
def test_an_entry_tells_its_place_the_line_around_it_and_why(visit, locale, theme):
    somebody = visit("member", MEMBER, locale=locale, theme=theme, size=PHONE)
    page = somebody.open("/line")
    page.locator(".chip").first.click()
    page.locator(".people .mine").wait_for()
    assert page.locator(".people li").count() <= 11
    place = page.locator(".people .mine .place").inner_text()
    assert place in page.locator(".facts").inner_text()
    for summary in page.locator("summary").all():
        summary.click()
    somebody.settled()
    assert somebody.violations() == []
    assert somebody.keys_shown() == []
    assert somebody.seen.errors == []


def test_an_exchange_shows_its_offers_and_chooses_none(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    page = somebody.open("/line?only=exchange")
    page.locator(".chip").first.click()
    page.locator("main .row button").last.click()
    dialog = page.locator("dialog")
    dialog.wait_for()
    assert dialog.locator("input[type=radio]:checked").count() == 0
    assert dialog.locator("button.danger").is_disabled()
    assert dialog.get_by_role("button", name="Cancel").evaluate(
        "(button) => button === document.activeElement"
    )
    assert dialog.get_by_text("You give up").count() == dialog.locator("input").count() > 0
    assert somebody.violations() == []
    page.go_back()
    dialog.wait_for(state="detached")


def drawn_by(shop):
    """Return who of the demo may draw an entry, and that entry."""
    address, issuer = shop
    for number in range(1, 61):
        member = f"m{number:02d}"
        found = asked(address, issuer, member, "GET", "me/entries")["entries"]
        for entry in found:
            if entry["may_draw"]:
                return member, entry
    raise AssertionError("nobody may draw")


def test_a_draw_tells_its_odds_and_what_it_drew_and_how_to_check_it(visit, shop):
    member, entry = drawn_by(shop)
    somebody = visit("member", member, locale="en", size=PHONE)
    where = urlencode({"queue": entry["queue"], "entry": entry["entry"], "do": "draw"})
    page = somebody.open(f"/entry?{where}")
    dialog = page.locator("dialog")
    dialog.get_by_role("cell", name="1 in 3").wait_for()
    assert somebody.violations() == []
    dialog.get_by_role("button", name="Draw now").click()
    dialog.locator(".reveal").wait_for()
    assert dialog.get_by_text("The seed is published after").is_visible()
    assert dialog.get_by_role("button", name="Draw now").count() == 0
    somebody.settled()
    page.wait_for_timeout(1_000)  # the result is revealed slowly
    assert somebody.violations() == []


def test_a_withdrawal_tells_what_arrives_before_it_is_asked_for(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    page = somebody.open("/wallet?do=withdraw")
    dialog = page.locator("dialog")
    amount = dialog.get_by_label("Amount")
    amount.fill("20.01")
    arrives = dialog.locator(".facts").inner_text()
    assert "¥0.10" in arrives
    assert "¥19.91" in arrives
    assert "3 more withdrawals today" in dialog.inner_text()
    for wrong, why in (
        ("9.99", "least"),
        ("99999999", "up to"),
        ("-3", "up to"),
        ("1.001", "up to"),
    ):
        amount.fill(wrong)
        assert why in dialog.locator("p[role=alert]").inner_text()
        assert dialog.locator("button.primary").is_disabled()
    amount.fill("20.01")
    page.reload()
    assert amount.input_value() == "20.01"
    assert somebody.violations() == []


def test_a_statement_is_found_by_day_and_is_a_file(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    page = somebody.open("/")
    page.get_by_text("Yesterday").click()
    page.get_by_role("heading", name="Wallet").wait_for()
    somebody.settled()
    days = page.locator(".movements h3").count()
    assert days <= 1
    assert "from=" in page.url
    page = somebody.open("/wallet")
    assert page.locator(".movements h3").count() > 1
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    lines = download.value.path().read_bytes().decode("utf-8-sig").strip().splitlines()
    assert lines[0].startswith("time,kind,asset,amount,balance")
    assert len(lines) > 1


def test_a_long_list_draws_only_what_is_near(visit):
    somebody = visit("member", MEMBER, size=PHONE)
    line = {"at": "2026-03-01T10:00:00Z", "kind": "contribution", "asset": "cash", "amount": 1}
    more = {"balance": 5, "order_id": "o", "entry": "o", "reason": "queue", "counterpart": None}
    page_of = {"lines": [line | more | {"source": "mall"}] * 50, "currency": "CNY", "next": "n"}
    somebody.page.route("**/v1/me/statement*", lambda route: route.fulfill(json=page_of))
    page = somebody.open("/wallet")
    height = "document.scrollingElement.scrollHeight"
    for _ in range(60):
        page.mouse.wheel(0, 4_000)
        page.wait_for_timeout(100)
        if page.evaluate(height) > LONG:
            break
    assert page.evaluate(height) > LONG
    assert somebody.nodes() < NODES_MAX


def test_notices_are_unread_until_they_were_looked_at(visit):
    """On another device, too: the server remembers it."""
    page = visit("member", "m06", locale="en", size=PHONE).open("/me")
    page.locator(".tabs .dot").wait_for()
    with page.expect_response("**/v1/me/notices/seen"):
        page.get_by_role("link", name="Notices").click()
    page.locator(".notices .dot").first.wait_for()
    page = visit("member", "m06", locale="zh-CN", size=PHONE).open("/me")
    assert page.locator(".dot").count() == 0


def test_an_invitation_is_a_code_a_link_a_qr_code_and_a_poster(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    page = somebody.open("/me/invite")
    code = page.locator(".code.big").inner_text().replace(" ", "")
    assert page.locator("svg.qr path").get_attribute("d").count("M") > 100
    assert page.locator(".hash").inner_text().endswith(f"/i/{code}")
    page.get_by_text("Poster", exact=True).click()
    poster = page.locator("img.poster")
    poster.wait_for()
    assert poster.evaluate("(img) => img.decode().then(() => img.naturalHeight)") > 1_000
    page.get_by_label("Whoever has the code sees my nickname").check()
    somebody.settled()
    assert somebody.violations() == []
    assert somebody.seen.errors == []
    page.reload()
    assert page.get_by_label("Whoever has the code sees my nickname").is_checked()


@pytest.mark.parametrize(("locale", "theme"), [("zh-CN", "dark"), ("en", "light")])
def test_who_follows_an_invitation_is_bound_once_they_sign_in(visit, shop, locale, theme):
    """Pitfall 19: the code is not lost on the way through pages and sign-in."""
    address, issuer = shop
    code = asked(address, issuer, "m05", "GET", "me/invite")["code"]
    asked(address, issuer, "m05", "PUT", "me/invite", {"show_nickname": True})
    somebody = visit("member", None, locale=locale, theme=theme, size=PHONE)
    page = somebody.open(f"/i/{code.lower()}")
    assert "Member 5 会员5" in page.inner_text("main")
    assert somebody.violations() == []
    assert somebody.keys_shown() == []
    page.locator("button.primary").click()
    page.locator("input[name=who]").fill(f"new-{locale}")
    page.get_by_role("button").last.click()
    page.locator(".notice[role=status]").wait_for()
    assert "Member 5 会员5" in page.inner_text(".notice")
    somebody.settled()
    assert somebody.violations() == []
    team = asked(address, issuer, "m05", "GET", "me/team")["members"]
    assert len(team) >= 1


def test_an_invitation_that_there_is_not_says_what_to_do(visit):
    page = visit("member", None, locale="en", size=PHONE).open("/i/ABCD2345")
    assert "Ask who invited you" in page.inner_text("[role=alert]")
    assert page.locator("button.primary").count() == 0


def test_any_draw_is_computed_again_in_the_browser(visit):
    page = visit("member", None, locale="en", size=PHONE).open("/draws")
    page.get_by_label("Entry").fill("d-0001/1")
    page.get_by_role("button", name="Compute").click()
    said = page.locator("form [role=status]")
    said.filter(has_text="seed").wait_for()
    assert "The seed is the one committed to." in said.inner_text()
    assert re.search(r"It draws: (\d+%|a miss)", said.inner_text())


def test_a_phone_asks_for_little_before_it_asks_the_api(visit):
    somebody = visit("member", MEMBER, size=PHONE)
    somebody.open("/")
    asked = [url.split("/", 3)[3] for url in somebody.seen.requests]
    first = next(at for at, path in enumerate(asked) if path.startswith("v1/"))
    before = [path for path in asked[:first] if not path.endswith(".svg")]
    assert len(before) <= REQUESTS_MAX, before
    assert somebody.weight() <= WEIGHT_MAX


def test_an_api_that_is_down_says_so_and_is_asked_again(visit):
    somebody = visit("member", MEMBER, size=PHONE)
    somebody.page.route("**/v1/me/entries*", lambda route: route.abort())
    page = somebody.open("/line")
    assert "连接不上服务" in page.locator("[role=alert]").inner_text()
    somebody.page.unroute("**/v1/me/entries*")
    page.get_by_role("button", name="再试一次").click()
    page.locator(".chip").first.wait_for()


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_a_member_signs_in_and_comes_back_to_where_they_were(visit, locale):
    somebody = visit("member", None, locale=locale, size=PHONE)
    page = somebody.open("/wallet")
    assert somebody.violations() == []
    page.locator("button.primary").click()
    page.get_by_role("button", name="m01").click()
    page.locator(".figures").wait_for()
    assert page.url.endswith("/wallet")
    somebody.settled()
    assert somebody.seen.errors == []


def test_who_is_no_longer_signed_in_signs_in_and_comes_back(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    somebody.page.route("**/v1/me/**", lambda route: route.fulfill(status=401, body="{}"))
    page = somebody.open("/wallet")
    page.get_by_role("button", name="Sign in again").first.click()
    page.get_by_role("button", name="m01").wait_for()
    somebody.page.unroute("**/v1/me/**")
    page.get_by_role("button", name="m01").click()
    page.get_by_role("heading", name="Wallet").wait_for()


FAILURES = {
    403: "You may not do this.",
    404: "There is nothing here.",
    409: "Somebody else changed this meanwhile",
    429: "Too many requests",
    500: "The service is not available now",
}


@pytest.mark.parametrize("status", FAILURES)
def test_each_failure_is_one_sentence_in_the_readers_language(look, status):
    somebody = look("member", MEMBER, locale="en", theme="dark", size=PHONE)
    somebody.walk("/me")
    with somebody.told("**/v1/me/wallet*", status=status, body="oops"):
        page = somebody.walk("/wallet")
    assert FAILURES[status] in page.locator("[role=alert]").inner_text()
    assert "oops" not in page.inner_text("body")
    assert somebody.violations() == []


def test_a_withdrawal_that_is_refused_says_why_and_keeps_what_was_typed(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    refused = {"status": 422, "json": {"code": "over_limit", "message": "3 a day"}}
    page = somebody.open("/wallet?do=withdraw")
    somebody.page.route("**/v1/me/withdrawals", lambda route: route.fulfill(**refused))
    fields = page.locator("dialog input")
    for at, text in enumerate(("10", "Bank", "6222")):
        fields.nth(at).fill(text)
    page.locator("dialog button.primary").click()
    page.locator("dialog [role=alert]").wait_for()
    assert "No more of these today." in page.locator("dialog [role=alert]").inner_text()
    assert fields.nth(2).input_value() == "6222"
    assert somebody.violations() == []


def test_the_pages_are_walked_by_keys_alone(visit):
    somebody = visit("member", MEMBER, locale="en", size=PHONE)
    page = somebody.open("/wallet")
    page.get_by_role("button", name="Withdraw", exact=True).focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog")
    dialog.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert "do=" not in page.url


def test_a_desk_shows_the_same_pages_wider(visit):
    somebody = visit("member", MEMBER, locale="en", size=DESK)
    for path in ("/", "/line", "/wallet", "/me/invite"):
        page = somebody.open(path)
        assert page.evaluate("document.scrollingElement.scrollWidth") <= DESK[0]
        assert page.locator(".tabs").bounding_box()["y"] == 0
        assert somebody.violations() == []
