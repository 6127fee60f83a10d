"""The APIs of shops: refunds of an order, and what changed since an instant.

Pages are read to the end, busy shops are asked again after the pauses that they name. Shopify's
REST API is that of `shopify.API_VERSION`, WooCommerce's that of `woocommerce.API_VERSION`.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout, make_headers
from urllib3.exceptions import HTTPError

from rebate.adapters.connector_accounts import ConnectorAccount
from rebate.connectors import shopify, woocommerce
from rebate.connectors.delivery import PlatformDelivery
from rebate.domain.errors import Unavailable
from rebate.domain.times import Instant, datetime_of

_RETRY = Retry(
    total=4,
    backoff_factor=1,
    backoff_jitter=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    redirect=0,
    raise_on_status=False,
    respect_retry_after_header=True,
)
_PATIENCE = Timeout(connect=5, read=20)
_PAGE = 100
_PAGES_MAX = 200
_HERE = frozenset({"127.0.0.1", "localhost"})
_OK = 200
_NEXT_LINK = re.compile(r'<([^>]+)>;\s*rel="next"')


class ShopApi(ABC):
    """Implements `rebate.usecases.connections.connect_shop.ShopReader` for one shop."""

    def __init__(self, key: str, url: str, headers: Mapping[str, str]) -> None:
        """Ask the shop at `url`; secrets stand in `headers` alone."""
        self._key = key
        self._url = url.rstrip("/")
        self._pool = PoolManager(
            retries=_RETRY, timeout=_PATIENCE, headers={"Accept": "application/json", **headers}
        )

    @abstractmethod
    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order."""

    @abstractmethod
    def changed_since(self, instant: Instant) -> Iterator[PlatformDelivery]:
        """Yield the orders that changed since an instant."""

    def _get(self, url: str) -> tuple[Any, BaseHTTPResponse]:
        """Return the JSON at an address, and the answer that it stood in.

        Raises:
            Unavailable: the shop did not answer so, after all tries.
        """
        try:
            answer = self._pool.request("GET", url)
            if answer.status == _OK:
                return json.loads(answer.data, parse_float=Decimal), answer
        except (HTTPError, ValueError) as error:
            raise Unavailable(
                f"the shop of connector {self._key}: {type(error).__name__}"
            ) from None
        raise Unavailable(f"the shop of connector {self._key} answered {answer.status}")


class WooCommerceApi(ShopApi):
    """A shop of WooCommerce."""

    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order."""
        return [refund for page in self._pages(f"orders/{order}/refunds", {}) for refund in page]

    def changed_since(self, instant: Instant) -> Iterator[PlatformDelivery]:
        """Yield the orders that changed since an instant."""
        since = {"modified_after": _utc(instant), "dates_are_gmt": "true", "order": "asc"}
        for page in self._pages("orders", {**since, "orderby": "id"}):
            for order in page:
                yield PlatformDelivery({woocommerce.TOPIC_HEADER: "order.updated"}, order)

    def _pages(self, what: str, query: Mapping[str, str]) -> Iterator[list[Any]]:
        for number in range(1, _PAGES_MAX + 1):
            asked = urlencode({**query, "per_page": _PAGE, "page": number})
            path = f"wp-json/{woocommerce.API_VERSION}/{what}"
            page, _ = self._get(f"{self._url}/{path}?{asked}")
            if not isinstance(page, list):
                raise Unavailable(f"the shop of connector {self._key} answered no list of {what}")
            yield page
            if len(page) < _PAGE:
                return
        raise Unavailable(f"the shop of connector {self._key} has too much of {what} to read")


class ShopifyApi(ShopApi):
    """A shop of Shopify; its orders bring their refunds along."""

    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order."""
        path = f"admin/api/{shopify.API_VERSION}/orders/{order}/refunds.json"
        return list(self._listed(self._get(f"{self._url}/{path}")[0], "refunds"))

    def changed_since(self, instant: Instant) -> Iterator[PlatformDelivery]:
        """Yield the orders that changed since an instant."""
        query = {"status": "any", "updated_at_min": f"{_utc(instant)}Z", "limit": 250}
        path = f"admin/api/{shopify.API_VERSION}/orders.json?{urlencode(query)}"
        url: str | None = f"{self._url}/{path}"
        for _ in range(_PAGES_MAX):
            if url is None:
                return
            page, answer = self._get(url)
            for order in self._listed(page, "orders"):
                yield PlatformDelivery({shopify.TOPIC_HEADER: "orders/updated"}, order)
            url = self._next(answer.headers.get("Link", ""))
        raise Unavailable(f"the shop of connector {self._key} has too many orders to read")

    def _listed(self, page: Any, name: str) -> list[Any]:  # noqa: ANN401 - JSON
        found = page.get(name) if isinstance(page, dict) else None
        if not isinstance(found, list):
            raise Unavailable(f"the shop of connector {self._key} answered no {name}")
        return found

    def _next(self, link: str) -> str | None:
        """Return where the next page stands, at the same shop and nowhere else."""
        found = _NEXT_LINK.search(link)
        if found is None:
            return None
        if not found[1].startswith(f"{self._url}/"):
            raise Unavailable(f"the shop of connector {self._key} points elsewhere")
        return found[1]


def shop_api(key: str, account: ConnectorAccount | None) -> ShopApi:
    """Return what reads a connector's shop.

    Raises:
        Unavailable: its account does not say where the shop is, or how to sign in there.
    """
    if account is None or account.url is None or not _is_safe(account.url):
        raise Unavailable(f"connector {key} has no `url` with https in its account")
    if account.platform == "shopify" and account.token:
        return ShopifyApi(key, account.url, {"X-Shopify-Access-Token": account.token})
    if account.platform == "woocommerce" and account.user and account.password:
        basic = make_headers(basic_auth=f"{account.user}:{account.password}")
        return WooCommerceApi(key, account.url, basic)
    raise Unavailable(f"connector {key} has nothing in its account to sign in with")


def _is_safe(url: str) -> bool:
    """Tell whether an address may be asked: by https, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def _utc(instant: Instant) -> str:
    moment: datetime = datetime_of(instant)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
