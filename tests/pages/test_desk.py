"""The operators' desk in a browser: every page, in both languages, themes and sizes."""

import json
import re
from datetime import timedelta

import pytest

from tests.pages.browsing import DESK, PHONE, yesterday

PAGES = [
    "/desk",
    "/desk/queues",
    "/desk/queue?id=mall",
    "/desk/queue?id=order_queue",
    "/desk/orders",
    "/desk/orders?query=m01&from=2026-03-01",
    "/desk/order?id=d-0001",
    "/desk/order?id=d-0001&tab=lines",
    "/desk/order?id=d-0001&tab=places",
    "/desk/order?id=d-0001&tab=own",
    "/desk/order?id=d-0001&tab=books",
    "/desk/members",
    "/desk/members?query=m01",
    "/desk/member?id=m01",
    "/desk/member?id=m01&tab=statement",
    "/desk/member?id=m01&tab=team",
    "/desk/member?id=m01&tab=notes",
    "/desk/member?id=m01&tab=referrer",
    "/desk/shared-accounts",
    "/desk/letters",
    "/desk/parked",
    "/desk/withdrawals",
    "/desk/withdrawals?tab=approved",
    "/desk/merchants",
    "/desk/merchants?tab=stores",
    "/desk/merchants?tab=terms",
    "/desk/gifts",
    "/desk/plans",
    "/desk/plans?part=queue_rebate",
    "/desk/plans?part=wallet",
    "/desk/plans?part=general",
    "/desk/try",
    "/desk/try?source=recent90",
    "/desk/reports",
    "/desk/reports?tab=age",
    "/desk/reports?tab=days&from=2026-02-20&to=2026-03-05",
    "/desk/reports?tab=before-after",
    "/desk/history",
    "/desk/notices",
    "/desk/notices?kind=paid&of=en",
    "/desk/draws",
    "/desk/webhooks",
    "/desk/audit",
    "/desk/audit?act=settings&from=2026-01-01",
    "/desk/team",
    "/desk/health",
]
NARROW = [
    "/desk",
    "/desk/queues",
    "/desk/orders",
    "/desk/order?id=d-0001",
    "/desk/member?id=m01",
    "/desk/parked",
    "/desk/letters",
    "/desk/withdrawals",
    "/desk/merchants",
    "/desk/try",
    "/desk/webhooks",
    "/desk/audit",
    "/desk/team",
    "/desk/health",
    "/desk/plans?part=union",
]
FROM_ADDRESS = {path.partition("?")[0]: path for path in reversed(PAGES)}.values()
"""The first page of each view."""
LOOKS = [("zh-CN", "light"), ("en", "dark")]
NODES_MAX = 3_000
WEIGHT_MAX = 500 * 1024


@pytest.mark.parametrize(("locale", "theme"), LOOKS)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole(look, path, locale, theme):
    """In one look each view is loaded from its address, and all rules hold; then it is gone to."""
    somebody = look("operator", "anna", locale=locale, theme=theme)
    is_first = (locale, theme) == LOOKS[0]
    page = somebody.open(path) if is_first and path in FROM_ADDRESS else somebody.walk(path)
    assert page.evaluate("document.documentElement.lang") == locale
    assert (somebody.violations() if is_first else somebody.slips_of_a_look()) == []
    assert somebody.keys_shown() == []
    assert somebody.nodes() < NODES_MAX
    assert somebody.seen.errors == []
    assert page.locator("[role=alert]").count() == 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= DESK[0]


def test_the_largest_page_stays_within_its_weight(visit):
    somebody = visit("operator", "anna")
    somebody.open("/desk/plans?part=queue_rebate")
    assert somebody.weight() <= WEIGHT_MAX


@pytest.mark.parametrize("path", NARROW)
def test_no_page_is_wider_than_a_phone(look, path):
    page = look("operator", "anna", size=PHONE).walk(path)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE[0]


WAITS = "d-0119"
"""An order of the last day, which waits in the mall queue."""


def find(page, text):
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_an_order_is_found_by_its_number_and_begins_with_sentences(visit):
    page = visit("operator", "anna", locale="en").open("/desk")
    find(page, WAITS)
    story = page.locator(".story")
    story.wait_for()
    assert page.url.endswith(f"/desk/order?id={WAITS}")
    said = story.inner_text()
    assert re.search(r"Paid ¥[\d.,]+ on \w+ \d+, 20\d\d\.", said)
    assert "nobody can know" in said or "Holds no place" in said
    story.get_by_text("中文", exact=True).click()
    story.get_by_text(re.compile(r"20\d\d年\d+月.*支付")).wait_for()
    page.get_by_role("heading", name=f"Order {WAITS}").wait_for()


def test_an_order_that_waits_says_who_is_paid_instead(visit):
    page = visit("operator", "anna", locale="en").open(f"/desk/order?id={WAITS}")
    why = page.locator(".ant-card", has=page.get_by_role("heading", name="Why it was not paid"))
    mall = why.get_by_role("listitem").filter(has_text="Mall queue").first
    assert re.search(r"No\. \d+; those before it still lack ¥[\d.,]+", mall.inner_text())
    mall.get_by_role("link").nth(1).click()
    head = page.locator(".ant-card", has=page.get_by_role("heading", name="Why it was not paid"))
    head.get_by_text("No. 1: the next contribution is its own").first.wait_for()


