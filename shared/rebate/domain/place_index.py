"""The index of places: who is first, and how much stands ahead, at the same cost at any length.

Tickets are counted as they join; a tree over their places keeps what waits below each node.
The root lives in the queue's row, the rest in nodes of `FANOUT` children, so that a queue of a
million tickets is four levels deep. A clearing starts a new tree (Rule 1.6.3): nodes are keyed
by the place at which their tree begins.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated

from rebate.domain.names import NO_QUEUE, QueueId
from rebate.domain.queues import Queue, Subtree
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket, WaitingTotals
from rebate.domain.wire import stored_as, wire

FANOUT = 32


@stored_as("node_key")
@dataclass(frozen=True, slots=True)
class NodeKey:
    """Where a node stands: `tree` is the first place of its tree, level 0 holds tickets."""

    queue: Annotated[QueueId, wire("queue")]
    tree: Annotated[int, wire("tree")]
    level: Annotated[int, wire("level")]
    index: Annotated[int, wire("index")]

    @property
    def first_place(self) -> int:
        """The first place below the node, which exists if a ticket has that place."""
        width: int = FANOUT ** (self.level + 1)
        return self.tree + self.index * width


@stored_as("node")
@dataclass(frozen=True, slots=True)
class Node:
    """Up to `FANOUT` neighbouring subtrees: `children` if they are tickets, else their `sums`."""

    key: Annotated[NodeKey, wire("key")]
    children: Annotated[tuple[Subtree, ...], wire("children", absent=[])] = ()
    sums: Annotated[tuple[WaitingTotals, ...], wire("sums", absent=[])] = ()

    @property
    def below(self) -> tuple[Subtree, ...]:
        """The subtrees, whatever they are."""
        return self.children or tuple(map(Subtree, self.sums))


def nodes_above(queue: Queue, place: int) -> list[NodeKey]:
    """Return the nodes between the root and `place`, highest first; none for a cleared place."""
    offset = place - queue.cleared_below
    if offset < 0:
        return []
    levels = range(max(queue.height, _height_for(offset)) - 1, -1, -1)
    return [_key(queue, level, offset) for level in levels]


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket before and after a settlement."""

    before: Ticket | None
    after: Ticket

    @property
    def difference(self) -> WaitingTotals:
        """What it adds to the nodes above it."""
        was = self.before.standing if self.before else WaitingTotals()
        return self.after.standing - was


def update(
    queue: Queue, nodes: Mapping[NodeKey, Node], changes: Iterable[Change]
) -> tuple[Queue, list[Node]]:
    """Return the queue with a new root, and the nodes to write.

    `nodes` holds those of `nodes_above` every changed place that exist.
    """
    moved = [c for c in changes if c.after.place is not None]
    moved = [c for c in moved if (c.after.place or 0) >= queue.cleared_below]
    working = {key: list(node.below) for key, node in nodes.items()}
    working[_root(queue)] = list(queue.below)
    changed: set[NodeKey] = set()
    for change in moved:
        offset = (change.after.place or 0) - queue.cleared_below
        while _height_for(offset) > queue.height:
            queue, old_root = _grown(queue, working)
            changed.add(old_root)
        changed |= _apply(queue, working, offset, change)
    root = _root(queue)
    written = [Node(key, *stored(key.level, working[key])) for key in changed if key != root]
    top, sums = stored(root.level, working[root])
    return replace(queue, top=top, sums=sums), written


def stored(
    level: int, below: Iterable[Subtree]
) -> tuple[tuple[Subtree, ...], tuple[WaitingTotals, ...]]:
    """Return how what stands below a node is stored: as tickets, or as sums."""
    return (tuple(below), ()) if level == 0 else ((), tuple(child.standing for child in below))


def _apply(
    queue: Queue, working: dict[NodeKey, list[Subtree]], offset: int, change: Change
) -> set[NodeKey]:
    touched = set()
    difference = change.difference
    for level in range(queue.height + 1):
        key = _key(queue, level, offset)
        children = working.setdefault(key, [])
        position = offset // FANOUT**level % FANOUT
        while len(children) <= position:
            children.append(Subtree(WaitingTotals()))
        child = children[position]
        ticket = change.after if level == 0 else None
        children[position] = Subtree(
            child.standing + difference,
            ticket.order if ticket else None,
            ticket.member if ticket else None,
            ticket.merged_from if ticket else NO_QUEUE,
        )
        touched.add(key)
    return touched


def _grown(queue: Queue, working: dict[NodeKey, list[Subtree]]) -> tuple[Queue, NodeKey]:
    """Put a new root above the present one, which becomes an ordinary node."""
    old_root = _root(queue)
    total = sum((child.standing for child in working[old_root]), WaitingTotals())
    higher = replace(queue, height=queue.height + 1)
    working[_root(higher)] = [Subtree(total)]
    return higher, old_root


def _height_for(offset: int) -> int:
    height = 0
    while offset >= FANOUT ** (height + 1):
        height += 1
    return height


def _root(queue: Queue) -> NodeKey:
    return _key(queue, queue.height, 0)


def _key(queue: Queue, level: int, offset: int) -> NodeKey:
    return NodeKey(queue.id, queue.cleared_below, level, offset // FANOUT ** (level + 1))
