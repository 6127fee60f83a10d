"""Lines of any length, written straight into the store: as if so many orders had been settled."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from benchmarks.orders import batched
from benchmarks.stage import PREFIX, Work, client, deployment, together
from local.engine import Engine
from rebate.domain.money import Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.place_index import FANOUT, Node, NodeKey, stored
from rebate.domain.queues import Queue, Subtree
from rebate.domain.tickets import Entry, Ticket, TicketLine, WaitingTotals
from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Put, Store

LACKS: Amount = Amount(10_000)
ROWS_A_REQUEST = 25
WRITERS = 2


def build(it: Engine, queue: QueueId, length: int) -> None:
    """Write a line of `length` entries, one a member, none of them paid anything yet."""
    edges = [length * part // WRITERS for part in range(WRITERS + 1)]
    jobs: list[tuple[Work, tuple[Any, ...]]] = [
        (_writer, (it.endpoint, queue, first, last)) for first, last in pairwise(edges)
    ]
    together(it, jobs)
    app, _ = deployment(it.endpoint)
    row, nodes = _index(queue, length)
    write(it, nodes)
    app.store.commit([Put(row, expects=0)])


def rows_of(queue: QueueId, length: int) -> Iterator[Any]:
    """Yield all rows of such a line, that of the queue last."""
    row, nodes = _index(queue, length)
    yield from (_ticket(queue, place) for place in range(length))
    yield from nodes
    yield row


def write(it: Engine, rows: Iterable[Any]) -> None:
    """Write rows of one kind without conditions, many at a time."""
    app, _ = deployment(it.endpoint)
    _write(app.store, client(it.endpoint), rows)


def member(place: int) -> MemberId:
    """Return who stands at a place."""
    return MemberId(f"m{place:07d}")


def _writer(endpoint: str, queue: QueueId, first: int, last: int) -> Callable[[], None]:
    app, _ = deployment(endpoint)
    made = client(endpoint)

    def work() -> None:
        _write(app.store, made, (_ticket(queue, place) for place in range(first, last)))

    return work


def _write(store: Store, made: Any, rows: Iterable[Any]) -> None:
    for batch in _in_batches(rows):
        table = store.tables[type(batch[0])]  # type: ignore[attr-defined]
        puts = [{"PutRequest": {"Item": table.item(row)}} for row in batch]
        left = {f"{PREFIX}{table.name}": puts}
        while left:
            left = made.batch_write_item(RequestItems=left)["UnprocessedItems"]


def _in_batches(rows: Iterable[Any]) -> Iterator[Sequence[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_A_REQUEST:
            yield batch
            batch = []
    if batch:
        yield batch


def _ticket(queue: QueueId, place: int) -> Ticket:
    entry = Entry(LACKS, ordinal=place)
    line = TicketLine(
        LineId("1"),
        LACKS,
        LACKS,
        contribution_bps=Bps(1_000),
        entitlement_bps=Bps(10_000),
        settled=(Amount(0),),
        entry=entry,
    )
    return Ticket(
        queue=queue,
        order=_order(place),
        member=member(place),
        lines=(line,),
        paid_at=Instant(place),
        joined=True,
        place=place,
    )


def order_at(queue: QueueId, place: int) -> Order:
    """Return the order whose entry stands at a place."""
    return Order(
        id=_order(place),
        version=1,
        digest="written by a benchmark",
        member=member(place),
        channel="mall",
        paid_at=Instant(place),
        lines=(OrderLine(LineId("1"), LACKS, queue=queue, decided_by="the plan"),),
        queues=(queue,),
    )


def _order(place: int) -> OrderId:
    return OrderId(f"waiting-{place:07d}")


def _index(queue: QueueId, length: int) -> tuple[Queue, list[Node]]:
    """Return the queue's row and the nodes of its index of places."""
    children = [
        Subtree(WaitingTotals(waiting=1, owed=LACKS), _order(place), member(place))
        for place in range(length)
    ]
    nodes: list[Node] = []
    level = 0
    while len(children) > FANOUT:
        groups = list(batched(children, FANOUT))
        nodes += [
            Node(NodeKey(queue, 0, level, index), *stored(level, group))
            for index, group in enumerate(groups)
        ]
        children = [Subtree(sum((c.standing for c in group), WaitingTotals())) for group in groups]
        level += 1
    top, sums = stored(level, children)
    row = Queue(
        queue,
        version=1,
        tickets=length,
        entries=length,
        height=level,
        top=top,
        sums=sums,
    )
    return row, nodes
