"""Work aside: the rest goes on once its request is sent, and its outcome is waited for."""

from collections.abc import Callable
from threading import Event

import pytest

from rebate.adapters.background_commit import BackgroundCommit
from rebate.domain.errors import Conflict

PATIENCE_SECONDS = 10


def test_it_goes_on_when_the_request_is_sent_and_waits_for_the_answer() -> None:
    senders: list[Callable[[], None]] = []
    aside = BackgroundCommit(senders.append)
    answer, told = Event(), []

    def work() -> None:
        told.append("prepared")
        senders[0]()
        assert answer.wait(PATIENCE_SECONDS), "nobody went on"
        told.append("answered")

    wait = aside(work)
    assert told == ["prepared"]
    answer.set()
    wait()
    assert told == ["prepared", "answered"]


def test_what_it_raises_is_raised_where_it_is_waited_for() -> None:
    aside = BackgroundCommit(lambda _tell: None)

    def work() -> None:
        raise Conflict("somebody else was quicker")

    wait = aside(work)
    with pytest.raises(Conflict, match="quicker"):
        wait()


def test_one_piece_of_work_is_done_after_another() -> None:
    aside = BackgroundCommit(lambda _tell: None)
    done: list[int] = []
    for number in range(20):
        aside(lambda number=number: done.append(number))()  # type: ignore[misc]
    assert done == list(range(20))
