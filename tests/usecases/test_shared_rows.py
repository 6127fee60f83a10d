"""Orders accepted together share a row of the inbox, and are settled as if they did not."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import OrderCompleted, OrderPaid, parse_event
from rebate.domain.commands import Clear, ExchangeEntry
from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.ledger import BalanceType
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.times import Instant
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.orders.accept_together import ToldOrder, accept_all
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.schedules.start_runs import send
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.settlement import pending_commands, settlement
from rebate.usecases.settlement.pending_commands import read_pending
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.keys import Key
from tests.fakes import FakeClock, MemoryStore
from tests.plans import mall_with
from tests.strategies import examples
from tests.usecases.disturbed import KILLED_AFTER, KINDS, Killed, at_commit, sweep, without_waiting

MALL = QueueId("mall")
SETTINGS = mall_with(exchange={"points_bps": 10000})


class Deployment:
    """A deployment whose processes can be killed: the next one remembers nothing."""

    def __init__(self, settings: dict[str, Any] = SETTINGS) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.app = self.restarted()
        save_settings(self.store, self.clock, settings, expects=0, by="test")

    def restarted(self) -> App:
        self.clock.advance(11_000_000)
        self.app = without_waiting(wire(self.store, self.clock))
        return self.app

    def accept(self, *events: OrderPaid | OrderCompleted) -> None:
        accept_all(self.app.orders, [ToldOrder(event) for event in events])

    def settled(self) -> dict[str, Any]:
        """Settle what waits, however often a process is killed; return the outcome."""
        while True:
            try:
                sweep(self.app)
            except (Killed, Conflict, Unavailable):
                self.restarted()
            else:
                return show_outcome(self.store, self.app.settings.in_force().terms)

    def rows(self) -> list[Inbox]:
        return list(self.store.scan(Inbox))


def paid(order: str, second: int = 0, amount: int = 10_000, member: str = "A") -> OrderPaid:
    detail = {
        "order_id": order,
        "member": {"id": member},
        "channel": "mall",
        "paid_at": f"2026-03-01T10:{second // 60:02d}:{second % 60:02d}+08:00",
        "lines": [{"line_id": "1", "product_id": "p", "paid": amount}],
    }
    event = parse_event("OrderPaid", detail)
    assert isinstance(event, OrderPaid)
    return event


def completed(order: str, second: int) -> OrderCompleted:
    at = f"2026-03-01T11:00:{second:02d}+08:00"
    event = parse_event("OrderCompleted", {"order_id": order, "completed_at": at})
    assert isinstance(event, OrderCompleted)
    return event


def batches_of(seconds: Sequence[Sequence[int]]) -> list[list[OrderPaid]]:
    return [
        [paid(f"o{batch}-{n}", second, 1_000 * (1 + second)) for n, second in enumerate(each)]
        for batch, each in enumerate(seconds)
    ]


def one_by_one(
    batches: Sequence[Sequence[OrderPaid | OrderCompleted]], settings: dict[str, Any] = SETTINGS
) -> dict[str, Any]:
    alone = Deployment(settings)
    for event in (event for batch in batches for event in batch):
        alone.app.orders.accept(event)
    assert all(not row.others for row in alone.rows())
    return alone.settled()


@pytest.mark.parametrize(("room", "rows_read"), [(6, 1), (6, 50), (96, 2)])
@examples(60)
@given(data=st.data())
def test_shared_rows_come_to_what_rows_of_their_own_do(room, rows_read, data):
    seconds = st.lists(st.integers(0, 9), max_size=6)
    batches = batches_of(data.draw(st.lists(seconds, max_size=5)))
    trouble = at_commit(data.draw(st.integers(1, 12)), data.draw(st.sampled_from(KINDS)))
    shared = Deployment()
    for batch in batches:
        shared.accept(*batch)
    expected = one_by_one(batches)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settlement, "ROOM", room)
        patched.setattr(pending_commands, "ROWS_READ", rows_read)
        trouble.watch(shared.store)
        assert shared.settled() == expected
    assert shared.rows() == []
    assert audit_books(shared.store).differences == []


@pytest.mark.parametrize(("room", "rows_read"), [(6, 1), (6, 50), (96, 2)])
@pytest.mark.parametrize("completes", ["before they are settled", "after"])
@examples(40)
@given(data=st.data())
def test_completions_share_rows_as_payments_do(room, rows_read, completes, data):
    """Orders contribute when they are completed, so each completion pays the line."""
    settings = mall_with(settle_on="completed")
    seconds = st.lists(st.integers(0, 9), min_size=1, max_size=6)
    batches = batches_of(data.draw(st.lists(seconds, min_size=1, max_size=4)))
    names = [event.order_id for batch in batches for event in batch]
    names = data.draw(st.permutations(names))
    at = data.draw(st.integers(1, 3))
    told = [completed(name, second) for second, name in enumerate(names)]
    completions = [told[start : start + at] for start in range(0, len(told), at)]
    trouble = at_commit(data.draw(st.integers(1, 12)), data.draw(st.sampled_from(KINDS)))
    shared = Deployment(settings)
    for batch in batches:
        shared.accept(*batch)
    if completes == "after":
        shared.settled()
    for batch in completions:
        shared.accept(*batch)
    expected = one_by_one([*batches, *completions], settings)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(settlement, "ROOM", room)
        patched.setattr(pending_commands, "ROWS_READ", rows_read)
        trouble.watch(shared.store)
        assert shared.settled() == expected
    assert shared.rows() == []
    assert audit_books(shared.store).differences == []


def test_orders_completed_together_share_a_row():
    shared = Deployment()
    shared.accept(*(paid(f"o{n}") for n in range(3)))
    shared.settled()
    shared.accept(*(completed(f"o{n}", second) for n, second in enumerate((5, 3, 9))))
    (row,) = shared.rows()
    assert [each.command.order for each in (row, *row.others)] == ["o1", "o0", "o2"]


def test_orders_accepted_together_share_a_row():
    shared = Deployment()
    shared.accept(*(paid(f"o{n}", second) for n, second in enumerate((5, 3, 9))))
    (row,) = shared.rows()
    assert [each.ticket.order for each in row.others] == ["o0", "o2"]
    assert row.ticket is not None
    assert row.ticket.order == "o1"


def test_a_row_stays_until_its_last_order_is_settled(monkeypatch):
    """Each commit has room for one order; the process is killed after the first."""
    monkeypatch.setattr(settlement, "ROOM", 1)
    shared = Deployment()
    shared.accept(paid("o1", 1), paid("o2", 2))
    at_commit(1, KINDS[1]).watch(shared.store)
    with pytest.raises(Killed):
        shared.app.settler.settle(MALL)
    assert [len(row.others) for row in shared.rows()] == [1]
    assert audit_books(shared.store).differences == []
    assert len(shared.settled()["queues"]["mall"]["entries"]) == 2
    assert shared.rows() == []


def test_books_are_right_while_tickets_travel():
    shared = Deployment()
    shared.accept(paid("o1"), paid("o2"))
    audit = audit_books(shared.store)
    assert (audit.differences, audit.waiting) == ([], 2)


def test_a_ticket_that_went_astray_is_found():
    shared = Deployment()
    shared.accept(paid("o1"), paid("o2"))
    shared.store.rows[Inbox].clear()
    found = audit_books(shared.store).differences
    assert {each.path for each in found} == {"queues.mall.orders.o1", "queues.mall.orders.o2"}


def test_an_order_that_is_begun_is_finished_before_those_that_came_since(monkeypatch):
    """`big` pays off eighty entries; meanwhile orders come in that were paid before it."""
    monkeypatch.setattr(settlement, "ROOM", 40)
    monkeypatch.setattr(pending_commands, "ROWS_READ", 1)
    shared = Deployment()
    for start in range(0, 80, 20):
        shared.accept(*(paid(f"s{n}", n, 100, f"m{n}") for n in range(start, start + 20)))
    shared.settled()
    shared.accept(paid("first", 100), paid("big", 101, 200_000), paid("last", 102))
    at_commit(2, KINDS[1]).watch(shared.store)
    with pytest.raises(Killed):
        shared.app.settler.settle(MALL)
    queue = shared.store.get(Queue, Key(MALL))
    assert queue is not None
    assert queue.progress is not None
    assert queue.progress.command.endswith("#big")
    for n in range(12):
        shared.accept(paid(f"late{n}", 90))
    shared.restarted()
    entries = shared.settled()["queues"]["mall"]["entries"]
    assert [each["entry"].split("/")[0] for each in entries[80:83]] == ["first", "big", "late0"]
    assert entries[-1]["entry"] == "last/1"
    assert shared.rows() == []
    assert audit_books(shared.store).differences == []


def test_what_is_asked_of_an_order_that_joins_later_is_refused(monkeypatch):
    """The shop's clock is ahead: its order is of an hour that has not come."""
    monkeypatch.setattr(pending_commands, "ROWS_READ", 1)
    shared = Deployment()
    shared.accept(paid("o1", 1), paid("o2", 2))
    (row,) = shared.rows()
    before = Instant(row.command.at - 1)
    command = ExchangeEntry(before, OrderId("o2"), MemberId("A"), LineId("1"), BalanceType.POINTS)
    shared.store.rows[Inbox].clear()
    send(shared.store, shared.clock, MALL, command, request="asked")
    shared.app.settler.settle(MALL)
    answer = shared.store.get(Answer, Key("asked"))
    assert answer is not None
    assert answer.refused == "unknown_entry"


