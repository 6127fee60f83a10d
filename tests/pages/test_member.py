"""Members' pages in a browser: every page on a phone, in both languages and themes."""

import pytest

from tests.pages.browsing import PHONE

MEMBER = "m01"
PAGES = ["/", "/line", "/line?only=ended", "/line?only=exchange", "/wallet", "/me", "/draws"]
LOOKS = [("zh-CN", "light"), ("zh-CN", "dark"), ("en", "light"), ("en", "dark")]
NODES_MAX = 1_500
WEIGHT_MAX = 60 * 1024
REQUESTS_MAX = 4


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(visit, path, locale, theme):
    somebody = visit("member", MEMBER, locale=locale, theme=theme, size=PHONE)
    page = somebody.open(path)
    assert page.evaluate("document.documentElement.lang") == locale
    assert somebody.violations() == []
    assert somebody.keys_shown() == []
    assert somebody.nodes() < NODES_MAX
    assert somebody.seen.errors == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]


@pytest.mark.parametrize(("locale", "theme"), LOOKS[1:3])
def test_an_entry_tells_its_place_the_line_around_it_and_why(visit, locale, theme):
    somebody = visit("member", MEMBER, locale=locale, theme=theme, size=PHONE)
    page = somebody.open("/line")
    page.locator(".chip").first.click()
    page.locator(".people .mine").wait_for()
    assert page.locator(".people li").count() <= 11
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
    assert somebody.violations() == []


def test_a_phone_asks_for_little_before_it_asks_the_api(visit):
    somebody = visit("member", MEMBER, size=PHONE)
    somebody.open("/")
    asked = [url.split("/", 3)[3] for url in somebody.seen.requests]
    first = next(at for at, path in enumerate(asked) if path.startswith("v1/"))
    before = [path for path in asked[:first] if not path.endswith(".svg")]
    assert len(before) <= REQUESTS_MAX, before
    assert somebody.weight() <= WEIGHT_MAX


def test_content_stands_within_two_seconds_on_a_slow_line(visit):
    somebody = visit("member", MEMBER, size=PHONE)
    line = somebody.page.context.new_cdp_session(somebody.page)
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 400,
            "downloadThroughput": 1_500_000 / 8,
            "uploadThroughput": 750_000 / 8,
        },
    )
    somebody.page.goto("/")
    somebody.page.locator("h1").wait_for()
    shown = somebody.page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    assert shown < 2_000


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
