"""Shops' own APIs are read to the end, with pauses and retries, from a real server."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from rebate.adapters import shop_api as module
from rebate.adapters.connector_accounts import ConnectorAccount, ConnectorAccounts
from rebate.adapters.shop_api import shop_api
from rebate.domain.errors import Unavailable
from rebate.domain.times import Instant

SINCE = Instant(1_772_442_000_000_000)


class Shop:
    """A shop's server: answers what stands in `pages` by path, after `failures`."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], tuple[object, dict[str, str]]] = {}
        self.failures: list[tuple[int, dict[str, str]]] = []
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""


class _Requests(BaseHTTPRequestHandler):
    def __init__(self, shop: Shop, *args) -> None:
        self._shop = shop
        super().__init__(*args)

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self._shop.asked.append((path, query))
        self._shop.headers.append({key.lower(): value for key, value in self.headers.items()})
        if self._shop.failures:
            status, headers = self._shop.failures.pop(0)
            self._answer(status, b"{}", headers)
            return
        page = query.get("page", query.get("since_id", ["1"]))[0]
        content, headers = self._shop.pages[path, page]
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self._answer(200, body, headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


@contextmanager
def served() -> Iterator[Shop]:
    shop = Shop()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Requests, shop))
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True)
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def shop(monkeypatch) -> Iterator[Shop]:
    monkeypatch.setattr(module, "_RETRY", module._RETRY.new(backoff_factor=0, backoff_jitter=0))
    with served() as made:
        yield made


def woocommerce(shop: Shop):
    account = ConnectorAccount(platform="woocommerce", url=shop.url, user="ck_1", password="cs_1")
    return shop_api("web", account)


def shopify(shop: Shop):
    return shop_api("web", ConnectorAccount(platform="shopify", url=shop.url, token="shpat_1"))


def test_refunds_are_read_page_by_page(shop):
    path = "/wp-json/wc/v3/orders/11/refunds"
    shop.pages = {
        (path, "1"): ([{"id": number} for number in range(100)], {}),
        (path, "2"): ([{"id": 100}], {}),
    }
    assert len(woocommerce(shop).refunds("11")) == 101
    basic = base64.b64encode(b"ck_1:cs_1").decode()
    assert {each["authorization"] for each in shop.headers} == {f"Basic {basic}"}


def test_what_changed_at_woocommerce_is_an_order_that_was_updated(shop):
    shop.pages = {("/wp-json/wc/v3/orders", "1"): (b'[{"id": 1, "total": 1.10}]', {})}
    (page,) = woocommerce(shop).changed_since(SINCE, None)
    (delivery,) = page.orders
    assert delivery.header("x-wc-webhook-topic") == "order.updated"
    assert str(delivery.payload["total"]) == "1.10"
    ((_, query),) = shop.asked
    assert query["modified_after"] == ["2026-03-02T09:00:00"]
    assert query["dates_are_gmt"] == ["true"]


def test_a_look_at_woocommerce_goes_on_with_the_page_that_was_read_last(shop):
    path = "/wp-json/wc/v3/orders"
    full = [{"id": number} for number in range(100)]
    shop.pages = {(path, "7"): (full, {}), (path, "8"): ([{"id": 100}], {})}
    pages = list(woocommerce(shop).changed_since(SINCE, "7"))
    assert [(len(page.orders), page.goes_on) for page in pages] == [(100, "7"), (1, "8")]


def test_what_changed_at_shopify_is_read_in_order_of_ids_to_the_end(shop):
    path = "/admin/api/2026-01/orders.json"
    shop.pages = {
        (path, "0"): ({"orders": [{"id": 1}, {"id": 5}]}, {}),
        (path, "5"): ({"orders": [{"id": 9}]}, {}),
        (path, "9"): ({"orders": []}, {}),
    }
    pages = list(shopify(shop).changed_since(SINCE, None))
    assert [[each.payload["id"] for each in page.orders] for page in pages] == [[1, 5], [9]]
    assert [page.goes_on for page in pages] == ["5", "9"]
    topics = {each.header("X-Shopify-Topic") for page in pages for each in page.orders}
    assert topics == {"orders/updated"}
    assert {each["x-shopify-access-token"] for each in shop.headers} == {"shpat_1"}
    assert {tuple(query["updated_at_min"]) for _, query in shop.asked} == {
        ("2026-03-02T09:00:00Z",)
    }
    assert list(shopify(shop).changed_since(SINCE, "9")) == []


