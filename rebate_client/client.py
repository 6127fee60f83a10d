"""Requests, signed or with a token, tried again where that is safe: every request has an id."""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from types import TracebackType
from typing import Any, Self, cast

import httpx

from rebate_client.shapes import Balances, EventTaken, LinkOffered, Problem, Receipt

TRIES = 4
"""How often a request is sent that finds no answer, or is asked to come again."""

_AGAIN = frozenset({429, 502, 503, 504})
_TIMEOUT_SECONDS = 30.0
_ALL_WELL = 300


class Refused(Exception):
    """The API said no: `code` for programs, the message for people, `problems` by field."""

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        super().__init__(str(said.get("message", "")))
        self.status = status
        self.code: str = said.get("code", "")
        self.problems: list[Problem] = list(said.get("problems", ()))


class Unanswered(Exception):
    """Nobody answered, though it was tried several times: the request may have been carried out."""


class Client:
    """Asks the API at an address; `headers` say who asks."""

    def __init__(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        http: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Keep connections open until `close`; `pause` waits so many seconds."""
        self._url = url.rstrip("/")
        self._headers = dict(headers or {})
        self._http = http or httpx.Client(timeout=_TIMEOUT_SECONDS)
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - the document says which answer
        """Return what the API answers, None where there is nothing to say.

        Raises:
            Refused: it said no.
            Unanswered: it did not answer, or could not.
        """
        parameters = str(httpx.QueryParams(query or {}))
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        address = f"{self._url}{path}{'?' if parameters else ''}{parameters}"
        why = ""
        for attempt in range(TRIES):
            if attempt:
                self._pause(0.2 * 2**attempt)
            try:
                answer = self._http.request(
                    method,
                    address,
                    content=content or None,
                    headers=self._said(content or parameters.encode()),
                )
            except httpx.TransportError as error:
                why = str(error)
                continue
            if answer.status_code not in _AGAIN:
                return _read(answer)
            why = f"status {answer.status_code}"
        raise Unanswered(f"{method} {path}: {why}")

    def _said(self, signed: bytes) -> dict[str, str]:  # noqa: ARG002 - shops sign it
        """Return the headers of a request with this content, or query where it has none."""
        return {"Content-Type": "application/json", **self._headers}


def _read(answer: httpx.Response) -> Any:  # noqa: ANN401 - the document says which answer
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    said = answer.json() if is_json and answer.content else answer.text or None
    if answer.status_code >= _ALL_WELL:
        raise Refused(answer.status_code, said if isinstance(said, dict) else {"message": said})
    return said


class Shop(Client):
    """A shop, which signs what it sends with a key of its own."""

    def __init__(
        self,
        url: str,
        *,
        secret: str,
        key: str | None = None,
        http: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Sign with `secret`, which is that of `key`; None: the one that names no key."""
        super().__init__(url, {} if key is None else {"X-Rebate-Key": key}, http=http, pause=pause)
        self._secret = secret.encode()
        self._now = now

    def send(self, kind: str, detail: Mapping[str, Any], *, at: str | None = None) -> EventTaken:
        """Tell of an event, such as `OrderPaid`; the same again does no harm."""
        sent = {"detail-type": kind, "detail": detail, **({} if at is None else {"time": at})}
        return cast("EventTaken", self.call("POST", "/v1/events", body=sent))

    def offer_link(self, member: str, *, id: str) -> LinkOffered:  # noqa: A002 - the API's word
        """Get a code by which a member links the account they sign in with."""
        asked = {"id": id, "member_id": member}
        return cast("LinkOffered", self.call("POST", "/v1/links", body=asked))

    def balances(self, member: str) -> Balances:
        """Return what a member has."""
        return cast("Balances", self.call("GET", "/v1/balances", query={"member": member}))

    def spend(
        self,
        member: str,
        amount: int,
        *,
        asset: str,
        order: str,
        id: str,  # noqa: A002 - the API's word
    ) -> Receipt:
        """Spend what a member has on an order; amounts are hundredths."""
        asked = {"id": id, "member": member, "asset": asset, "amount": amount, "order": order}
        return cast("Receipt", self.call("POST", "/v1/spends", body=asked))

    def give_back(self, spend: str, amount: int, *, id: str) -> Receipt:  # noqa: A002
        """Give back what was spent, or a part of it."""
        asked = {"id": id, "spend": spend, "amount": amount}
        return cast("Receipt", self.call("POST", "/v1/give-backs", body=asked))

    def _said(self, signed: bytes) -> dict[str, str]:
        now = int(self._now())
        signature = hmac.digest(self._secret, f"{now}.".encode() + signed, sha256).hex()
        return {
            **super()._said(signed),
            "X-Rebate-Timestamp": str(now),
            "X-Rebate-Signature": f"v1={signature}",
        }


class Operator(Client):
    """An operator, with an access token; `headers` instead for `rebate demo` on one machine."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        http: httpx.Client | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Show `token` with each request."""
        bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
        super().__init__(url, {**bearer, **(headers or {})}, http=http, pause=pause)

    def order(self, name: str) -> dict[str, Any]:
        """Return the whole trace of an order."""
        return cast("dict[str, Any]", self.call("GET", "/v1/order", query={"id": name}))
