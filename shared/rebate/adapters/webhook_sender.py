"""Posting to addresses that strangers chose: to the public internet and nowhere else.

A name is looked up at every sending, every address that it leads to is judged as a number, and the
connection is made to one that was judged: what a name says a moment later leads nowhere else. A
redirect is a failure, a proxy is not asked, and of an answer only its head is read. Everything
together has a deadline, after which the connection is cut whatever the other end is doing.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import urlsplit

from rebate.domain.public_addresses import is_loopback, is_public
from rebate.domain.records import dataclass
from rebate.domain.times import SECOND, Instant
from rebate.domain.webhooks import WebhookAttempt
from rebate.usecases.storage.ports import Clock
from rebate.usecases.webhooks.deliver_webhooks import WebhookRequest

TIMEOUT_SECONDS = 15.0
"""From looking up the name to the head of the answer."""

CONNECT_SECONDS = 5.0
HEAD_SECONDS = 2.0
"""How long the head of an answer's body is waited for, whose status has come."""

TOGETHER = 10
ANSWER_BYTES_MAX = 1024
"""What is kept of an answer."""

RETRY_AFTER_MAX = 86_400
USER_AGENT = "queue-rebate-webhooks/1"
HTTPS, HTTP = 443, 80

Resolver = Callable[[str, int], Sequence[str]]
"""Returns all addresses of a name, as text; raises OSError."""


class RefusedAddress(Exception):
    """An address is none that anything is sent to. Nothing of it is told or kept."""


def resolve(host: str, port: int) -> list[str]:
    """Return all addresses of a name, or what a number in any spelling means."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


@dataclass(frozen=True, slots=True)
class AddressRules:
    """What may be sent to: public addresses by https, and with `loopback` the machine itself."""

    loopback: bool = False
    resolver: Resolver = resolve

    def insist(self, scheme: str, host: str, port: int) -> Sequence[str]:
        """Return the addresses to connect to for a host.

        Raises:
            RefusedAddress: any of its addresses is not public.
            OSError: it has none.
        """
        addresses = self.resolver(host, port)
        if self.loopback and addresses and all(map(is_loopback, addresses)):
            return addresses
        if scheme != "https" or not addresses or not all(map(is_public, addresses)):
            raise RefusedAddress
        return addresses

    def allows(self, address: str) -> bool:
        """Tell whether an address may be saved: names are judged only when they are looked up."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        number = _number(host)
        if number is None:
            is_here = host == "localhost" or host.endswith(".localhost")
            return self.loopback if is_here else parts.scheme == "https"
        if self.loopback and is_loopback(number):
            return True
        return parts.scheme == "https" and is_public(number)


def _number(host: str) -> str | None:
    """Return the IP address that a host is, in any of the spellings that systems take for one."""
    with suppress(OSError, UnicodeError):
        return socket.inet_ntoa(socket.inet_aton(host))
    with suppress(OSError, UnicodeError):
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))
    return None


