"""The page that describes the HTTP API, as a stranger opens it."""

OPERATIONS = 12
"""So many are looked at by axe, which takes half a minute for all: each is drawn the same way."""


def test_the_api_describes_itself_without_signing_in(visit):
    somebody = visit("member", None, locale="en")
    page = somebody.page
    page.goto("/api")
    page.get_by_role("heading", name="Tell of an event, as on the bus").wait_for()
    somebody.settled()
    assert somebody.seen.errors == []
    hosts = {url.split("/")[2] for url in somebody.seen.requests if url.startswith("http")}
    assert hosts == {page.url.split("/")[2]}
    operations = page.locator("[data-section-id*='/operation/']")
    assert operations.count() > OPERATIONS
    operations.evaluate_all(f"all => all.slice({OPERATIONS}).forEach(each => each.remove())")
    steps = [each for each in somebody.violations() if not each.startswith("heading-order: ")]
    assert steps == []
