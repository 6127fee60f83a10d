"""A batch of orders is accepted as its orders would be one by one, whatever stands in the way."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import OrderCompleted, OrderPaid, parse_event
from rebate.domain.errors import Conflict, Impossible, Mismatch, RebateError, Unavailable
from rebate.domain.names import QueueId
from rebate.domain.senders import UNNAMED
from rebate.usecases.orders.accept_order import Accepted
from rebate.usecases.orders.accept_together import (
    BATCH_MAX,
    LINES_MAX,
    OrderBatch,
    ToldOrder,
)
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import WRITES_MAX, Put
from rebate.usecases.storage.rows.orders import KnownSender
from tests.fakes import FakeClock, MemoryStore
from tests.plans import MALL, mall_with


def deployment(settings: dict[str, Any] = MALL) -> tuple[App, MemoryStore]:
    store = MemoryStore()
    app = wire(store, FakeClock())
    save_settings(store, app.clock, settings, expects=0, by="test")
    store.commit([Put(KnownSender(UNNAMED, app.clock.now()))])
    store.commits = 0
    return app, store


def paid(order: str, member: str = "A", amount: int = 10_000, *, lines: int = 1) -> OrderPaid:
    detail = {
        "order_id": order,
        "member": {"id": member},
        "channel": "mall",
        "paid_at": "2026-03-01T10:00:00+08:00",
        "lines": [{"line_id": f"{n}", "product_id": "p", "paid": amount} for n in range(lines)],
    }
    event = parse_event("OrderPaid", detail)
    assert isinstance(event, OrderPaid)
    return event


def completed(order: str, at: str = "2026-03-02T10:00:00+08:00") -> OrderCompleted:
    event = parse_event("OrderCompleted", {"order_id": order, "completed_at": at})
    assert isinstance(event, OrderCompleted)
    return event


def outcomes(
    accept: Any, events: Sequence[OrderPaid | OrderCompleted]
) -> list[Accepted | type[RebateError]]:
    found: list[Accepted | type[RebateError]] = []
    for event in events:
        try:
            found.append(accept(event))
        except RebateError as error:
            found.append(type(error))
    return found


def together(
    app: App, events: Sequence[OrderPaid | OrderCompleted]
) -> list[Accepted | type[RebateError]]:
    batch = OrderBatch(app.orders)
    batch.expect(ToldOrder(event) for event in events)
    return outcomes(batch.accept, events)


def settled(app: App) -> dict[str, Any]:
    app.settler.settle(QueueId("mall"))
    return show_outcome(app.store, app.settings.in_force().terms)


orders = st.builds(
    paid, st.sampled_from("abcd"), st.sampled_from("AB"), st.sampled_from([10_000, 20_000])
)


@given(batches=st.lists(st.lists(orders, max_size=5), max_size=3), limited=st.booleans())
def test_a_batch_comes_to_what_its_orders_come_to_one_by_one(batches, limited):
    settings = mall_with(limits={"total": 2}) if limited else MALL
    (one, _), (other, _) = deployment(settings), deployment(settings)
    for batch in batches:
        assert together(one, batch) == outcomes(other.orders.accept, batch)
    assert settled(one) == settled(other)


def test_a_batch_is_one_transaction():
    app, store = deployment()
    assert len(together(app, [paid(f"o{n}", f"m{n}") for n in range(10)])) == 10
    assert store.commits == 1


def test_a_full_batch_of_members_known_is_one_transaction():
    """Each writes its order and its place in its buyer's list; the other rows are shared."""
    app, store = deployment()
    together(app, [paid(f"first{n}", f"m{n}") for n in range(BATCH_MAX)])
    sizes = []
    store.before_commit = lambda writes: sizes.append(len(writes))
    told = [paid(f"o{n}", f"m{n}") for n in range(BATCH_MAX)]
    assert [each.outcome for each in together(app, told)] == ["accepted"] * BATCH_MAX
    assert sizes == [2 * BATCH_MAX + 2]


def test_a_batch_of_completions_is_one_transaction():
    """Each writes its order and what it adds to its buyer's spend; all share a row of the inbox."""
    app, store = deployment()
    together(app, [paid(f"o{n}", f"m{n}") for n in range(10)])
    store.commits, sizes = 0, []
    store.before_commit = lambda writes: sizes.append(len(writes))
    told = [completed(f"o{n}") for n in range(10)]
    assert [each.outcome for each in together(app, told)] == ["accepted"] * 10
    assert sizes == [21]
    again = [*told, completed("o1", "2026-03-03T10:00:00+08:00"), completed("early")]
    found = together(app, again)
    assert [each.outcome for each in found[:10]] == ["duplicate"] * 10
    assert (found[10], found[11].outcome) == (Mismatch, "kept")
    entries = settled(app)["queues"]["mall"]["entries"]
    assert len(entries) == 10


