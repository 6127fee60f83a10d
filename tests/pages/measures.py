"""Measures journeys of members and merchants: clicks, time, weight and nodes in `docs/pages.md`.

Each is walked on a phone whose line takes 400 ms there and back, by somebody who types at once.
"""

import time
from collections.abc import Callable, Mapping

from tests.pages.browsing import (
    PHONE,
    Visit,
    chromium,
    new_context,
    shop_after_a_day,
    signed_in,
)

LATENCY_MS = 400

Journey = Callable[[Visit], int]
"""Walks to the end; returns how many clicks that took."""


def home(visit: Visit) -> int:
    visit.open("/")
    return 0


def entry(visit: Visit) -> int:
    page = visit.open("/")
    page.locator(".tabs a").nth(1).click()
    page.locator(".chip").first.click()
    page.locator(".people .mine").wait_for()
    return 2


def withdraw(visit: Visit) -> int:
    page = visit.open("/")
    page.locator(".tabs a").nth(2).click()
    page.locator("main button.primary").first.click()
    inputs = page.locator("dialog input")
    for at, text in enumerate(("10", "Bank", "6222 0000 1234")):
        inputs.nth(at).fill(text)
    page.locator("dialog button.primary").click()
    page.locator(".way").first.wait_for()
    return 3


def invite(visit: Visit) -> int:
    page = visit.open("/")
    page.locator(".tabs a").nth(3).click()
    page.locator(".menu a").first.click()
    page.locator("svg.qr").wait_for()
    return 2


def bill(visit: Visit) -> int:
    page = visit.open("/merchant")
    page.locator(".merchant-tabs a").nth(1).click()
    page.locator("form input").first.fill("23.50")
    page.locator("form button").click()
    page.locator(".ant-modal .ant-btn-primary").click()
    page.get_by_role("status").first.wait_for()
    return 3


def statement(visit: Visit) -> int:
    page = visit.open("/merchant")
    page.locator(".merchant-tabs a").nth(3).click()
    page.locator("tbody tr").first.wait_for()
    return 1


JOURNEYS: Mapping[str, tuple[str, Journey]] = {
    "how much I have, and what comes next": ("m01", home),
    "where an entry stands, and the line around it": ("m01", entry),
    "a withdrawal, asked for": ("m01", withdraw),
    "my invitation, as a QR code": ("m01", invite),
    "a bill at the desk": ("m03", bill),
    "the month's statement of a store": ("m02", statement),
}


def main() -> None:
    """Print a row of the table for each journey."""
    with shop_after_a_day() as (address, issuer), chromium() as browser:
        for name, (who, walk) in JOURNEYS.items():
            kept = signed_in(issuer, "member", who)
            context = new_context(browser, address, locale="zh-CN", theme="light")
            visit = Visit(context, kept=kept, locale="zh-CN", size=PHONE)
            line = visit.page.context.new_cdp_session(visit.page)
            line.send("Network.enable")
            line.send(
                "Network.emulateNetworkConditions",
                {
                    "offline": False,
                    "latency": LATENCY_MS,
                    "downloadThroughput": -1,
                    "uploadThroughput": -1,
                },
            )
            begun = time.monotonic()
            clicks = walk(visit)
            seconds = time.monotonic() - begun
            weight, nodes = visit.weight() // 1024, visit.nodes()
            print(f"| {name} | {clicks} | {seconds:.1f} s | {weight} KB | {nodes} |", flush=True)
            visit.close()


if __name__ == "__main__":
    main()
