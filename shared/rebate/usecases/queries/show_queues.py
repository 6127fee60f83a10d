"""Queues as operators see them (Rule 1.8)."""

from collections.abc import Container, Iterable

from rebate.contracts import api
from rebate.contracts.catalog import StalledQueue, StalledQueues
from rebate.domain.ledger import QueueAccount
from rebate.domain.names import QueueId
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.terms import Terms
from rebate.usecases.queries.show_entries import EntryViewer, moment_of
from rebate.usecases.queries.show_progress import line_page
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows import Key, Product

_TILLS = (
    QueueAccount.POOL,
    QueueAccount.CONTRIBUTED,
    QueueAccount.RETAINED,
    QueueAccount.BORNE,
    QueueAccount.CLAWED_BACK,
    QueueAccount.REPURCHASED,
)


def show_queues(store: Store) -> api.Queues:
    """Return all queues, by their ids."""
    rows = sorted(store.scan(Queue), key=lambda queue: queue.id)
    stalled = products_off_sale(store, rows)
    return api.Queues(queues=tuple(queue_shown(row, stalled) for row in rows))


def show_queue(
    store: Store, terms: Terms, name: QueueId, after: str | None = None
) -> api.QueueLine | None:
    """Return a queue and a page of the entries that wait in it; None if there is no such queue."""
    row = store.get(Queue, Key(name))
    if row is None:
        return None
    tickets, end = line_page(store, row, after, api.PAGE_SIZE)
    entries = EntryViewer(store, terms).view(tickets)
    return api.QueueLine(
        queue=queue_shown(row, products_off_sale(store, [row])),
        line=tuple(entry for entry in entries if entry.place is not None),
        next=end,
    )


def queue_shown(row: Queue, stalled: Container[QueueId] = ()) -> api.QueueShown:
    """Return a queue with its figures; those that are `stalled` are said to be."""
    waiting, name = row.standing, PLANS.queue(row.id)
    return api.QueueShown(
        queue=row.id,
        kind=name.kind.name if name else row.id.partition("/")[0],
        plan=name.plan.name if name else None,
        entries=row.entries,
        waiting=waiting.waiting,
        owed=waiting.owed,
        **{till.value: row.figure(till) for till in _TILLS},
        cleared_at=moment_of(row.cleared_at),
        stalled=row.id in stalled,
    )


def show_stalled(store: Store, terms: Terms) -> StalledQueues:
    """Return the queues that still owe or hold something and that nothing joins any more.

    Their product is off sale (Rule 1.5.5), or lines join another queue by the settings now (1.4.1).
    """
    queues = (
        row for row in store.scan(Queue) if row.standing.waiting or row.figure(QueueAccount.POOL)
    )
    rows = sorted(queues, key=lambda queue: queue.id)
    products = products_off_sale(store, rows)
    return StalledQueues(
        queues=tuple(
            StalledQueue(
                queue=row.id,
                product_id=product.id if product else None,
                name=product.name if product else None,
                waiting=row.standing.waiting,
                owed=row.standing.owed,
                pool=row.figure(QueueAccount.POOL),
            )
            for row in rows
            if (product := products.get(row.id)) or is_out_of_use(terms, row.id)
        )
    )


def is_out_of_use(terms: Terms, queue: QueueId) -> bool:
    """Tell whether lines join another queue than this by the settings now (Rule 1.4.1)."""
    return not queue_rebate.is_in_use(terms.of(queue_rebate.PLAN), queue)


def products_off_sale(store: Store, rows: Iterable[Queue]) -> dict[QueueId, Product]:
    """Return the products that are off sale, by their queues among `rows` (Rule 1.5.5)."""
    names = (queue_rebate.PLAN.queue(row.id) for row in rows)
    of = {Key(n.owner): n.id for n in names if n and n.owner and n.kind == queue_rebate.PRODUCT}
    products = store.get_many(Product, of)
    return {of[key]: each for key, each in products.items() if not each.on_sale}
