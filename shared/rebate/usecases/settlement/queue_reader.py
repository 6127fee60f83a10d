"""Reading a queue's line: whatever its length, a few rows (see `rebate.domain.place_index`)."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from rebate.domain.names import MemberId, OrderId, QueueId, TicketKey
from rebate.domain.place_index import FANOUT, Change, Node, NodeKey, nodes_above, update
from rebate.domain.queues import Queue, Subtree
from rebate.domain.tickets import Ticket, WaitingTotals
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import node_key, ticket_key

AHEAD_MAX = 256
"""Tickets that are read at most beyond those that are asked for."""


class QueueReader:
    """Tickets and nodes of one queue, each read once.

    What was read stays true as long as the queue's version is the one it was read under, or
    the changes made since are told by `learn`. Whoever reads on along the line gets ever more of
    what lies ahead.
    """

    def __init__(self, store: Store, queue: QueueId) -> None:
        """Read the line of `queue` from `store`."""
        self._store = store
        self._queue = queue
        self._nodes: dict[NodeKey, Node] = {}
        self._tickets: dict[TicketKey, Ticket] = {}
        self._ahead = 0

    def learn(self, nodes: Iterable[Node], tickets: Iterable[Ticket]) -> None:
        """Keep what was just stored, or read in another way."""
        self._nodes.update({node.key: node for node in nodes})
        self._tickets.update({ticket.key: ticket for ticket in tickets})

    def nodes(self, keys: Iterable[NodeKey]) -> dict[NodeKey, Node]:
        """Return those of the nodes that exist."""
        wanted = set(keys)
        unknown = [node_key(key) for key in wanted - self._nodes.keys()]
        if unknown:
            self.learn(self._store.get_many(Node, unknown).values(), [])
        return {key: self._nodes[key] for key in wanted if key in self._nodes}

    def updated(
        self, stored: Queue, decided: Queue, changes: Sequence[Change]
    ) -> tuple[Queue, list[Node]]:
        """Return a queue with what changed in its line, and the nodes to write.

        `stored` is the queue as its nodes know it, `decided` as it is to be.
        """
        places = [change.after.place for change in changes if change.after.place is not None]
        above = (key for place in places for key in nodes_above(decided, place))
        nodes = self.nodes(key for key in above if key.first_place < stored.tickets)
        return update(decided, nodes, changes)

    def tickets(self, keys: Iterable[TicketKey]) -> list[Ticket]:
        """Return those of the tickets that exist."""
        wanted = set(keys)
        unknown = [ticket_key(self._queue, *key) for key in wanted - self._tickets.keys()]
        if unknown:
            self.learn([], self._store.get_many(Ticket, unknown).values())
        return [self._tickets[key] for key in wanted if key in self._tickets]

    def tickets_of(self, member: MemberId, order: OrderId) -> list[Ticket]:
        """Return all tickets of an order, also those that came from other queues."""
        own = ticket_key(self._queue, member, order)
        came = self._store.query(Ticket, own.partition, prefix=f"{own.sort}#")
        self.learn([], came)
        return [*self.tickets([TicketKey(member, order)]), *came]

    def payable(
        self, queue: Queue, *, start: int, count: int, completed_only: bool
    ) -> tuple[list[Ticket], int | None]:
        """Return the first `count` tickets from `start` on that may be paid.

        With them comes the last place that was looked at; None if it was the end of the line.
        """
        walk = self._walk(queue, queue.height, 0, queue.below, start, completed_only=completed_only)
        found = list(islice(walk, count))
        end = found[-1][0] if len(found) == count else None
        if not all(key in self._tickets for _, key in found):
            self.tickets(key for _, key in (*found, *islice(walk, self._ahead)))
            self._ahead = min(AHEAD_MAX, 2 * self._ahead + count)
        return self.tickets(key for _, key in found), end

    def ahead(self, queue: Queue, place: int) -> WaitingTotals:
        """Return what waits before `place`, without reading the tickets."""
        ahead = [WaitingTotals()]
        children: Sequence[Subtree] = queue.below
        offset = place - queue.cleared_below
        for level in range(queue.height, -1, -1):
            position = offset // FANOUT**level % FANOUT
            ahead += (child.standing for child in children[:position])
            if level:
                key = NodeKey(queue.id, queue.cleared_below, level - 1, offset // FANOUT**level)
                node = self.nodes([key]).get(key)
                children = node.below if node else ()
        totals: Iterator[Any] = map(sum, zip(*ahead, strict=True))
        return WaitingTotals(*totals)

    def place_behind(self, queue: Queue, waiting: int) -> int | None:
        """Return the first place that has `waiting` entries, or a few fewer, waiting before it.

        A ticket may have several entries. None: there are fewer.
        """
        children: Sequence[Subtree] = queue.below
        index, left = 0, max(waiting, 0)
        for level in range(queue.height, -1, -1):
            position = 0
            while position < len(children) and children[position].standing.waiting <= left:
                left -= children[position].standing.waiting
                position += 1
            if position == len(children):
                return None
            index = index * FANOUT + position
            if level:
                key = NodeKey(queue.id, queue.cleared_below, level - 1, index)
                node = self.nodes([key]).get(key)
                children = node.below if node else ()
        return queue.cleared_below + index

    def _walk(
        self,
        queue: Queue,
        level: int,
        index: int,
        children: Sequence[Subtree],
        start: int,
        *,
        completed_only: bool,
    ) -> Iterator[tuple[int, TicketKey]]:
        """Yield (place, ticket) of what may be paid, from `start` on, in order."""
        payable = [
            (index * FANOUT + position, child)
            for position, child in enumerate(children)
            if queue.cleared_below + (index * FANOUT + position + 1) * FANOUT**level > start
            and child.standing.payable(completed_only=completed_only)
        ]
        if level == 0:
            for offset, child in payable:
                assert child.member is not None, "a leaf names tickets"
                assert child.order is not None, "a leaf names tickets"
                ticket = TicketKey(child.member, child.order, child.merged_from)
                yield queue.cleared_below + offset, ticket
            return
        keys = [
            NodeKey(queue.id, queue.cleared_below, level - 1, subtree) for subtree, _ in payable
        ]
        for at, key in enumerate(keys):
            if key not in self._nodes:
                self.nodes(keys[at : at + 1 + self._ahead // FANOUT])
            node = self._nodes.get(key)
            below = node.below if node else ()
            yield from self._walk(
                queue, level - 1, key.index, below, start, completed_only=completed_only
            )
