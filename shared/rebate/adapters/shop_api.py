"""The APIs of shops: refunds of an order, and what changed since an instant.

Pages are read by the ids of what stands in them, or by their number, so that a later look can go on
where one ended; busy shops are asked again after the pauses that they name. Shopify's
REST API is that of `shopify.API_VERSION`, WooCommerce's that of `woocommerce.API_VERSION`.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from urllib3 import PoolManager, Retry, Timeout, make_headers
from urllib3.exceptions import HTTPError

from rebate.adapters.connector_accounts import ConnectorAccount
from rebate.connectors import shopify, woocommerce
from rebate.connectors.delivery import PlatformDelivery
from rebate.domain.errors import Unavailable
from rebate.domain.times import Instant, datetime_of
from rebate.usecases.connections.connect_shop import ChangedPage

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
_SHOPIFY_PAGE = 250
_HERE = frozenset({"127.0.0.1", "localhost"})
_OK = 200


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
    def changed_since(self, instant: Instant, goes_on: str | None) -> Iterator[ChangedPage]:
        """Yield the orders that changed since an instant, from where another look ended on."""

    def _get(self, path: str, query: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
        """Return the JSON at a path of the shop's.

        Raises:
            Unavailable: the shop did not answer so, after all tries.
        """
        try:
            answer = self._pool.request("GET", f"{self._url}/{path}?{urlencode(query)}")
            if answer.status == _OK:
                return json.loads(answer.data, parse_float=Decimal)
        except (HTTPError, ValueError) as error:
            raise Unavailable(
                f"the shop of connector {self._key}: {type(error).__name__}"
            ) from None
        raise Unavailable(f"the shop of connector {self._key} answered {answer.status}")


class WooCommerceApi(ShopApi):
    """A shop of WooCommerce; a look goes on with the page that was read last, by its number.

    That page is read again: what was deleted meanwhile moves all behind it up.
    """

    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order."""
        pages = self._pages(f"orders/{order}/refunds", {}, first=1)
        return [refund for _, page in pages for refund in page]

    def changed_since(self, instant: Instant, goes_on: str | None) -> Iterator[ChangedPage]:
        """Yield the orders that changed since an instant, from where another look ended on."""
        since = {"modified_after": _utc(instant), "dates_are_gmt": "true", "order": "asc"}
        pages = self._pages("orders", {**since, "orderby": "id"}, first=int(goes_on or 1))
        for number, page in pages:
            sent = {woocommerce.TOPIC_HEADER: "order.updated"}
            yield ChangedPage([PlatformDelivery(sent, order) for order in page], str(number))

    def _pages(
        self, what: str, query: Mapping[str, str], first: int
    ) -> Iterator[tuple[int, list[Any]]]:
        """Yield pages with their numbers, from the first that is wanted to the last."""
        for number in count(first):
            path = f"wp-json/{woocommerce.API_VERSION}/{what}"
            page = self._get(path, {**query, "per_page": _PAGE, "page": number})
            if not isinstance(page, list):
                raise Unavailable(f"the shop of connector {self._key} answered no list of {what}")
            yield number, page
            if len(page) < _PAGE:
                return


class ShopifyApi(ShopApi):
    """A shop of Shopify; its orders bring their refunds along.

    A look reads orders in order of their ids, and goes on behind the last that it read.
    """

    def refunds(self, order: str) -> Sequence[Any]:
        """Return the refunds of an order."""
        path = f"admin/api/{shopify.API_VERSION}/orders/{order}/refunds.json"
        return self._listed(self._get(path, {}), "refunds")

    def changed_since(self, instant: Instant, goes_on: str | None) -> Iterator[ChangedPage]:
        """Yield the orders that changed since an instant, from where another look ended on."""
        path = f"admin/api/{shopify.API_VERSION}/orders.json"
        since = {"status": "any", "updated_at_min": f"{_utc(instant)}Z", "limit": _SHOPIFY_PAGE}
        behind = goes_on or "0"
        while page := self._listed(self._get(path, {**since, "since_id": behind}), "orders"):
            behind = self._last(page, behind)
            sent = {shopify.TOPIC_HEADER: "orders/updated"}
            yield ChangedPage([PlatformDelivery(sent, order) for order in page], behind)

    def _listed(self, page: Any, name: str) -> list[Any]:  # noqa: ANN401 - JSON
        found = page.get(name) if isinstance(page, dict) else None
        if not isinstance(found, list):
            raise Unavailable(f"the shop of connector {self._key} answered no {name}")
        return found

    def _last(self, page: Sequence[Any], behind: str) -> str:
        """Return the greatest id of a page, which has to be behind that of the one before."""
        ids = [each.get("id") if isinstance(each, dict) else None for each in page]
        last = max((each for each in ids if isinstance(each, int)), default=0)
        if last <= int(behind):
            raise Unavailable(f"the shop of connector {self._key} answered orders twice")
        return str(last)


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
