"""The desk where much waits: 5 000 queues, and a line of 100 000."""

import re
from itertools import chain

import pytest

from benchmarks.lines import rows_of
from local.commands.demo import play_days
from rebate.bootstrap import app
from rebate.contracts.api import QUEUES_PAGE
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.usecases.storage.ports import WRITES_MAX, Put
from rebate.usecases.storage.queue_list import entered, queues_listed
from tests.pages.browsing import ORDERS, shop_after, yesterday
from tests.pages.test_desk import NODES_MAX

LENGTH = 100_000
QUEUES = 5_000
LINE = QueueId("store/long")
PAGES = {"5 000 queues": "/desk/queues", "a line of 100 000": f"/desk/queue?id={LINE}"}


def much(deployment):
    """A day of a shop, a long line beside it, and many queues."""
    play_days(deployment, ORDERS, yesterday())
    for row in rows_of(LINE, LENGTH):
        app().store.commit([Put(row)])
    names = [QueueId(f"store/s{number:04d}") for number in range(QUEUES)]
    size = WRITES_MAX // 2
    for begins in range(0, QUEUES, size):
        some = names[begins : begins + size]
        rows = ([Put(replace(row, id=name)), *entered(Queue(name))] for name in some)
        app().store.commit([*chain.from_iterable(rows)])


@pytest.fixture(scope="module")
def shop():
    with shop_after(much) as found:
        yield found


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_where_much_waits_a_page_holds_no_more_than_what_is_looked_at(visit, path):
    """How long it takes stands in docs/pages.md, measured; here a busy machine would decide."""
    somebody = visit("operator", "anna", locale="en")
    somebody.page.goto(path)
    somebody.page.wait_for_selector("tbody tr[data-row-key]")
    somebody.settled()
    assert somebody.nodes() < NODES_MAX
    assert somebody.seen.errors == []


def test_one_of_many_is_found_by_typing_and_says_what_is_not_known_of_it(visit):
    page = visit("operator", "anna", locale="en").open("/desk/queues")
    page.get_by_label("Find in Queues").fill("s4321")
    page.locator("tbody tr[data-row-key='store/s4321']").wait_for()
    assert page.locator("tbody tr[data-row-key]").count() == 1
    assert page.locator("tbody tr[data-row-key]").get_by_text("no data yet").count() == 3
    page.get_by_role("link", name="s4321").click()
    days = page.locator(".ant-card", has=page.get_by_role("heading", name="The line, day by day"))
    days.get_by_text("no data yet").wait_for()


def test_the_first_rows_wait_for_one_page_of_many_and_all_come(visit):
    somebody = visit("operator", "anna", locale="en")
    asked, held = [], []

    def hold(route):
        asked.append(route.request.url)
        if len(asked) == 2:
            held.append(route)
        else:
            route.continue_()

    somebody.page.route("**/v1/queues?*", hold)
    somebody.page.route("**/v1/queues", hold)
    somebody.page.goto("/desk/queues")
    page = somebody.page
    page.wait_for_selector("tbody tr[data-row-key]")
    assert page.get_by_role("status").get_by_text("500 queues so far").is_visible()
    (second,) = held
    second.continue_()
    page.get_by_text(re.compile("5,?0\\d\\d rows")).wait_for()
    assert page.get_by_text("so far").count() == 0
    assert len(asked) == -(-len(queues_listed(app().store, QUEUES * 2)) // QUEUES_PAGE)


def test_a_queue_shows_its_days_as_lines_and_as_a_table(visit):
    somebody = visit("operator", "anna", locale="en")
    page = somebody.open("/desk/queue?id=mall")
    days = page.locator(".ant-card", has=page.get_by_role("heading", name="The line, day by day"))
    days.get_by_role("img", name="The line, day by day").wait_for()
    days.get_by_text("As a table").click()
    assert days.locator("tbody tr").count() >= 1
    assert days.get_by_role("columnheader", name="Paid to the line").is_visible()
