"""What a decision's rows are counted as, to the last one that fits."""

from collections.abc import Callable
from functools import partial

import pytest

from rebate.domain import room as rooms
from rebate.domain.names import MemberId, OrderId
from rebate.domain.places import NodeKey
from rebate.domain.room import Full, Room
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from tests.domain.pure import NAME
from tests.strategies import BEGIN, a_line

A, B = MemberId("A"), MemberId("B")
LEAF, OTHER_LEAF = NodeKey(NAME, 0, 0, 0), NodeKey(NAME, 0, 0, 1)


def a_ticket(order: str = "o1", lines: int = 1) -> Ticket:
    each = tuple(a_line(str(number), 100) for number in range(lines))
    return Ticket(NAME, OrderId(order), A, each, Instant(BEGIN))


def full(step: Callable[[], None]) -> bool:
    """Tell whether there is no room for a step."""
    try:
        step()
    except Full:
        return True
    return False


def left_after(*steps: Callable[[Room], None]) -> int:
    room = Room(100)
    for step in steps:
        step(room)
    return room.left


@pytest.mark.parametrize(
    ("rows", "steps"),
    [
        (2, [lambda room: room.begin(2)]),
        (5, [lambda room: room.begin(2), lambda room: room.begin(3)]),
        (3, [lambda room: room.take(1), lambda room: room.take(2)]),
        (1, [lambda room: room.touch(a_ticket(), [])]),
        (1, [lambda room: room.touch(a_ticket(), [])] * 2),
        (2, [lambda room: room.touch(a_ticket(), []), lambda room: room.touch(a_ticket("o2"), [])]),
        (3, [lambda room: room.touch(a_ticket(), [LEAF, OTHER_LEAF])]),
        (
            3,
            [
                lambda room: room.touch(a_ticket(), [LEAF]),
                lambda room: room.touch(a_ticket("o2"), [LEAF]),
            ],
        ),
        (2, [lambda room: room.touch(a_ticket(), []), lambda room: room.touch(a_ticket(), [LEAF])]),
        (2, [lambda room: room.pay(A)]),
        (4, [lambda room: room.pay(A), lambda room: room.pay(B), lambda room: room.pay(A)]),
        (1, [lambda room: room.consult(A)] * 2),
        (2, [lambda room: room.consult(A), lambda room: room.pay(A)]),
        (3, [lambda room: room.consult(B), lambda room: room.pay(A)]),
        (2, [lambda room: room.keep("a day"), lambda room: room.keep("another")]),
        (1, [lambda room: room.keep("a day")] * 2),
    ],
)
def test_a_row_counts_once_however_often_it_changes(rows, steps):
    assert left_after(*steps) == 100 - rows


def test_what_is_kept_is_known():
    room = Room(100)
    assert not room.has("a day")
    room.keep("a day")
    assert room.has("a day")


def test_the_first_command_always_begins_and_others_if_their_rows_fit():
    room = Room(5)
    room.begin(7)
    assert (room.commands, room.left) == (1, -2)
    room = Room(5)
    room.begin(2)
    assert full(lambda: room.begin(4))
    assert (room.commands, room.left) == (1, 3), "what does not fit is not counted"
    room.begin(3)
    assert (room.commands, room.left) == (2, 0)


def test_the_last_row_fits():
    room = Room(5)
    room.take(3)
    room.require(2)
    assert full(lambda: room.require(3))


def test_the_last_line_fits(monkeypatch):
    monkeypatch.setattr(rooms, "LINES_MAX", 10)
    room = Room(100)
    room.touch(a_ticket(lines=4), [])
    room.touch(a_ticket(lines=4), [])
    room.take(1, lines=3)
    room.take(1, lines=1)
    room.require(0, lines=2)
    assert full(lambda: room.require(0, lines=3))
    room.require_step([(a_ticket("o2", lines=2), [])], [])
    assert full(lambda: room.require_step([(a_ticket("o2", lines=3), [])], []))
    many = [(a_ticket("o2"), []), (a_ticket("o3", lines=2), [])]
    assert full(lambda: room.require_step(many, []))
    room.require_step([(a_ticket(lines=4), [])], [])


@pytest.mark.parametrize(
    ("rows", "tickets", "members", "beside"),
    [
        (0, [], [], 0),
        (3, [], [], 3),
        (0, [(a_ticket(), [LEAF])], [A], 0),
        (1, [(a_ticket(), [LEAF, OTHER_LEAF])], [], 0),
        (1, [(a_ticket("o2"), [LEAF])], [A], 0),
        (2, [(a_ticket("o2"), [OTHER_LEAF])], [], 0),
        (4, [(a_ticket("o2"), []), (a_ticket("o3"), [])], [B], 0),
        (7, [(a_ticket("o2"), [OTHER_LEAF])], [B, A], 3),
    ],
)
def test_a_step_needs_what_is_not_counted_yet(rows, tickets, members, beside):
    """A ticket, a leaf and A's wallet are."""
    for spare in (rows, rows - 1):
        room = Room(4 + spare)
        room.touch(a_ticket(), [LEAF])
        room.pay(A)
        step = partial(room.require_step, tickets, members, beside=beside)
        assert full(step) == (spare < rows)


@pytest.mark.parametrize(("commands", "fits"), [(0, True), (1, True), (2, False)])
def test_the_first_step_of_a_command_that_is_alone_fits(commands, fits):
    """Else nothing would ever be done; once something is touched, the next has to wait."""
    room = Room(2)
    for _ in range(commands):
        room.begin(0)
    step = (a_ticket(), [LEAF, OTHER_LEAF])
    assert full(lambda: room.require_step([step], [])) != fits
    room.touch(a_ticket("o2"), [])
    assert full(lambda: room.require_step([step], []))
