"""What a decision's rows are counted as, to the last one that fits."""

from collections.abc import Callable
from functools import partial

import pytest

from rebate.domain import write_budget
from rebate.domain.events import RebatePaid
from rebate.domain.ledger import BalanceType
from rebate.domain.names import EntryId, MemberId, OrderId
from rebate.domain.place_index import NodeKey
from rebate.domain.tickets import Ticket
from rebate.domain.times import Instant
from rebate.domain.write_budget import BudgetExceeded, WriteBudget
from tests.domain.pure import NAME
from tests.strategies import BEGIN, a_line

A, B = MemberId("A"), MemberId("B")
LEAF, OTHER_LEAF = NodeKey(NAME, 0, 0, 0), NodeKey(NAME, 0, 0, 1)


def a_ticket(order: str = "o1", lines: int = 1) -> Ticket:
    each = tuple(a_line(str(number), 100) for number in range(lines))
    return Ticket(NAME, OrderId(order), A, each, Instant(BEGIN))


def full(step: Callable[[], None]) -> bool:
    """Tell whether a step does not fit any more."""
    try:
        step()
    except BudgetExceeded:
        return True
    return False


def left_after(*steps: Callable[[WriteBudget], None]) -> int:
    budget = WriteBudget(100)
    for step in steps:
        step(budget)
    return budget.left


@pytest.mark.parametrize(
    ("rows", "steps"),
    [
        (2, [lambda budget: budget.begin(2)]),
        (5, [lambda budget: budget.begin(2), lambda budget: budget.begin(3)]),
        (3, [lambda budget: budget.take(1), lambda budget: budget.take(2)]),
        (1, [lambda budget: budget.touch(a_ticket(), [])]),
        (1, [lambda budget: budget.touch(a_ticket(), [])] * 2),
        (
            2,
            [
                lambda budget: budget.touch(a_ticket(), []),
                lambda budget: budget.touch(a_ticket("o2"), []),
            ],
        ),
        (3, [lambda budget: budget.touch(a_ticket(), [LEAF, OTHER_LEAF])]),
        (
            3,
            [
                lambda budget: budget.touch(a_ticket(), [LEAF]),
                lambda budget: budget.touch(a_ticket("o2"), [LEAF]),
            ],
        ),
        (
            2,
            [
                lambda budget: budget.touch(a_ticket(), []),
                lambda budget: budget.touch(a_ticket(), [LEAF]),
            ],
        ),
        (2, [lambda budget: budget.pay(A)]),
        (
            4,
            [
                lambda budget: budget.pay(A),
                lambda budget: budget.pay(B),
                lambda budget: budget.pay(A),
            ],
        ),
        (1, [lambda budget: budget.consult(A)] * 2),
        (2, [lambda budget: budget.consult(A), lambda budget: budget.pay(A)]),
        (3, [lambda budget: budget.consult(B), lambda budget: budget.pay(A)]),
        (2, [lambda budget: budget.keep("a day"), lambda budget: budget.keep("another")]),
        (1, [lambda budget: budget.keep("a day")] * 2),
    ],
)
def test_a_row_counts_once_however_often_it_changes(rows, steps):
    assert left_after(*steps) == 100 - rows


def test_what_is_kept_is_known():
    budget = WriteBudget(100)
    assert not budget.has("a day")
    budget.keep("a day")
    assert budget.has("a day")


def test_the_first_command_always_begins_and_others_if_their_rows_fit():
    budget = WriteBudget(5)
    budget.begin(7)
    assert (budget.commands, budget.left) == (1, -2)
    budget = WriteBudget(5)
    budget.begin(2)
    assert full(lambda: budget.begin(4))
    assert (budget.commands, budget.left) == (1, 3), "what does not fit is not counted"
    budget.begin(3)
    assert (budget.commands, budget.left) == (2, 0)


def test_the_last_row_fits():
    budget = WriteBudget(5)
    budget.take(3)
    budget.require(2)
    assert full(lambda: budget.require(3))


def bytes_of(lines: int) -> int:
    return write_budget.bytes_of_ticket(a_ticket(lines=lines))


def test_the_last_byte_of_tickets_fits(monkeypatch):
    monkeypatch.setattr(write_budget, "BYTES_MAX", bytes_of(4) + 300 + bytes_of(2))
    budget = WriteBudget(100)
    budget.touch(a_ticket(lines=4), [])
    budget.touch(a_ticket(lines=4), [])
    budget.take(1, more=200)
    budget.take(1, more=100)
    budget.require(0, more=bytes_of(2))
    assert full(lambda: budget.require(0, more=bytes_of(2) + 1))
    budget.require_step([(a_ticket("o2", lines=2), [])], [])
    assert full(lambda: budget.require_step([(a_ticket("o2", lines=3), [])], []))
    many = [(a_ticket("o2"), []), (a_ticket("o3", lines=2), [])]
    assert full(lambda: budget.require_step(many, []))
    budget.require_step([(a_ticket(lines=4), [])], [])


def test_nodes_take_bytes_once(monkeypatch):
    monkeypatch.setattr(write_budget, "BYTES_MAX", bytes_of(1) + 2 * write_budget.NODE_BYTES)
    budget = WriteBudget(100)
    budget.touch(a_ticket(), [LEAF])
    budget.touch(a_ticket(), [LEAF])
    budget.require_step([(a_ticket(), [LEAF, OTHER_LEAF])], [])
    budget.touch(a_ticket(), [LEAF, OTHER_LEAF])
    assert full(lambda: budget.require(0, more=1))


def test_the_last_byte_that_is_told_fits(monkeypatch):
    paid = RebatePaid(EntryId("o1/1"), A, OrderId("o1"), 5, BalanceType.CASH, None)
    names = len("o1/1") + len("A") + len("o1") + len("cash") + len("queue") + len("RebatePaid")
    monkeypatch.setattr(write_budget, "TOLD_BYTES_MAX", 30 + write_budget.EVENT_BYTES + names)
    budget = WriteBudget(100)
    budget.tell(10)
    budget.tell_event(paid)
    budget.require(0, told=20)
    assert full(lambda: budget.require(0, told=21))
    budget.require_step([], [A], told=21)
    budget.touch(a_ticket(), [])
    assert full(lambda: budget.require_step([], [A], told=21))


def test_names_take_what_they_are_written_with():
    assert write_budget.bytes_of("order-1") == len("order-1")
    for name in ("订单", "é" * 9, "\U00020000"):
        assert write_budget.bytes_of(name) >= len(name.encode())


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
        budget = WriteBudget(4 + spare)
        budget.touch(a_ticket(), [LEAF])
        budget.pay(A)
        step = partial(budget.require_step, tickets, members, beside=beside)
        assert full(step) == (spare < rows)


@pytest.mark.parametrize(("commands", "fits"), [(0, True), (1, True), (2, False)])
def test_the_first_step_of_a_command_that_is_alone_fits(commands, fits):
    """Else nothing would ever be done; once something is touched, the next has to wait."""
    budget = WriteBudget(2)
    for _ in range(commands):
        budget.begin(0)
    step = (a_ticket(), [LEAF, OTHER_LEAF])
    assert full(lambda: budget.require_step([step], [])) != fits
    budget.touch(a_ticket("o2"), [])
    assert full(lambda: budget.require_step([step], []))
