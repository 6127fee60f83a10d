"""The index of places tells what a recount of all tickets would tell, at a few rows."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.money import Amount
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.place_index import FANOUT, Change, Node, NodeKey, nodes_above, update
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine, WaitingTotals
from rebate.domain.times import Instant
from tests.strategies import examples

NAME = QueueId("mall")


def a_ticket(place: int, owed: int, *, ready: bool = False) -> Ticket:
    """A ticket with one entry that lacks `owed`; 0: it has all it was promised."""
    status = Status.WAITING if owed else Status.COMPLETED
    entry = Entry(Amount(1000), place, paid=Amount(1000 - owed), status=status)
    return Ticket(
        queue=NAME,
        order=OrderId(f"o{place}"),
        member=MemberId(f"m{place % 7}"),
        lines=(TicketLine(LineId("1"), Amount(1000), Amount(1000), entry=entry),),
        paid_at=Instant(0),
        joined=True,
        place=place,
        completed_at=Instant(1) if ready else None,
    )


@dataclass
class Indexed:
    """A queue's index beside the naive list of all that joined it."""

    queue: Queue = field(default_factory=lambda: Queue(NAME))
    nodes: dict[NodeKey, Node] = field(default_factory=dict)
    line: list[Ticket] = field(default_factory=list)

    def change(self, tickets: list[Ticket]) -> int:
        """Store tickets as they are now; return how many nodes were written."""
        changes = []
        for ticket in tickets:
            place = ticket.place or 0
            before = self.line[place] if place < len(self.line) else None
            changes.append(Change(before, ticket))
            self.line[place : place + 1] = [ticket]
        self.queue = replace(self.queue, tickets=len(self.line))
        above = {key for each in tickets for key in nodes_above(self.queue, each.place or 0)}
        known = {key: self.nodes[key] for key in above if key in self.nodes}
        self.queue, written = update(self.queue, known, changes)
        self.nodes.update({node.key: node for node in written})
        return len(written)

    def clear(self) -> None:
        mark = len(self.line)
        self.queue = replace(self.queue, cleared_below=mark, height=0, top=(), sums=())

    def counted(self) -> WaitingTotals:
        kept = self.line[self.queue.cleared_below :]
        return sum((ticket.standing for ticket in kept), WaitingTotals())

    def leaves(self) -> Iterator[tuple[int, WaitingTotals]]:
        """Yield (place, standing) of all leaves, from the root down."""
        yield from self._below(self.queue.height, 0, self.queue.below)

    def _below(
        self, level: int, index: int, children: object
    ) -> Iterator[tuple[int, WaitingTotals]]:
        assert isinstance(children, tuple)
        for position, child in enumerate(children):
            number = index * FANOUT + position
            if level == 0:
                yield self.queue.cleared_below + number, child.standing
                continue
            key = NodeKey(NAME, self.queue.cleared_below, level - 1, number)
            below = self.nodes[key].below
            assert child.standing == sum((each.standing for each in below), WaitingTotals())
            yield from self._below(level - 1, number, below)


@examples(60)
@given(st.data())
def test_the_index_is_a_recount_of_the_naive_list(data: st.DataObject) -> None:
    """After any joins, payments, completions and clearings, at every node of every level."""
    index = Indexed()
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.integers(0, 5)) == 0:
            index.clear()
            continue
        joins = data.draw(st.integers(0, 3 * FANOUT))
        begin = len(index.line)
        owed = st.integers(0, 1000)
        changed = [a_ticket(begin + n, 1 + n % 1000) for n in range(joins)]
        known = st.sets(st.integers(0, begin - 1), max_size=5) if begin else st.just(set())
        changed += [
            a_ticket(place, data.draw(owed), ready=data.draw(st.booleans()))
            for place in data.draw(known)
        ]
        index.change(changed)
        assert index.queue.standing == index.counted()
        kept = index.line[index.queue.cleared_below :]
        assert list(index.leaves()) == [(t.place, t.standing) for t in kept]


def test_one_change_writes_one_node_a_level_however_long_the_line() -> None:
    """The root is part of the queue's row; a queue of a million is four levels deep."""
    index = Indexed()
    written = []
    for length in (FANOUT, FANOUT**2, 3 * FANOUT**2):
        begin = len(index.line)
        index.change([a_ticket(place, 1) for place in range(begin, length)])
        written.append(index.change([replace(index.line[length // 2], completed_at=Instant(5))]))
    assert written == [0, 1, 2]
    million = Queue(NAME, height=3)
    assert len(nodes_above(million, 10**6)) == 3


def test_a_cleared_place_stands_in_no_node() -> None:
    index = Indexed()
    index.change([a_ticket(place, 1) for place in range(3)])
    index.clear()
    assert nodes_above(index.queue, 2) == []
    assert index.change([a_ticket(1, 0)]) == 0
    assert index.queue.standing == WaitingTotals()


def test_a_clearing_begins_a_new_tree() -> None:
    """Rule 1.6.3: nodes of before are never read again, so a million cost what ten do."""
    index = Indexed()
    index.change([a_ticket(place, 1) for place in range(2 * FANOUT)])
    before = set(index.nodes)
    index.clear()
    index.change([a_ticket(2 * FANOUT + n, 1) for n in range(2 * FANOUT)])
    assert {key.tree for key in before} == {0}
    assert {key.tree for key in set(index.nodes) - before} == {2 * FANOUT}
    assert index.queue.standing.waiting == 2 * FANOUT


def test_an_index_that_names_nobody_above_its_leaves_is_read_as_it_was_stored_before() -> None:
    """Inner nodes and roots used to be stored like leaves, with empty names."""
    index = Indexed()
    index.change([a_ticket(place, 1) for place in range(FANOUT**2 + 5)])
    assert (index.queue.top, index.queue.height) == ((), 2)
    assert all(bool(node.children) is (key.level == 0) for key, node in index.nodes.items())
    index.queue = replace(index.queue, top=index.queue.below, sums=())
    index.nodes = {
        key: replace(node, children=node.below, sums=()) for key, node in index.nodes.items()
    }
    index.change([a_ticket(3, 0), a_ticket(FANOUT**2 + 5, 7)])
    assert index.queue.standing == index.counted()
    assert sum((standing for _, standing in index.leaves()), WaitingTotals()) == index.counted()
    assert index.queue.top == ()