def test_what_does_not_fit_into_one_transaction_goes_into_several():
    app, store = deployment()
    sizes = []
    store.before_commit = lambda writes: sizes.append(len(writes))
    together(app, [paid(f"o{n}", f"m{n}") for n in range(60)])
    assert len(sizes) == 3
    assert max(sizes) <= WRITES_MAX
    assert len(settled(app)["queues"]["mall"]["entries"]) == 60


@pytest.mark.parametrize("failing", [1, 2])
def test_orders_that_meet_a_conflict_together_are_accepted_alone(failing):
    app, store = deployment()
    attempts = []

    def refuse(writes: Any) -> None:
        attempts.append(len(writes))
        if len(attempts) <= failing:
            raise Conflict("somebody else")

    store.before_commit = refuse
    found = together(app, [paid("o1", "A"), paid("o2", "B")])
    assert [each.outcome for each in found] == ["accepted", "accepted"]
    # An order alone: it, its buyer, the inbox, three places. Both: they share an inbox and a place.
    assert attempts == [10] + [6] * (failing + 1)
    assert len(settled(app)["queues"]["mall"]["entries"]) == 2


def test_a_batch_that_the_store_does_not_answer_is_handed_back_whole():
    app, store = deployment()

    def fail(_writes: Any) -> None:
        raise Unavailable("timeout")

    store.after_commit = fail
    events = [paid("o1", "A"), paid("o2", "B")]
    assert together(app, events) == [Unavailable, Unavailable]
    store.after_commit = lambda _: None
    assert [each.outcome for each in together(app, events)] == ["duplicate", "duplicate"]


def test_one_that_contradicts_keeps_no_other_from_being_accepted():
    app, _ = deployment()
    first, second, third = together(app, [paid("o1"), paid("o1", amount=1), paid("o2")])
    assert (first.outcome, second, third.outcome) == ("accepted", Mismatch, "accepted")


def test_a_bug_that_one_order_meets_keeps_no_other_from_being_accepted(monkeypatch):
    app, _ = deployment()
    get = MemoryStore.get

    def broken(self, kind, key):
        assert key.partition != "o2", "a bug"
        return get(self, kind, key)

    monkeypatch.setattr(MemoryStore, "get", broken)
    batch = OrderBatch(app.orders)
    events = [paid("o1"), paid("o2"), paid("o3")]
    batch.expect(ToldOrder(event) for event in events)
    with pytest.raises(AssertionError):
        batch.accept(events[0])
    with pytest.raises(AssertionError):
        batch.accept(events[1])
    assert batch.accept(events[2]).outcome == "accepted"
    assert batch.accept(events[0]).outcome == "accepted"


def test_a_long_order_goes_alone():
    app, store = deployment()
    together(app, [paid("o1"), paid("o2", lines=LINES_MAX + 1), paid("o3", "B")])
    assert store.commits == 2


def test_orders_of_which_a_first_part_is_not_stored_are_handed_back_whole():
    """The first part is sent while a later order is accepted, whose outcome it is not."""
    app, store = deployment()
    attempts = []

    def fail(_writes: Any) -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise Unavailable("timeout")

    store.before_commit = fail
    events = [paid(f"o{n}", f"m{n}") for n in range(60)]
    assert together(app, events) == [Unavailable] * 60
    together(app, events)
    assert len(settled(app)["queues"]["mall"]["entries"]) == 60


def test_orders_that_are_too_large_together_are_accepted_alone():
    app, store = deployment()

    def refuse(writes: Any) -> None:
        if len(writes) > 6:
            raise Impossible("more than 4 MB")

    store.before_commit = refuse
    found = together(app, [paid(f"o{n}", f"m{n}") for n in range(60)])
    assert {each.outcome for each in found} == {"accepted"}
    store.before_commit = lambda _: None
    assert len(settled(app)["queues"]["mall"]["entries"]) == 60


class Unreadable(MemoryStore):
    """A store that refuses for ever to read anything of one member."""

    def get(self, kind: Any, key: Any) -> Any:
        if key.partition == "unreadable":
            raise Impossible("no such row")
        return super().get(kind, key)


def test_what_can_never_be_read_of_one_order_is_none_of_the_others_faults():
    store = Unreadable()
    app = wire(store, FakeClock())
    save_settings(store, app.clock, MALL, expects=0, by="test")
    one, bad, other = together(app, [paid("o1", "A"), paid("o2", "unreadable"), paid("o3", "B")])
    assert (one.outcome, bad, other.outcome) == ("accepted", Impossible, "accepted")
    assert len(settled(app)["queues"]["mall"]["entries"]) == 2