class HttpWebhookSender:
    """Implements `rebate.usecases.webhooks.deliver_webhooks.WebhookSender`."""

    def __init__(
        self,
        clock: Clock,
        rules: AddressRules,
        *,
        timeout: float = TIMEOUT_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Send to what `rules` allow, trusting the certificates that `tls` does."""
        self._clock = clock
        self._rules = rules
        self._timeout = timeout
        self._tls = tls

    def send(self, requests: Sequence[WebhookRequest]) -> Sequence[WebhookAttempt]:
        """Post all at the same time; one that hangs holds up no other."""
        if not requests:
            return []
        with ThreadPoolExecutor(min(len(requests), TOGETHER)) as threads:
            return list(threads.map(self._send, requests))

    def _send(self, request: WebhookRequest) -> WebhookAttempt:
        at, begun = self._clock.now(), time.monotonic()
        answer = self._answer(request)
        ms = int((time.monotonic() - begun) * 1000)
        return WebhookAttempt(at, ms, answer.status, answer.head, answer.error, answer.retry_after)

    def _answer(self, request: WebhookRequest) -> "_Answer":
        parts = urlsplit(request.address)
        host, port = (
            parts.hostname or "",
            parts.port or (HTTPS if parts.scheme == "https" else HTTP),
        )
        call = _Call(host, port, self._timeout, self._context(parts.scheme))
        try:
            call.addresses = self._rules.insist(parts.scheme, host, port)
            return call.post(parts.path or "/", parts.query, request, self._clock.now())
        except (RefusedAddress, OSError, HTTPException, UnicodeError) as error:
            return _Answer(error=call.why(error))

    def _context(self, scheme: str) -> ssl.SSLContext | None:
        if scheme != "https":
            return None
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | None = None
    head: str = ""
    error: str | None = None
    retry_after: int = 0


class _Call(HTTPConnection):
    """One request to one of some addresses, which is cut when its time is over."""

    def __init__(self, host: str, port: int, timeout: float, tls: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=min(timeout, CONNECT_SECONDS))
        self.addresses: Sequence[str] = ()
        self.default_port = HTTPS if tls else HTTP
        self._tls = tls
        self._seconds = timeout
        self._is_cut = False
        self._line: socket.socket | None = None
        """What was connected; the base class forgets it before an answer is read."""

    def connect(self) -> None:
        """Connect to an address that was judged, whatever the name says by now."""
        line = self._line = self._connected()
        line.settimeout(self._seconds)
        if self._tls is not None:
            line = self._line = self._tls.wrap_socket(
                line, server_hostname=self.host, do_handshake_on_connect=False
            )
            line.do_handshake()
        self.sock = line

    def _connected(self) -> socket.socket:
        *others, last = self.addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((address, self.port), self.timeout)
        return socket.create_connection((last, self.port), self.timeout)

    def post(self, path: str, query: str, request: WebhookRequest, now: Instant) -> _Answer:
        """Send a request and read the head of its answer.

        Raises:
            OSError, HTTPException: it came to nothing; `why` says what that was.
        """
        cut = Timer(self._seconds, self._cut)
        cut.daemon = True
        cut.start()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": USER_AGENT,
            "Connection": "close",
            **request.headers,
        }
        try:
            target = f"{path}?{query}" if query else path
            self.request("POST", target, request.body.encode(), headers)
            with self.getresponse() as answer:
                if self._is_cut:  # in the middle of the head, which looks like its end
                    raise TimeoutError
                return self._read(answer, now)
        finally:
            cut.cancel()
            self.close()
            if self._line is not None:
                self._line.close()

    def _cut(self) -> None:
        self._is_cut = True
        if self._line is not None:
            with suppress(OSError):  # it is over by itself
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)

    def _read(self, answer: HTTPResponse, now: Instant) -> "_Answer":
        """Return what is kept of an answer; the rest of it is not read, nor waited for."""
        redirects = 300 <= answer.status < 400  # noqa: PLR2004 - HTTP's
        after = _seconds(answer.getheader("Retry-After"), now)
        error = "redirect" if redirects else None
        return _Answer(answer.status, _printable(self._head(answer)), error, after)

    def _head(self, answer: HTTPResponse) -> bytes:
        content, until = b"", time.monotonic() + HEAD_SECONDS
        with suppress(OSError, HTTPException):  # the status has come, and that is what counts
            while len(content) < ANSWER_BYTES_MAX and (left := until - time.monotonic()) > 0:
                if self._line is not None:
                    self._line.settimeout(left)
                more = answer.read1(ANSWER_BYTES_MAX - len(content))
                if not more:
                    break
                content += more
        return content

    def why(self, error: Exception) -> str:
        """Return what an error comes to, in a word that tells nothing of what was connected to."""
        if isinstance(error, RefusedAddress):
            return "refused_address"
        if self._is_cut or isinstance(error, TimeoutError):
            return "timeout"
        if isinstance(error, (socket.gaierror, UnicodeError)):
            return "no_address"
        if isinstance(error, ssl.SSLError):
            return "tls"
        return "bad_answer" if isinstance(error, HTTPException) else "no_connection"


def _printable(content: bytes) -> str:
    text = content.decode("utf-8", "replace")
    return "".join(each if each.isprintable() or each == "\n" else " " for each in text)


def _seconds(said: str | None, now: Instant) -> int:
    """Return for how long an answer asks to be left alone: a number, or a date."""
    if said is None:
        return 0
    if said.isascii() and said.isdigit():
        return min(int(said[:9]), RETRY_AFTER_MAX)
    try:
        until = parsedate_to_datetime(said).timestamp()
    except ValueError:
        return 0
    return min(max(0, int(until - now // SECOND)), RETRY_AFTER_MAX)
