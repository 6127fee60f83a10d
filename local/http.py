"""HTTP on this machine, handed to the API's function as API Gateway hands it on.

Who asks shows a token of the local issuer (`local.sign_in`), which is checked as API Gateway checks
tokens. For `curl` a header will do, which is good enough for nobody but the developer whose machine
it is:

    X-Dev-Member: m01       this member
    X-Dev-Operator: anna    an operator of that name, of the role `admin`
    X-Dev-Role: viewer      of another role
    X-Dev-Merchant: m01     this member as who holds stores

Names that are not ASCII are percent-encoded, as in a path. The bridge answers only at 127.0.0.1,
and to requests for it by that name: pages from elsewhere must not ask it.
"""

import base64
import gzip
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from local.functions import Functions
from local.sign_in.gateway import LocalGateway, TurnedAway
from local.sign_in.issuer import PATH as ISSUER_PATH
from local.sign_in.issuer import LocalIssuer
from local.sign_in.pages import answered
from rebate.adapters.export_files import FILES_PATH, FolderFiles, disposition_of
from rebate.bootstrap import app
from rebate.contracts.pages import CONFIG_FILE, cache_of, file_of, page_config, policy

HOST = "127.0.0.1"
BODY_BYTES_MAX = 6 * 1024 * 1024
"""What a function takes; API Gateway refuses more."""

_API = "/v1/"
_BROKEN = {"statusCode": 500, "body": '{"message": "Internal Server Error"}'}
"""What API Gateway answers where a function raises; the error itself goes to stderr."""

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""Files of the pages by suffix; no other is given out."""

_PAGE_HEADERS = {
    "Content-Security-Policy": policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
}


@contextmanager
def served(
    functions: Functions,
    port: int,
    pages: Path | None,
    issuer_at: Callable[[str], LocalIssuer] | None = None,
) -> Iterator[str]:
    """Serve API and pages while the block lasts; yield the address. Port 0: any that is free.

    `pages` is a folder with files for browsers: see `rebate.contracts.pages`. `issuer_at` makes
    the issuer that signs people in at this address.

    Raises:
        OSError: the port is taken.
    """
    site = _Site(functions, pages)
    server = ThreadingHTTPServer((HOST, port), partial(_HttpRequests, site))
    address = f"http://{HOST}:{server.server_port}"
    if issuer_at is not None:
        site.gateway = LocalGateway(issuer_at(address))
    server.daemon_threads = True
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.1), daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class _Site:
    """What is served, and who checks requests for it."""

    functions: Functions
    pages: Path | None
    gateway: LocalGateway = field(default_factory=LocalGateway)


class _HttpRequests(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, site: _Site, *args: Any) -> None:  # noqa: ANN401
        self._site = site
        super().__init__(*args)

    def _answer(self) -> None:
        if not self._is_asked_by_name():
            self._send(421, {}, b"ask for this server by its own name\n")
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            self._send(413, {}, b"the body is too large\n")
            return
        body = self.rfile.read(length)
        path = urlsplit(self.path).path
        if path.startswith(_API):
            self._ask(body)
        elif path.startswith(FILES_PATH):
            self._give_export()
        elif path.startswith(ISSUER_PATH) and self._site.gateway.issuer is not None:
            self._sign_in(self._site.gateway.issuer, body)
        else:
            self._give_page()

    do_GET = do_HEAD = do_POST = do_PUT = _answer  # noqa: N815 - what http.server looks for

    def _is_asked_by_name(self) -> bool:
        host = (self.headers.get("Host") or "").rsplit(":", 1)[0]
        return host in {HOST, "localhost"}

    def _sign_in(self, issuer: LocalIssuer, body: bytes) -> None:
        languages = self.headers.get("Accept-Language") or ""
        status, headers, sent = answered(issuer, self.command, self.path, body, languages)
        self._send(status, dict(headers), sent)

    def _ask(self, body: bytes) -> None:
        event = request_event(self.command, self.path, self.headers.items(), body)
        try:
            route, authorizer = self._site.gateway.admit(
                self.command, event["rawPath"], event["headers"]
            )
        except TurnedAway as turned:
            self._refuse(turned)
            return
        if authorizer is not None:
            event["requestContext"]["authorizer"] = authorizer
        answer: dict[str, Any] = _BROKEN
        try:
            answer = self._site.functions.call(route.function, event)
        finally:
            content: str = answer.get("body") or ""
            encoded = answer.get("isBase64Encoded")
            sent = base64.b64decode(content) if encoded else content.encode()
            self._send(answer["statusCode"], _headers_of(answer), sent)

    def _give_export(self) -> None:
        """Give out the file to which a link leads, as a bucket does."""
        target, files = urlsplit(self.path), app().outside.export_files
        name = unquote(target.path).removeprefix(FILES_PATH)
        file = files.opened(name, target.query) if isinstance(files, FolderFiles) else None
        if file is None:
            self._send(403, {}, b"this link leads nowhere, or not any more\n")
            return
        self.send_response(200)
        for header, value in disposition_of(file).items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(file.stat().st_size))
        self.end_headers()
        if self.command != "HEAD":
            with file.open("rb") as opened:
                shutil.copyfileobj(opened, self.wfile)

    def _refuse(self, turned: TurnedAway) -> None:
        body = json.dumps({"message": turned.message}).encode()
        self._send(turned.status, {"Content-Type": "application/json"}, body)

    def _give_page(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if self._site.pages is not None and path == f"/{CONFIG_FILE}":
            self._send_page(path, ".json", json.dumps(page_config(self._issuers())).encode())
        elif (file := self._file(path)) is not None:
            self._send_page(path, file.suffix, file.read_bytes())
        else:
            self._send(404, {}, b"there is nothing here\n")

    def _issuers(self) -> dict[str, dict[str, str]]:
        """Return who signs people in, by role, as pages are told."""
        issuer = self._site.gateway.issuer
        return {} if issuer is None else issuer.for_pages()

    def _send_page(self, path: str, suffix: str, body: bytes) -> None:
        headers = {
            "Content-Type": _TYPES[suffix],
            "Cache-Control": cache_of(path),
            **_PAGE_HEADERS,
        }
        if "gzip" in (self.headers.get("Accept-Encoding") or ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, mtime=0)
        self._send(200, headers, body)

    def _file(self, path: str) -> Path | None:
        """Return the file of the pages that a path names; never one outside of them."""
        if self._site.pages is None or "\0" in path:
            return None
        root = self._site.pages.resolve()
        named = (root / file_of(path)).resolve()
        inside = named.is_relative_to(root) and named.suffix in _TYPES and named.is_file()
        return named if inside else None

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:  # noqa: PLR2004 - an answer without a body has no length either
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal belongs to the command."""


def request_event(
    method: str,
    target: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> dict[str, Any]:
    """Return a request as an event of API Gateway's HTTP API, payload version 2.0."""
    path, query = urlsplit(target).path, urlsplit(target).query
    named: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        named[key] = f"{named[key]},{value}" if key in named else value
    now = datetime.now(UTC)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(path),
        "rawQueryString": query,
        "headers": named,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": HOST,
            "domainPrefix": "local",
            "http": {
                "method": method,
                "path": unquote(path),
                "protocol": "HTTP/1.1",
                "sourceIp": HOST,
                "userAgent": named.get("user-agent", ""),
            },
            "requestId": str(uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": time.time_ns() // 1_000_000,
        },
        "isBase64Encoded": False,
    }
    return event | _body(body)


def _body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def _headers_of(answer: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in (answer.get("headers") or {}).items()}