def test_a_completion_waits_until_its_order_is_read():
    """Partitions are read one after another, so a later command may be read without an earlier."""
    shared = Deployment()
    shared.accept(paid("o0"))
    shared.settled()
    shared.accept(paid("o1"), paid("o2"))
    shared.app.orders.accept(completed("o2", 1))
    (shared_row,) = [row for row in shared.rows() if row.others]
    hidden = shared.store.rows[Inbox]
    place = next(name for name, rows in hidden.items() if shared_row in rows.values())
    del hidden[place][shared_row.sort]
    with pytest.raises(Conflict, match="before it was paid"):
        shared.app.settler.settle(MALL)
    hidden[place][shared_row.sort] = shared_row
    entries = shared.settled()["queues"]["mall"]["entries"]
    assert [each["entry"].split("/")[0] for each in entries] == ["o0", "o1", "o2"]


def test_answers_have_room_beside_what_they_answer():
    """Each command here writes two rows: its own is removed, and its answer is stored."""
    shared = Deployment()
    at = Instant(1_772_330_400_000_000)
    for n in range(60):
        command = ExchangeEntry(
            at, OrderId(f"o{n}"), MemberId("A"), LineId("1"), BalanceType.POINTS
        )
        send(shared.store, shared.clock, MALL, command, request=f"asked{n}")
    shared.settled()
    assert len(list(shared.store.scan(Answer))) == 60