@pytest.mark.parametrize("orders", [[{"id": 0}], [{"id": "7"}], [{}], [7]])
def test_a_shop_that_answers_no_orders_behind_those_that_were_read_is_unavailable(shop, orders):
    shop.pages = {("/admin/api/2026-01/orders.json", "0"): ({"orders": orders}, {})}
    with pytest.raises(Unavailable, match="orders twice"):
        list(shopify(shop).changed_since(SINCE, None))


def test_a_look_reads_on_as_long_as_there_are_pages(shop):
    path = "/wp-json/wc/v3/orders"
    full = [{"id": number} for number in range(100)]
    shop.pages = {(path, str(number)): (full, {}) for number in range(1, 301)}
    shop.pages[path, "301"] = ([], {})
    assert sum(len(page.orders) for page in woocommerce(shop).changed_since(SINCE, None)) == 30_000


def test_a_busy_shop_is_asked_again(shop):
    shop.failures = [(429, {"Retry-After": "0"}), (503, {}), (500, {})]
    shop.pages = {("/wp-json/wc/v3/orders/11/refunds", "1"): ([], {})}
    assert woocommerce(shop).refunds("11") == []
    assert len(shop.asked) == 4


@pytest.mark.parametrize(("status", "asked"), [(500, 5), (401, 1), (404, 1), (302, 1)])
def test_a_shop_that_does_not_answer_is_unavailable_without_its_secrets(shop, status, asked):
    shop.failures = [(status, {"Location": "http://127.0.0.1:1/"})] * 9
    with pytest.raises(Unavailable) as refused:
        woocommerce(shop).refunds("11")
    assert len(shop.asked) == asked
    assert "cs_1" not in str(refused.value)


@pytest.mark.parametrize("content", [b"<html>", {"code": "rest_no_route"}])
def test_an_answer_of_another_shape_is_unavailable(shop, content):
    shop.pages = {("/wp-json/wc/v3/orders/11/refunds", "1"): (content, {})}
    with pytest.raises(Unavailable):
        woocommerce(shop).refunds("11")


@pytest.mark.parametrize(
    "account",
    [
        None,
        ConnectorAccount(platform="woocommerce", user="u", password="p"),
        ConnectorAccount(platform="woocommerce", url="http://shop.example", user="u", password="p"),
        ConnectorAccount(platform="woocommerce", url="https://shop.example"),
        ConnectorAccount(platform="shopify", url="https://shop.example", user="u", password="p"),
    ],
)
def test_an_account_that_does_not_say_how_is_unavailable(account):
    with pytest.raises(Unavailable, match="connector web"):
        shop_api("web", account)


def test_accounts_are_read_from_text_and_wrong_ones_name_the_field_not_the_secret():
    text = '{"web": {"platform": "shopify", "secrets": ["a secret of a shop"]}}'
    accounts = ConnectorAccounts("eu-west-1", parameter=None, text=text)
    assert accounts("other") is None
    found = accounts("web")
    assert found is not None
    assert found.signing() == (b"a secret of a shop",)
    assert "secret of" not in repr(found)
    wrong = '{"web": {"platform": "shopify", "secrets": "a secret of a shop"}}'
    with pytest.raises(Unavailable, match="secrets") as refused:
        ConnectorAccounts("eu-west-1", parameter=None, text=wrong)
    assert "secret of" not in str(refused.value)
    with pytest.raises(Unavailable):
        ConnectorAccounts("eu-west-1", parameter=None, text="[]")
