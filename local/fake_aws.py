"""The two services that functions call beside their tables: queues and a bus, over HTTP.

Only what they call is answered: `SendMessage` of SQS, for events that were set aside and orders of
connected shops, `SendMessageBatch` for webhooks, and `PutEvents` of EventBridge, for what is
published and what comes in over HTTP.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Protocol
from uuid import uuid4

CONNECT_QUEUE = "/connect"
"""How the address of the queue ends that orders of connected shops go to."""


WEBHOOK_QUEUE = "/webhooks"
"""How the address of the queue ends that webhooks go to."""


REPLAY_QUEUES = "/replay/"
"""How the addresses of the queues go on that letters are replayed to, by function."""


class Backend(Protocol):
    """Who keeps what comes in at the edge."""

    def set_aside(self, body: str, reason: str, code: str, function: str) -> None:
        """Keep an event that can never succeed, of some function."""

    def replay(self, function: str, body: str) -> None:
        """Bring a function a message once more."""

    def carry_on(self, body: str) -> None:
        """Keep an order of a connected shop, of which something is to be done."""

    def tell_later(self, body: str, delay_seconds: int) -> None:
        """Keep a webhook that is to be delivered after so long."""

    def put(self, entry: dict[str, Any]) -> None:
        """Put an event on the bus."""


@contextmanager
def edge(backend: Backend) -> Iterator[str]:
    """Answer at the yielded address while the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_AwsRequests, backend))
    server.daemon_threads = True
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _AwsRequests(BaseHTTPRequestHandler):
    """One connection; actions are named by the header `X-Amz-Target`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, backend: Backend, *args: Any) -> None:  # noqa: ANN401 - the server's
        self._backend = backend
        super().__init__(*args)

    def do_POST(self) -> None:
        """Answer one request."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        actions: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "AmazonSQS.SendMessage": self._send_message,
            "AmazonSQS.SendMessageBatch": self._send_messages,
            "AWSEvents.PutEvents": self._put_events,
        }
        action = actions.get(self.headers["X-Amz-Target"])
        if action is None:
            self._answer(400, {"__type": "UnknownOperationException"})
        else:
            self._answer(200, action(request))

    def _send_message(self, request: dict[str, Any]) -> dict[str, Any]:
        said = {
            name: attribute["StringValue"]
            for name, attribute in request.get("MessageAttributes", {}).items()
        }
        body, url = request["MessageBody"], request["QueueUrl"]
        if url.endswith(CONNECT_QUEUE):
            self._backend.carry_on(body)
        elif REPLAY_QUEUES in url:
            self._backend.replay(url.rpartition("/")[2], body)
        else:
            why = (said.get(name, "unknown") for name in ("reason", "code", "source_function"))
            self._backend.set_aside(body, *why)
        return {"MessageId": str(uuid4()), "MD5OfMessageBody": digest(body)}

    def _send_messages(self, request: dict[str, Any]) -> dict[str, Any]:
        answers = []
        for entry in request["Entries"]:
            body = entry["MessageBody"]
            self._backend.tell_later(body, int(entry.get("DelaySeconds", 0)))
            sent = {"MessageId": str(uuid4()), "MD5OfMessageBody": digest(body)}
            answers.append({"Id": entry["Id"], **sent})
        return {"Successful": answers}

    def _put_events(self, request: dict[str, Any]) -> dict[str, Any]:
        answers = []
        for entry in request["Entries"]:
            event = {
                "id": str(uuid4()),
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "time": _time(entry.get("Time")),
                "detail": json.loads(entry["Detail"]),
            }
            self._backend.put(event)
            answers.append({"EventId": event["id"]})
        return {"FailedEntryCount": 0, "Entries": answers}

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: what goes wrong is told by who called."""


def digest(body: str) -> str:
    """Return the digest by which SQS lets senders see that a body came whole."""
    return md5(body.encode(), usedforsecurity=False).hexdigest()


def _time(sent: float | None) -> str:
    moment = datetime.now(UTC) if sent is None else datetime.fromtimestamp(sent, UTC)
    return moment.isoformat()
