"""What cannot be carried out is parked: its queue goes on, and an operator decides on it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from rebate.bootstrap import wire
from rebate.contracts.events_in import parse_event
from rebate.domain.errors import Code, Conflict, Impossible, Rejected, Unavailable
from rebate.domain.names import QueueId
from rebate.domain.parking import ParkedState
from rebate.domain.queues import Queue
from rebate.domain.tickets import Ticket
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.orders.accept_together import ToldOrder, accept_all
from rebate.usecases.parking.decide_parked import ParkedCommands
from rebate.usecases.parking.park_command import PARKED_MAX, TRIES_MAX
from rebate.usecases.parking.show_parked import show_parked
from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.settlement.settle_queue import LEASE
from rebate.usecases.storage.ports import Put, Write
from rebate.usecases.storage.rows.inbox import Inbox, Parked
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.engine import Player
from tests.fakes import FakeClock
from tests.plans import MALL, mall_with
from tests.usecases.disturbed import KINDS, Killed, Kind, at_commit, without_waiting

QUEUE = QueueId("mall")
MINUTE = 60_000_000


def touches(order: str) -> Callable[[Sequence[Write]], bool]:
    """Return what tells whether a commit changes the ticket of an order."""

    def does(writes: Sequence[Write]) -> bool:
        rows = [write.row for write in writes if isinstance(write, Put)]
        return any(isinstance(row, Ticket) and row.order == order for row in rows) and any(
            isinstance(row, Queue) for row in rows
        )

    return does


class Faulty(Player):
    """Plays on a store that refuses what an order's ticket is changed by, until it is mended."""

    def __init__(self, settings: Mapping[str, Any], order: str = "bad", **more: Any) -> None:
        super().__init__({"settings": settings, "steps": []}, **more)
        self.error: Exception = Impossible("DynamoDB: Item size has exceeded")
        self.fails = touches(order)
        self.store.before_commit = self._refuse
        self.begin()

    def _refuse(self, writes: Sequence[Write]) -> None:
        if self.fails(writes):
            raise self.error

    def mend(self) -> None:
        self.fails = lambda _: False

    def settle(self, queues: Any) -> None:
        """Ring as the stream and later the sweep do, until nothing waits or no ring helps."""
        for queue in sorted({*queues, *queues_with_mail(self.store)}) if self.settles else ():
            self.ring(queue)

    def ring(self, queue: QueueId) -> None:
        for _ in range(TRIES_MAX * 4):
            try:
                self.app.settler.settle(queue)
            except Impossible:
                continue
            return

    @property
    def parked(self) -> list[Any]:
        return list(show_parked(self.store).parked)

    @property
    def decide(self) -> ParkedCommands:
        return ParkedCommands(self.store, self.app.clock)


def buy(order: str, member: str, paid: int = 1000, **more: Any) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid, **more}}


def settings(**changes: Any) -> dict[str, Any]:
    return mall_with(**changes)


def entries(player: Player, queue: str = "mall") -> dict[str, tuple[str, int]]:
    found = player.outcome()["queues"][queue]["entries"]
    return {each["entry"]: (each["status"], each["paid"]) for each in found}


