"""Work aside: one request is on its way while the next is prepared."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from threading import Event

_SWITCH_SECONDS = 0.0005
"""How long a thread may keep the other from going on. A request lets go of Python's lock several
times until it is sent, and would wait ten times as long to go on each time."""


class BackgroundCommit:
    """Implements `rebate.usecases.storage.ports.Aside` in a thread, for work that is one request.

    Processor time cannot be shared, so the request is sent before anything else is done.
    """

    def __init__(self, on_send: Callable[[Callable[[], None]], None]) -> None:
        """`on_send` lets a function be called whenever a request is about to be sent."""
        self._on_send = on_send
        self._sent = Event()

    def __call__(self, work: Callable[[], None]) -> Callable[[], None]:
        """Begin some work, and return what waits for its end and raises what it raised."""
        self._sent.clear()
        outcome = self._thread.submit(self._carry_out, work)
        self._sent.wait()
        return outcome.result

    def _carry_out(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            self._sent.set()

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._on_send(self._sent.set)
        return ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