def test_a_long_inbox_is_settled_as_far_as_it_was_read(monkeypatch):
    monkeypatch.setattr(pending_commands, "ROWS_READ", 2)
    shared = Deployment()
    for n in range(40):
        shared.accept(paid(f"o{n:02d}", n))
    at_commit(1, KILLED_AFTER).watch(shared.store)
    with pytest.raises(Killed):
        shared.app.settler.settle(MALL)
    queue = shared.store.get(Queue, Key(MALL))
    assert queue is not None
    assert 0 < queue.tickets <= 8


def test_what_was_sent_ahead_is_carried_out_when_its_time_comes():
    shared = Deployment()
    shared.accept(paid("o1"))
    shared.settled()
    at = Instant(shared.clock.now() + 1_000_000)
    send(shared.store, shared.clock, MALL, Clear(at), ahead=True)
    shared.app.settler.settle(MALL)
    assert len(shared.rows()) == 1
    line = QueueReader(shared.store, MALL)
    assert read_pending(shared.store, Queue(MALL), line, Instant(at - 1)).waiting == []
    assert len(read_pending(shared.store, Queue(MALL), line, at).waiting) == 1


def test_it_is_told_that_the_rest_of_an_event_is_awaited():
    shared = Deployment()
    assert not shared.app.settler.settle(MALL).unseen
    gated = Inbox(MALL, "0#0#o1", Clear(Instant(1)), gate=(OrderId("o1"), 2))
    shared.store.commit([Put(gated)])
    assert shared.app.settler.settle(MALL).unseen
    assert shared.rows() == [gated]
