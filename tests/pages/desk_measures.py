"""`python -m tests.pages.desk_measures`: what operators' journeys take, as rows of docs/pages.md.

Seconds are those of a machine that neither reads nor hesitates: what pages and API take. Weight is
compressed, of all files that the journey fetches with nothing cached; nodes are those of its
last page.
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rebate.bootstrap import app
from rebate.domain.invitations import Invitation
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.people.invite import invite
from tests.pages.browsing import (
    DESK,
    Visit,
    chromium,
    new_context,
    shop_after,
    shop_after_a_day,
    signed_in,
)
from tests.pages.test_journeys import save
from tests.pages.test_large import LINE, much

COUNTED = """
addEventListener("pointerdown", (event) => {
  if (event.isTrusted)
    sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true);
"""

Walk = Callable[[Visit], None]


@dataclass
class Measured:
    """What a journey took."""

    name: str
    seconds: float
    clicks: int
    weight: int
    nodes: int

    def row(self) -> str:
        kilobytes = round(self.weight / 1024)
        return f"| {self.name} | {self.seconds:.1f} | {self.clicks} | {kilobytes} | {self.nodes} |"


def by_number(visit: Visit) -> None:
    visit.page.goto("/desk")
    _find(visit, "d-0001")
    visit.page.locator(".story p").first.wait_for()


def by_code(visit: Visit) -> None:
    code = _invitation("m01").code
    visit.page.goto("/desk")
    _find(visit, code)
    visit.page.locator("tbody tr[data-row-key] a").first.click()
    visit.page.locator(".story p").first.wait_for()


def withdrawal(visit: Visit) -> None:
    account = PayoutTo("工商银行", "6222 0000")
    member, now = MemberId("m01"), app().clock.now()
    request_withdrawal(app().wallets, "measured", member, Amount(1000), now, account)
    page = visit.page
    page.goto("/desk")
    page.get_by_role("link", name=re.compile("提现待审核")).click()
    _decide(visit, "通过", None)
    page.get_by_role("tab", name="待打款").click()
    _decide(visit, "登记已付", "bank-1")


def first_plan(visit: Visit) -> None:
    page = visit.page
    page.goto("/desk")
    card = page.locator(".choices li", has=page.get_by_role("heading", name="排队返利"))
    card.get_by_role("button").click()
    page.get_by_role("button", name=re.compile("排队返利")).click()
    save(page, "检查", "保存")
    page.locator(".save-bar").wait_for(state="detached")


def many_queues(visit: Visit) -> None:
    _rows(visit, "/desk/queues")


def long_line(visit: Visit) -> None:
    _rows(visit, f"/desk/queue?id={LINE}")


JOURNEYS: dict[str, tuple[Callable, dict[str, Walk]]] = {
    "a day": (
        shop_after_a_day,
        {
            "an order by its number, to sentences that can be read out": by_number,
            "only the code on a phone, to the member's last order in sentences": by_code,
            "a withdrawal decided on and paid": withdrawal,
        },
    ),
    "nothing": (
        lambda: shop_after(lambda _: None),
        {"from nothing to a saved plan, in Chinese": first_plan},
    ),
    "much": (
        lambda: shop_after(much),
        {"5 000 queues, to the first rows": many_queues, "a line of 100 000": long_line},
    ),
}


def _find(visit: Visit, text: str) -> None:
    visit.page.get_by_role("searchbox").or_(visit.page.locator(".find input")).first.wait_for()
    visit.page.keyboard.press("/")
    visit.page.keyboard.type(text)
    visit.page.keyboard.press("Enter")


def _decide(visit: Visit, act: str, said: str | None) -> None:
    visit.page.get_by_role("button", name=act, exact=True).click()
    asked = visit.page.locator(".ant-modal")
    if said is not None:
        asked.locator("textarea").fill(said)
    asked.get_by_role("button", name=act).click()
    asked.wait_for(state="detached")


def _rows(visit: Visit, path: str) -> None:
    visit.page.goto(path)
    visit.page.wait_for_selector("tbody tr[data-row-key]")


def _invitation(member: str) -> Invitation:
    return invite(app().people, MemberId(member))


@contextmanager
def _somebody(browser, address, issuer) -> Iterator[Visit]:
    kept = signed_in(issuer, "operator", "anna")
    context = new_context(browser, address, locale="zh-CN", theme="light")
    visit = Visit(context, kept=kept, locale="zh-CN", size=DESK)
    visit.page.add_init_script(COUNTED)
    yield visit
    visit.close()


def measured() -> Iterator[Measured]:
    """Walk each journey once, and yield what it took."""
    with chromium() as browser:
        for shop, journeys in JOURNEYS.values():
            with shop() as (address, issuer):
                for name, walk in journeys.items():
                    with _somebody(browser, address, issuer) as visit:
                        began = time.monotonic()
                        walk(visit)
                        seconds = time.monotonic() - began
                        visit.settled()
                        clicks = visit.page.evaluate("Number(sessionStorage.clicks ?? 0)")
                        yield Measured(name, seconds, clicks, visit.weight(), visit.nodes())


if __name__ == "__main__":
    print("| journey | seconds | clicks | KB | nodes |\n|---|---|---|---|---|")
    for each in measured():
        print(each.row(), flush=True)
