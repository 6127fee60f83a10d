"""A receiver of webhooks, on a real socket: it does what it is told to, and keeps what it got."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread
from typing import Any

from standardwebhooks import Webhook

Behaviour = Callable[["Connection"], None]
"""What is done once a request was read whole."""


class Connection:
    """A connection whose request was read."""

    def __init__(self, line: socket.socket, over: Event) -> None:
        self._line = line
        self._over = over

    def say(self, text: bytes) -> None:
        self._line.sendall(text)

    def wait(self, seconds: float) -> None:
        """Wait, but not for longer than the test lasts."""
        self._over.wait(seconds)

    @property
    def goes_on(self) -> bool:
        return not self._over.is_set()


def answers(status: int, body: bytes = b"ok", **headers: str) -> Behaviour:
    """Return what answers so."""
    named = "".join(f"{name.replace('_', '-')}: {text}\r\n" for name, text in headers.items())
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(body)}\r\n{named}\r\n"
    return lambda connection: connection.say(head.encode() + body)


def hangs(connection: Connection) -> None:
    """Say nothing for longer than anybody waits."""
    connection.wait(60)


def hangs_up(_: Connection) -> None:
    """Say nothing, and hang up."""


def drips(connection: Connection) -> None:
    """Send an endless head, a byte at a time, each in time."""
    connection.say(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while connection.goes_on:
        connection.say(b"x")
        time.sleep(0.05)


def floods(connection: Connection) -> None:
    """Send a body without end."""
    connection.say(b"HTTP/1.1 500 Flood\r\n\r\n")
    while connection.goes_on:
        connection.say(b"z" * 65536)


def babbles(connection: Connection) -> None:
    """Answer what is no HTTP."""
    connection.say(b"\x00\x01 what?\r\n\r\n")


def continues(connection: Connection) -> None:
    """Ask for more and more, and never answer."""
    while connection.goes_on:
        connection.say(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


class Receiver:
    """Answers by `behaviours` in turn, the last of them for ever."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}/hooks"
        self.behaviours: list[Behaviour] = [answers(200)]
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.over = Event()
        self._lock = Lock()

    def next(self) -> Behaviour:
        with self._lock:
            return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]

    def verified(self, secret: str) -> list[Any]:
        """Return what came, verified as the specification's own library does it."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.got]

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@contextmanager
def receiver(*behaviours: Behaviour, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Listen at 127.0.0.1 while the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    made = Receiver(listening.getsockname()[1], "https" if tls else "http")
    made.behaviours = list(behaviours) or made.behaviours
    thread = Thread(target=_accept, args=(listening, made, tls), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _accept(listening: socket.socket, made: Receiver, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # the end closes it
        while True:
            line, _ = listening.accept()
            Thread(target=_serve, args=(line, made, tls), daemon=True).start()


def _serve(line: socket.socket, made: Receiver, tls: ssl.SSLContext | None) -> None:
    with suppress(OSError):  # whoever called hung up
        if tls is not None:
            line = tls.wrap_socket(line, server_side=True)
        with line:
            request = _request(line)
            if request is not None:
                made.got.append(request)
                made.next()(Connection(line, made.over))


def _request(line: socket.socket) -> tuple[dict[str, str], bytes] | None:
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = {name.lower(): text for name, _, text in (each.partition(": ") for each in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        body += line.recv(65536)
    return headers, body
