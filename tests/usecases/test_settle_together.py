"""Many queues in one transaction come to what they come to one after another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.adapters.memory import MemoryStore as PlainStore
from rebate.bootstrap import App, wire
from rebate.domain.errors import Conflict, RebateError, Unavailable, Unreadable
from rebate.domain.names import QueueId
from rebate.domain.plans.registry import PLANS as PLAN_REGISTRY
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Place, Write
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.engine import Player
from tests.fakes import FakeClock, MemoryStore
from tests.model.generate import documents
from tests.strategies import examples
from tests.test_against_model import PLANS
from tests.usecases.disturbed import KINDS, Killed, Kind, at_commit, sweep, without_waiting

MALL = {"currency": "CNY", "timezone": "Asia/Shanghai"}
PER_PRODUCT: dict[str, Any] = {
    **MALL,
    "queue_rebate": {
        "mall": "per_product",
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10_000},
    },
}
REFERRED: dict[str, Any] = {**PER_PRODUCT, "referral": {"settle_on": "paid", "direct_bps": 500}}
ROUNDS_MAX = 200

Rings = dict[QueueId, list[Key]]
Settles = Callable[[App, Rings], None]


def together(app: App, rings: Rings) -> None:
    for outcome in app.queues.settle(rings).values():
        assert not isinstance(outcome, RebateError)


def one_by_one(app: App, rings: Rings) -> None:
    for queue in sorted(rings, key=PLAN_REGISTRY.rank):  # as a cap gives room (Rule 8.4)
        app.settler.settle(queue)


def rings_of(store: PlainStore) -> Rings:
    """Return whatever waits, as if all of it had just been rung for."""
    rings: Rings = {}
    for row in sorted(store.scan(Inbox), key=lambda row: row.sort):
        rings.setdefault(row.queue, []).append(key_of(row))
    return rings


@dataclass
class Batched(Player):
    """Lets some steps gather before all that waits is settled in a way."""

    settles_by: Settles = one_by_one
    gathers: Sequence[int] = (1,)
    steps_since: int = field(default=0, init=False)
    batches: int = field(default=0, init=False)

    def settle(self, queues: Iterable[QueueId]) -> None:
        """Leave it to the end of the batch."""

    def step(self, step: Mapping[str, Any]) -> None:
        super().step(step)
        self.steps_since += 1
        if self.steps_since >= self.gathers[self.batches % len(self.gathers)]:
            self.settle_all()
            self.steps_since, self.batches = 0, self.batches + 1

    def settle_all(self) -> None:
        for _ in range(ROUNDS_MAX):
            rings = rings_of(self.store)
            if not rings:
                return
            self.settles_by(self.app, rings)
        raise AssertionError("no end of rings")

    def outcome(self) -> dict[str, Any]:
        self.settle_all()
        return super().outcome()


@pytest.mark.parametrize("name", ["queue_rebate in full", "order_queue", "all"])
@examples(15)
@given(data=st.data(), gathers=st.lists(st.integers(1, 12), min_size=1, max_size=4))
def test_together_is_as_one_after_another(
    name: str, data: st.DataObject, gathers: list[int]
) -> None:
    """Outcome and books are the same, whatever is gathered (Rule 0.11)."""
    plans, features = PLANS[name]
    left = tuple(feature for feature in features if feature != "return_window")
    document = data.draw(documents(plans=plans, features=left))
    alone = Batched(document, gathers=gathers)
    shared = Batched(document, settles_by=together, gathers=gathers)
    assert shared.play() == alone.play()
    assert audit_books(shared.store).differences == []


def bought(store: PlainStore, settings: dict[str, Any], orders: int) -> App:
    """Return an application in which so many orders wait, each in a queue of its own."""
    player = Player({"settings": settings, "steps": []}, store=store, settles=False)
    player.begin()
    steps = [
        {"buy": {"order": f"o{n}", "member": f"m{n}", "paid": 100 + n, "product": f"p{n}"}}
        for n in range(orders)
    ]
    for member in range(orders):
        player.deliver("MemberSaved", {"member_id": f"m{member}", "referrer_id": "R"})
    for step in steps:
        player.step(step)
    return without_waiting(player.app)


class Counted(MemoryStore):
    """Counts requests."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0

    def get(self, kind: type[Any], key: Key) -> Any:
        self.requests += 1
        return super().get(kind, key)

    def get_all(self, wanted: Iterable[Place]) -> dict[Place, Any]:
        asked = self.requests
        found = super().get_all(wanted)
        self.requests = asked + 1
        return found

    def query(self, kind: type[Any], partition: str, **options: Any) -> list[Any]:
        self.requests += 1
        return super().query(kind, partition, **options)

    def commit(self, writes: Sequence[Write]) -> None:
        asked = self.requests
        super().commit(writes)
        self.requests = asked + 1