ITS_DAY = "its day"


@pytest.mark.parametrize("said", ["m01", "Member 1", "256.00", ITS_DAY, "tea-for-two"])
def test_orders_are_found_by_whatever_people_know(look, said):
    said = str(yesterday() - timedelta(days=8)) if said == ITS_DAY else said
    page = look("operator", "anna", locale="en").walk("/desk/team")
    find(page, said)
    page.get_by_role("heading", name=f"Found for “{said}”").wait_for()
    rows = page.locator("tbody tr[data-row-key]")
    rows.first.wait_for()
    while not (wanted := rows.filter(has_text="d-0050")).count():
        before = rows.first.inner_text()
        page.get_by_role("button", name="More").click()
        rows.filter(has_text=before).wait_for(state="detached")
    wanted.get_by_role("link", name="Member 1").wait_for()


def test_a_member_is_found_by_the_code_on_their_phone(visit, shop):
    member = visit("member", "m01", size=PHONE)
    member.open("/me")
    kept = member.page.evaluate("Object.values(localStorage).find(each => each.includes('access'))")
    bearer = {"Authorization": f"Bearer {json.loads(kept)['access_token']}"}
    asked = member.page.request.get("/v1/me/invite", headers=bearer)
    page = visit("operator", "anna", locale="en").open("/desk")
    find(page, asked.json()["code"].lower())
    people = page.get_by_role("region", name="Members").get_by_role("link")
    people.first.wait_for()
    assert people.all_inner_texts() == ["Member 1 会员1"]


def test_what_does_not_apply_is_not_shown_as_zero(visit):
    page = visit("operator", "anna", locale="en").open("/desk/queues?plan=order_queue")
    row = page.locator("tbody tr[data-row-key=order_queue]")
    assert "by rewards" in row.inner_text()


def test_the_language_is_switched_in_place_and_stands_in_the_address(visit):
    page = visit("operator", "anna").open("/desk/queues?q=mall")
    page.get_by_text("English", exact=True).click()
    page.get_by_role("heading", name="Queues", level=1).wait_for()
    assert "lang=en" in page.url
    assert "q=mall" in page.url


def test_a_table_is_a_file_of_what_is_seen(visit):
    page = visit("operator", "anna", locale="en").open("/desk/queues?q=mall")
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    text = download.value.path().read_bytes().decode("utf-8-sig")
    lines = text.strip().splitlines()
    assert len(lines) == 1 + page.locator("tbody tr[data-row-key]").count()
    assert "mall" in lines[1]


FAILURES = {
    401: "You are no longer signed in",
    403: "You may not do this",
    404: "There is nothing here",
    409: "Somebody else changed this meanwhile",
    429: "Too many requests",
    500: "The service is not available now",
}


@pytest.mark.parametrize("status", FAILURES)
def test_each_failure_is_one_sentence_and_one_next_step(look, status):
    somebody = look("operator", "anna", locale="en")
    somebody.walk("/desk/team")
    with somebody.told("**/v1/queues", status=status, body="oops"):
        page = somebody.walk("/desk/queues")
    alert = page.locator("[role=alert]")
    assert FAILURES[status] in alert.inner_text()
    assert "oops" not in page.inner_text("body")
    assert alert.get_by_role("button").count() == 1
    assert somebody.violations() == []


def test_an_api_that_is_down_says_so_and_is_asked_again(visit):
    somebody = visit("operator", "anna")
    somebody.page.route("**/v1/queues", lambda route: route.abort())
    page = somebody.open("/desk/queues")
    assert "连接不上服务" in page.locator("[role=alert]").inner_text()
    somebody.page.unroute("**/v1/queues")
    page.get_by_role("button", name="再试一次").click()
    page.locator("tbody tr[data-row-key=mall]").wait_for()


def test_a_page_that_cannot_begin_says_so_in_both_languages(visit):
    somebody = visit("operator", "anna")
    somebody.page.route("**/config.json", lambda route: route.fulfill(status=500))
    page = somebody.open("/desk")
    said = page.inner_text("[role=alert]")
    assert "页面打不开" in said
    assert "cannot be opened" in said


def test_without_storage_the_pages_say_what_is_lost(visit):
    somebody = visit("operator", None, locale="en")
    somebody.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }})"
    )
    page = somebody.open("/desk")
    page.get_by_role("heading", name="Sign in as an operator").wait_for()
    assert "keeps no data" in page.inner_text("body")


def test_an_operator_signs_in_and_comes_back_to_where_they_were(visit):
    somebody = visit("operator", None, locale="en")
    page = somebody.open("/desk/queues?plan=union")
    assert somebody.violations() == []
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=who]").fill("anna")
    page.get_by_role("button").click()
    page.get_by_role("heading", name="Queues").wait_for()
    assert page.url.endswith("/desk/queues?plan=union")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in as an operator").wait_for()
