"""The desk where much waits: 5 000 queues, and a line of 100 000."""

import pytest

from benchmarks.lines import rows_of
from local.commands.demo import play_days
from rebate.bootstrap import app
from rebate.domain.names import QueueId
from rebate.domain.records import replace
from rebate.usecases.storage.ports import Put
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
    for number in range(QUEUES):
        app().store.commit([Put(replace(row, id=QueueId(f"store/s{number:04d}")))])


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


def test_one_of_many_queues_is_found_by_typing(visit):
    page = visit("operator", "anna", locale="en").open("/desk/queues")
    page.get_by_label("Find in Queues").fill("s4321")
    page.locator("tbody tr[data-row-key='store/s4321']").wait_for()
    assert page.locator("tbody tr[data-row-key]").count() == 1