STEPS = [buy("o1", "A"), buy("bad", "B"), buy("o2", "C"), buy("o3", "D")]
ERRORS = [
    Impossible("DynamoDB: Item size has exceeded"),
    AssertionError("a bug"),
    KeyError("a bug"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_queue_goes_on_without_what_cannot_be_carried_out(error: Exception) -> None:
    player = Faulty(MALL)
    player.error = error
    for step in STEPS:
        player.step(step)
    assert entries(player) == {
        "o1/1": ("waiting", 200),
        "o2/1": ("waiting", 0),
        "o3/1": ("waiting", 0),
    }
    (parked,) = player.parked
    assert (parked.queue, parked.command, parked.order, parked.member) == (
        "mall",
        "join",
        "bad",
        "B",
    )
    assert str(error).strip("'") in parked.reason
    assert not queues_with_mail(player.store)
    check_books_but_for(player, "bad")


def check_books_but_for(player: Player, *orders: str) -> None:
    """The audit tells of the parked commands, and finds nothing that does not add up."""
    audit = audit_books(player.store)
    assert audit.differences == []
    assert len(audit.parked) >= len(orders)
    for order in orders:
        assert any(f"order {order} is " in said for said in audit.parked)


@pytest.mark.parametrize("others", [0, 30])
def test_it_is_tried_by_itself_before_it_is_parked_and_others_are_carried_out(others: int) -> None:
    player = Faulty(MALL, settles=False)
    for number in range(others):
        player.step(buy(f"a{number}", "A"))
    player.step(buy("bad", "B"))
    for number in range(others):
        player.step(buy(f"z{number}", "Z"))
    for tries in range(1, TRIES_MAX):
        with pytest.raises(Impossible, match="DynamoDB: Item size"):
            player.app.settler.settle(QUEUE)
        assert not player.parked, tries
        assert len(entries(player)) == others
    settled = player.app.settler.settle(QUEUE)
    assert (settled.parked, len(player.parked)) == (1, 1)
    assert len(entries(player)) == 2 * others


@pytest.mark.parametrize("error", [Conflict("busy"), Unavailable("throttled")])
def test_what_may_pass_is_never_parked(error: Exception) -> None:
    player = Faulty(MALL, settles=False)
    without_waiting(player.app)
    player.error = error
    player.step(buy("bad", "B"))
    for _ in range(3 * TRIES_MAX):
        with pytest.raises(type(error)):
            player.app.settler.settle(QUEUE)
    assert not player.parked
    player.mend()
    player.app.settler.settle(QUEUE)
    assert entries(player) == {"bad/1": ("waiting", 0)}


def test_what_fails_once_and_then_is_carried_out_is_forgotten() -> None:
    player = Faulty(MALL, settles=False)
    player.step(buy("bad", "B"))
    with pytest.raises(Impossible):
        player.app.settler.settle(QUEUE)
    player.mend()
    player.app.settler.settle(QUEUE)
    (queue,) = player.store.scan(Queue)
    assert (queue.failing, queue.parked) == (None, 0)


REFUND: dict[str, Any] = {"refund": {"order": "bad", "line": "1", "amount": 400, "id": "r1"}}
LATER: list[dict[str, Any]] = [{"complete": "bad"}, REFUND]


@pytest.mark.parametrize("more", [{}, {"settle_on": "completed"}, {"self_funding": True}])
def test_what_is_released_comes_to_what_it_would_have_come_to_then(more: dict[str, Any]) -> None:
    """With all that waited behind it: as if it became known when it was released (Rule 0.11)."""
    player = Faulty(settings(**more))
    for step in (*STEPS, *LATER):
        player.step(step)
    assert [each.behind for each in player.parked] == [False, True, True]
    player.mend()
    first = player.parked[0]
    assert player.decide.release(first.id, by="ann", why="mended").state == "released"
    player.settle(["mall"])
    assert player.parked == []
    check_books(player.store)
    known_late = Player({"settings": settings(**more), "steps": []})
    known_late.begin()
    known_late.settles = True
    told = [buy("bad", "B"), *LATER]
    for step in STEPS:
        if step is not STEPS[1]:
            known_late.step({**step, "at": at_of(STEPS.index(step))})
    for number, step in enumerate(told):
        known_late.step({**step, "at": at_of(1 if not number else 3 + number)})
    assert player.outcome() == known_late.outcome()


def at_of(step: int) -> str:
    return f"2026-03-01T10:{step:02d}:00+08:00"


STORE = {"channel": "store", "store": "W"}
OTHERS: dict[str, dict[str, Any]] = {
    "order_queue": {"reward_bps": 3000, "rewards_to_exit": 2},
    "alliance": {"dividend_bps": 4000, "heads_bps": [5000, 3000], "place_by": "paid"},
    "union": {"profit_share_bps": 6000, "quota_bps": 11000, "settle_on": "paid"},
    "red_packet": {
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
        "entitlement_bps": 10000,
    },
}


@pytest.mark.parametrize("plan", OTHERS)
def test_in_other_plans_what_is_released_comes_to_the_same(plan: str) -> None:
    where: dict[str, Any] = STORE if plan == "red_packet" else {}
    whole = {"currency": "CNY", "timezone": "Asia/Shanghai", plan: OTHERS[plan]}
    bought = [buy(order, order.upper(), **where) for order in ("o1", "bad", "o2", "o3", "o4")]
    steps = [*bought, {"complete": "o1"}, {"complete": "bad"}]
    steps = [{**step, "at": at_of(number)} for number, step in enumerate(steps)]
    player = Faulty(whole)
    for step in steps:
        player.step(step)
    assert [each.order for each in player.parked] == ["bad", "bad"]
    player.mend()
    player.decide.release(player.parked[0].id, by="ann", why="mended")
    player.settle([])
    check_books(player.store)
    known_late = Player({"settings": whole, "steps": []})
    known_late.begin()
    late = [steps[1], steps[6]]
    for step in (*(each for each in steps if each not in late), *late):
        known_late.step(step)
    assert player.outcome() == known_late.outcome()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("decision", ["release", "drop"])
def test_whoever_dies_at_any_commit_parks_once_and_decides_once(kind: Kind, decision: str) -> None:
    player = Faulty(MALL, settles=False)
    for step in (*STEPS, *LATER):
        player.step(step)
    for number in range(1, 40):
        again = Faulty(MALL, settles=False, store=player.store.fork())
        trouble = at_commit(number, kind)
        trouble.watch(again.store)
        disturbed = again.store.before_commit

        def before(
            writes: Sequence[Write],
            disturbed: Callable[[Sequence[Write]], None] = disturbed,
            again: Faulty = again,
        ) -> None:
            disturbed(writes)
            if again.fails(writes):
                raise again.error

        again.store.before_commit = before
        until_done(again, partial(settled, again))
        parked = again.parked
        assert [each.command for each in parked] == ["join", "complete", "refund"]
        again.mend()
        until_done(again, partial(decided, again, decision, parked[0].id))
        until_done(again, partial(settled, again))
        assert again.parked == []
        assert audit_books(again.store).differences == []
        assert ("bad/1" in entries(again)) == (decision == "release")
        if not trouble.struck:
            return
    raise AssertionError("every commit was disturbed, and there are more")


def decided(player: Faulty, decision: str, name: str) -> None:
    getattr(player.decide, decision)(name, by="ann", why="mended")


def settled(player: Faulty) -> None:
    """Ring until nothing waits; what dies is another process the next time."""
    for _ in range(TRIES_MAX * 4):
        try:
            player.app.settler.settle(QUEUE)
        except Impossible:
            continue
        if not queues_with_mail(player.store):
            return


def until_done(player: Faulty, action: Callable[[], object]) -> None:
    for _ in range(20):
        try:
            action()
        except (Killed, Conflict, Unavailable):
            player.app = without_waiting(
                wire(player.store, FakeClock(player.app.clock.now() + MINUTE))
            )
        else:
            return
    raise AssertionError("never done")


@pytest.mark.parametrize("more", [{}, {"settle_on": "completed"}, {"self_funding": True}])
def test_what_is_dropped_gives_and_gets_nothing_and_the_books_say_so(more: dict[str, Any]) -> None:
    player = Faulty(settings(**more))
    for step in (*STEPS, *LATER):
        player.step(step)
    player.mend()
    dropped = player.decide.drop(player.parked[0].id, by="ann", why="a test order")
    assert (dropped.state, dropped.by, dropped.why) == ("dropped", "ann", "a test order")
    player.settle(["mall"])
    assert player.parked == []
    assert "bad/1" not in entries(player)
    assert not queues_with_mail(player.store)
    check_books_but_for(player, "bad")
    told = [
        e for row in player.store.scan(Journal) for e in row.events if e.type == "CommandParked"
    ]
    assert [(e.state, e.by) for e in told if e.command == "join"] == [
        ("parked", None),
        ("dropped", "ann"),
    ]
    player.step(buy("o4", "E"))
    player.step({"refund": {"order": "bad", "line": "1", "amount": 600, "id": "r2"}})
    check_books_but_for(player, "bad")


def test_the_same_decision_again_answers_the_same_and_another_is_refused() -> None:
    player = Faulty(MALL)
    player.step(buy("bad", "B"))
    name = player.parked[0].id
    player.mend()
    first = player.decide.release(name, by="ann", why="mended")
    assert player.decide.release(name, by="bob", why="again") == first
    with pytest.raises(Rejected) as refused:
        player.decide.drop(name, by="bob", why="no")
    assert refused.value.code is Code.CONFLICTING_EVENT
    with pytest.raises(Rejected) as refused:
        player.decide.drop("nothing", by="bob", why="no")
    assert refused.value.code is Code.UNKNOWN_ENTRY


def test_of_two_who_decide_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second looked at the command before the first decided, and at the queue after that."""
    player = Faulty(MALL)
    for step in (buy("bad", "B"), *LATER):
        player.step(step)
    name = player.parked[0].id
    player.mend()
    get, others = player.store.get, [ParkedCommands(player.store, player.app.clock)]

    def overtaken(kind: Any, key: Any) -> Any:
        if kind is Queue and others:
            others.pop().release(name, by="bob", why="mended")
        return get(kind, key)

    monkeypatch.setattr(player.store, "get", overtaken)
    assert player.decide.release(name, by="ann", why="mended").by == "bob"
    queue = player.store.get(Queue, Key(QUEUE))
    assert queue is not None
    assert queue.parked == 0
    player.settle([QUEUE])
    check_books(player.store)
    assert audit_books(player.store).differences == []


def test_what_waits_behind_another_is_not_decided_first() -> None:
    player = Faulty(MALL)
    for step in (buy("bad", "B"), *LATER):
        player.step(step)
    behind = player.parked[2]
    with pytest.raises(Rejected) as refused:
        player.decide.release(behind.id, by="ann", why="no")
    assert refused.value.code is Code.INVALID_REQUEST
    assert player.parked[0].id in str(refused.value)


@pytest.mark.parametrize("decision", ["release", "drop"])
@pytest.mark.parametrize("fails_at", [2, 3, 5])
def test_what_was_begun_is_parked_with_what_is_on_its_way(decision: str, fails_at: int) -> None:
    """A contribution that pays hundreds of entries, some of which are paid before it fails."""
    player = Faulty(MALL)
    for number in range(200):
        player.step(buy(f"o{number}", f"m{number}", 10))
    whole = Player({"settings": MALL, "steps": []}, store=player.store.fork())
    whole.at = player.at
    seen: list[int] = []

    def fails(writes: Sequence[Write]) -> bool:
        rows = [write.row for write in writes if isinstance(write, Put)]
        kinds = {type(row) for row in rows}
        seen.extend([1] if {Ticket, Queue} <= kinds else [])
        return {Ticket, Queue} <= kinds and len(seen) >= fails_at

    player.fails = fails
    big = buy("bad", "B", 30_000)
    player.step(big)
    (parked,) = player.parked
    check_books_but_for(player, "bad")
    player.mend()
    getattr(player.decide, decision)(parked.id, by="ann", why="mended")
    player.settle(["mall"])
    audit = audit_books(player.store)
    assert audit.differences == []
    if decision == "release":
        whole.step(big)
        assert player.outcome() == whole.outcome()
        check_books(player.store)
    else:
        platform = player.outcome()["platform"]
        paid = sum(paid for _, paid in entries(player).values())
        assert platform["contributed"] == platform["retained"] + paid


def test_one_of_orders_that_share_a_row_leaves_the_others_in_it() -> None:
    """Orders that are accepted together share a row of the inbox."""
    player = Faulty(MALL, settles=False)
    names = ["o1", "o2", "bad", "o3", "o4"]
    told = []
    for minute, order in enumerate(names):
        detail: dict[str, Any] = {"order_id": order, "member": {"id": order}}
        lines = [{"line_id": "1", "paid": 1000}]
        detail |= {"channel": "mall", "paid_at": at_of(minute), "lines": lines}
        event: Any = parse_event("OrderPaid", detail)
        told.append(ToldOrder(event))
    accept_all(player.app.orders, told)
    assert len(list(player.store.scan(Inbox))) == 1
    player.settles = True
    player.settle(["mall"])
    assert list(entries(player)) == ["o1/1", "o2/1", "o3/1", "o4/1"]
    assert not list(player.store.scan(Inbox))
    player.mend()
    player.decide.release(player.parked[0].id, by="ann", why="mended")
    player.settle(["mall"])
    assert entries(player)["bad/1"] == ("waiting", 0)
    check_books(player.store)


def test_where_everything_fails_the_queue_stands_after_a_while() -> None:
    """It is not the commands that are wrong then: a release is, or a right is missing."""
    player = Faulty(MALL, settles=False)
    player.fails = lambda writes: any(
        isinstance(w, Put) and isinstance(w.row, Ticket) and w.row.joined for w in writes
    )
    for number in range(PARKED_MAX + 5):
        player.step(buy(f"o{number}", f"m{number}", 10))
    for _ in range(TRIES_MAX * (PARKED_MAX + 10)):
        try:
            player.app.settler.settle(QUEUE)
        except Impossible:
            continue
    assert len(player.store.query(Parked, ParkedState.PARKED)) == PARKED_MAX
    assert queues_with_mail(player.store) == ["mall"]


@pytest.mark.parametrize("run", ["clear"])
def test_a_run_that_cannot_be_carried_out_is_parked_as_well(run: str) -> None:
    player = Faulty(mall_with(clearing={"every": "day", "at": "00:00"}))
    player.step(buy("o1", "A"))
    player.fails = lambda writes: any(
        isinstance(w, Put) and isinstance(w.row, Queue) and w.row.cleared_at for w in writes
    )
    player.step({"run": run})
    (parked,) = player.parked
    assert (parked.command, parked.order, parked.member) == ("clear", None, None)
    player.step(buy("o2", "B"))
    player.mend()
    player.decide.drop(parked.id, by="ann", why="not wanted")
    player.settle(["mall"])
    assert entries(player) == {"o1/1": ("waiting", 100), "o2/1": ("waiting", 0)}
    check_books(player.store)


def test_what_fails_is_carried_out_by_another_meanwhile() -> None:
    player = Faulty(MALL, settles=False)
    player.step(buy("o1", "A"))
    player.step(buy("bad", "B"))
    other: Any = Player({"settings": MALL, "steps": []}, store=player.store)
    refuse = player.store.before_commit

    def meanwhile(writes: Sequence[Write]) -> None:
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Queue) and row.failing for row in rows):
            player.store.before_commit = lambda _: None
            other.app.clock.advance(2 * LEASE)
            other.app.settler.settle(QUEUE)
        else:
            refuse(writes)

    player.store.before_commit = meanwhile
    with pytest.raises(Conflict):
        player.app.settler.settle(QUEUE)
    assert entries(player) == {"o1/1": ("waiting", 100), "bad/1": ("waiting", 0)}
    check_books(player.store)


@pytest.mark.parametrize("decision", ["release", "drop"])
def test_its_queue_is_settled_while_a_parked_command_is_decided_on(decision: str) -> None:
    player = Faulty(MALL)
    for step in STEPS:
        player.step(step)
    player.mend()
    other = Player({"settings": MALL, "steps": []}, store=player.store)
    other.at = player.at

    def meanwhile(_writes: Sequence[Write]) -> None:
        player.store.before_commit = lambda _: None
        other.step(buy("o4", "E"))

    player.store.before_commit = meanwhile
    getattr(player.decide, decision)(player.parked[0].id, by="ann", why="mended")
    player.settle(["mall"])
    assert "o4/1" in entries(player)
    assert audit_books(player.store).differences == []
