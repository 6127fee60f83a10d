"""The pages in a real browser: what `make` built, before the real API on a store in memory."""

import os
from collections import defaultdict
from contextlib import contextmanager
from functools import cache

import pytest

from tests.pages.browsing import (
    DESK,
    Visit,
    browser_here,
    chromium,
    forget,
    new_context,
    shop_after_a_day,
    signed_in,
)


def pytest_collection_modifyitems(items):
    """Without a browser these tests are skipped, except in CI, which has to have one."""
    if not os.environ.get("CI") and (missing := _missing()):
        for item in items:
            if "tests/pages" in str(item.path):
                item.add_marker(pytest.mark.skip(reason=missing))


def _missing() -> str | None:
    if browser_here() is None:
        return "there is no chromium: `make browser` installs it, as root on Debian"
    try:
        import playwright  # noqa: F401, PLC0415 - only here is it known whether it is there
    except ImportError:
        return "playwright is not installed: `make browser` does"
    return None


# For a module, not the session: a shop changes the process's environment and a browser keeps
# an event loop running, and the same process goes on to the tests of other folders.
@pytest.fixture(scope="module")
def shop():
    with shop_after_a_day() as found:
        yield found


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def free():
    """Contexts that nobody is in, by language and theme."""
    return defaultdict(list)


@pytest.fixture
def visit(browser, free, shop):
    """Begin visits of a test's own, each in a context of its own."""
    with visits(browser, free, *shop) as begin:
        yield begin


@pytest.fixture(scope="module")
def look(browser, free, shop):
    """Begin visits that only look, and go on where the last test with the same looks stood."""
    with visits(browser, free, *shop) as begin:
        kept = cache(begin)

        def again(*who, **looks) -> Visit:
            visit = kept(*who, **looks)
            visit.seen.errors.clear()
            visit.seen.requests.clear()
            return visit

        yield again


@contextmanager
def visits(browser, free, address, issuer):
    """Begin visits in contexts that are free; after them nothing of them is left but the cache."""
    made: list[Visit] = []
    taken = []

    def begin(role, name, *, locale="zh-CN", theme="light", size=DESK) -> Visit:
        kept = {} if name is None else signed_in(issuer, role, name)
        same = free[locale, theme]
        context = same.pop() if same else new_context(browser, address, locale=locale, theme=theme)
        taken.append((same, context))
        made.append(Visit(context, kept=kept, locale=locale, size=size))
        return made[-1]

    yield begin
    for each in made:
        each.close()
    for same, context in taken:
        forget(context, address)
        same.append(context)