@pytest.mark.parametrize("settings", [PER_PRODUCT, REFERRED], ids=["queues", "with referral"])
def test_a_batch_takes_a_handful_of_requests(settings: dict[str, Any]) -> None:
    """However many queues are rung for, they are read at once and stored at once."""
    store = Counted()
    app = bought(store, settings, orders=12)
    rings = rings_of(store)
    assert len(rings) >= 12
    store.requests = 0
    together(app, rings)
    assert store.requests <= 6
    assert rings_of(store) == {}
    assert audit_books(store).differences == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_disturbed_transaction_changes_nothing(number: int, kind: Kind) -> None:
    """Each queue's commands are carried out once, whatever becomes of the shared commit."""
    store, clock = MemoryStore(), FakeClock()
    app = bought(store, REFERRED, orders=6)
    quiet = store.fork()
    rings = rings_of(store)
    trouble = at_commit(number, kind)
    trouble.watch(store)
    with suppress(Killed):
        app.queues.settle(rings)
    assert trouble.struck <= 1
    clock.advance(100_000_000)
    sweep(without_waiting(wire(store, clock)))
    other = without_waiting(wire(quiet, clock))
    sweep(other)
    terms = other.settings.in_force().terms
    assert show_outcome(store, terms) == show_outcome(quiet, terms)
    assert audit_books(store).differences == []


def test_what_another_settles_meanwhile_is_settled_once() -> None:
    """A conflict over one queue costs the others a request, and nobody money."""
    store = MemoryStore()
    app = bought(store, PER_PRODUCT, orders=5)
    other = without_waiting(wire(store, FakeClock()))

    def meanwhile(_writes: Sequence[Write]) -> None:
        store.before_commit = lambda _: None
        other.settler.settle(QueueId("product/p3"))

    store.before_commit = meanwhile
    together(app, rings_of(store))
    terms = app.settings.in_force().terms
    queues = show_outcome(store, terms)["queues"]
    assert {name: len(queue["entries"]) for name, queue in queues.items()} == {
        f"product/p{n}": 1 for n in range(5)
    }
    assert audit_books(store).differences == []


def test_a_store_that_does_not_answer_is_rung_for_again() -> None:
    """Nobody is settled one by one against a store that does not answer."""
    store = MemoryStore()
    app = bought(store, PER_PRODUCT, orders=3)

    def silent(_writes: Sequence[Write]) -> None:
        raise Unavailable("timeout")

    store.before_commit = silent
    outcomes = app.queues.settle(rings_of(store))
    assert [type(each) for each in outcomes.values()] == [Unavailable] * 3


def test_one_queue_that_cannot_go_on_holds_up_no_other() -> None:
    """Its error is its own; the others are settled."""
    store = MemoryStore()
    app = bought(store, PER_PRODUCT, orders=4)

    def refuses(writes: Sequence[Write]) -> None:
        if any("product/p2" in str(write) for write in writes):
            raise Conflict("TransactionConflict")

    store.before_commit = refuses
    outcomes = app.queues.settle(rings_of(store))
    failed = [queue for queue, each in outcomes.items() if isinstance(each, RebateError)]
    assert failed == ["product/p2"]


class Broken(MemoryStore):
    """Fails to read some rows."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: Callable[[Place], RebateError | None] = lambda _: None

    def get(self, kind: type[Any], key: Key) -> Any:
        if error := self.fails((kind, key)):
            raise error
        return super().get(kind, key)


BAD = QueueId("product/p3")


@pytest.mark.parametrize(
    ("kind", "partition", "fails"),
    [
        pytest.param(Queue, BAD, {BAD}, id="its own row"),
        pytest.param(Ticket, "m3", set(), id="a row that is read ahead, and not asked for"),
    ],
)
def test_one_queue_that_cannot_be_read_holds_up_no_other(
    kind: type[Any], partition: str, fails: set[QueueId]
) -> None:
    """Read together, a row that only another release can read fails for all; settled, for one."""
    store = Broken()
    app = bought(store, PER_PRODUCT, orders=5)
    rings, unreadable = rings_of(store), Unreadable("a row of a later release")

    def found(at: Place) -> RebateError | None:
        return unreadable if (at[0], at[1].partition) == (kind, partition) else None

    store.fails = found
    outcomes = app.queues.settle(rings)
    assert set(outcomes) == set(rings)
    assert {name for name, each in outcomes.items() if isinstance(each, RebateError)} == fails
    store.fails = lambda _: None
    assert set(rings_of(store)) == fails


def test_a_store_that_cannot_be_read_is_rung_for_again() -> None:
    store = Broken()
    app = bought(store, PER_PRODUCT, orders=3)
    rings, silent = rings_of(store), Unavailable("nobody there")
    store.fails = lambda _: silent
    assert set(app.queues.settle(rings).values()) == {silent}
    store.fails = lambda _: None
    assert rings_of(store) == rings


def test_settings_are_those_of_the_batch() -> None:
    """What is saved while a batch is settled holds from the next one on."""
    store = MemoryStore()
    app = bought(store, PER_PRODUCT, orders=2)
    in_force = app.settings.in_force()
    paused = {**PER_PRODUCT, "queue_rebate": {**PER_PRODUCT["queue_rebate"], "paused": True}}
    save_settings(store, app.clock, paused, expects=in_force.version, by="test")
    together(app, rings_of(store))
    assert rings_of(store) == {}
