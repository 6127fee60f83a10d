"""The index of places against the tickets: what waits below each node (see `domain.places`)."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from rebate.domain.names import TicketKey
from rebate.domain.place_index import FANOUT, Node
from rebate.domain.queues import Queue, Subtree
from rebate.domain.tickets import Ticket, WaitingTotals
from rebate.usecases.audit.finding import AuditDifference, digest_of

_NOBODY = 0


@dataclass(slots=True)
class PlaceAudit:
    """What one queue's index must come to; eight bytes a ticket, and a sum for each leaf."""

    queue: Queue
    leaves: "array[int]" = field(init=False)
    sums: list[dict[int, WaitingTotals]] = field(default_factory=lambda: [{}])
    missing: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Make room for all tickets that joined since the queue was last cleared."""
        self.leaves = array("Q", bytes(8 * (self.queue.tickets - self.queue.cleared_below)))

    def add(self, ticket: Ticket) -> None:
        """Count a ticket; those that were cleared are in no tree any more."""
        if ticket.place is None:
            return
        offset = ticket.place - self.queue.cleared_below
        if not 0 <= offset < len(self.leaves):
            return
        self.leaves[offset] = _digest(ticket.key, ticket.standing)
        node = offset // FANOUT
        self.sums[0][node] = self.sums[0].get(node, WaitingTotals()) + ticket.standing

    def close(self) -> Iterator[AuditDifference]:
        """Sum up all levels after the last ticket, and check the root."""
        for level in range(self.queue.height):
            above: dict[int, WaitingTotals] = {}
            for index, standing in self.sums[level].items():
                above[index // FANOUT] = above.get(index // FANOUT, WaitingTotals()) + standing
            self.sums.append(above)
            self.missing |= {(level, index) for index in self.sums[level]}
        yield from self._children(self.queue.height, 0, self.queue.below)

    def check(self, node: Node) -> Iterator[AuditDifference]:
        """Check a node; those of trees that were cleared do not count any more."""
        key = node.key
        if key.tree != self.queue.cleared_below:
            return
        self.missing.discard((key.level, key.index))
        yield from self._children(key.level, key.index, node.below)

    def rest(self) -> Iterator[AuditDifference]:
        """Yield the nodes that should be there, once all were checked."""
        for level, index in sorted(self.missing):
            yield AuditDifference(f"queues.{self.queue.id}.nodes.{level}.{index}", "is not stored")

    def _children(
        self, level: int, index: int, children: tuple[Subtree, ...]
    ) -> Iterator[AuditDifference]:
        path = f"queues.{self.queue.id}.nodes.{level}.{index}"
        padded = (*children, *(Subtree(WaitingTotals()),) * (FANOUT - len(children)))
        for position, child in enumerate(padded):
            below = index * FANOUT + position
            if level == 0 and self._leaf(below) != _child_digest(child):
                place = self.queue.cleared_below + below
                what = f"of place {place} says {_said(child)}, the ticket there does not"
                yield AuditDifference(f"{path}[{position}]", what)
            if level > 0:
                expected = self.sums[level - 1].get(below, WaitingTotals())
                if child.standing != expected:
                    what = f"says {_said(child)}, the tickets below say {_told(expected)}"
                    yield AuditDifference(f"{path}[{position}]", what)

    def _leaf(self, offset: int) -> int:
        return self.leaves[offset] if offset < len(self.leaves) else _NOBODY


def _child_digest(child: Subtree) -> int:
    if child.order is None or child.member is None:
        return _NOBODY if child.standing == WaitingTotals() else _digest(None, child.standing)
    return _digest(TicketKey(child.member, child.order, child.merged_from), child.standing)


def _digest(ticket: TicketKey | None, standing: WaitingTotals) -> int:
    return digest_of(*(ticket or ()), *standing)


def _said(child: Subtree) -> str:
    return (
        f"{child.order or 'nobody'}, {_told(child.standing)}"
        if child.order
        else _told(child.standing)
    )


def _told(standing: WaitingTotals) -> str:
    return (
        f"{standing.waiting} waiting for {standing.owed} "
        f"({standing.ready} completed for {standing.ready_owed})"
    )
