"""Queues as operators see them (Rule 1.8)."""

from collections.abc import Iterable, Sequence

from rebate.contracts import api, queues
from rebate.contracts.catalog import StalledQueue, StalledQueues
from rebate.domain.ledger import QueueAccount
from rebate.domain.names import QueueId, StoreId
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass
from rebate.domain.terms import Terms
from rebate.domain.times import Instant
from rebate.usecases.people.nicknames import nicknames_of
from rebate.usecases.queries.forecast import pace_shown
from rebate.usecases.queries.show_entries import EntryViewer, moment_of
from rebate.usecases.queries.show_progress import line_page
from rebate.usecases.reports.read_days import plan_of, queues_of, store_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.queue_list import queues_of_page
from rebate.usecases.storage.rows.catalog import Product, Shop
from rebate.usecases.storage.rows.keys import Key

_TILLS = (
    QueueAccount.POOL,
    QueueAccount.CONTRIBUTED,
    QueueAccount.RETAINED,
    QueueAccount.BORNE,
    QueueAccount.CLAWED_BACK,
    QueueAccount.REPURCHASED,
)

LOOKED_AT = 20
"""Tickets at the head of a queue that is in use which tell whether it is stalled (Rule 1.4.1)."""


@dataclass(frozen=True, slots=True)
class WantedQueues:
    """Which queues are asked for: of a plan or a store, behind a queue's id; None: whichever."""

    plan: str | None = None
    owner: StoreId | None = None
    after: QueueId | None = None


def show_queues(store: Store, terms: Terms, now: Instant, wanted: WantedQueues) -> queues.Queues:
    """Return a page of queues, by their ids, each with its pace and what it is called after."""
    rows, end = _page(store, wanted, api.QUEUES_PAGE)
    return queues.Queues(queues=tuple(_queues_shown(store, terms, now, rows)), next=end)


def _queues_shown(
    store: Store, terms: Terms, now: Instant, rows: Sequence[Queue]
) -> list[queues.QueueShown]:
    products, shops = _products(store, rows), _shops(store, rows)
    return [
        queue_shown(
            row,
            stalled=_is_stalled(store, row, terms, products.get(row.id)),
            name=_name(products.get(row.id) or shops.get(row.id)),
            pace=pace_shown(row, terms, now),
        )
        for row in rows
    ]


def _page(store: Store, wanted: WantedQueues, limit: int) -> tuple[list[Queue], QueueId | None]:
    if wanted.owner is None:
        return queues_of_page(store, limit, wanted.after, wanted.plan)
    found = store.get_many(Queue, map(Key, queues_of(wanted.owner))).values()
    rows = [row for row in found if wanted.plan in (None, plan_of(row.id))]
    return sorted(rows, key=lambda row: row.id), None


def show_queue(
    store: Store, terms: Terms, name: QueueId, now: Instant, after: str | None = None
) -> queues.QueueLine | None:
    """Return a queue and a page of the entries that wait in it; None if there is no such queue."""
    row = store.get(Queue, Key(name))
    if row is None:
        return None
    tickets, end = line_page(store, row, after, api.PAGE_SIZE)
    entries = EntryViewer(store, terms).view(tickets)
    return queues.QueueLine(
        queue=_queues_shown(store, terms, now, [row])[0],
        line=tuple(entry for entry in entries if entry.place is not None),
        next=end,
        nicknames=nicknames_of(store, (ticket.member for ticket in tickets if ticket.member)),
    )


def queue_shown(
    row: Queue,
    *,
    stalled: bool = False,
    name: str | None = None,
    pace: queues.QueuePace | None = None,
) -> queues.QueueShown:
    """Return a queue with its figures."""
    waiting, parsed = row.standing, PLANS.queue(row.id)
    return queues.QueueShown(
        queue=row.id,
        kind=parsed.kind.name if parsed else row.id.partition("/")[0],
        plan=parsed.plan.name if parsed else None,
        entries=row.entries,
        waiting=waiting.waiting,
        owed=waiting.owed,
        **{till.value: row.figure(till) for till in _TILLS},
        cleared_at=moment_of(row.cleared_at),
        stalled=stalled,
        name=name,
        pace=pace,
    )


def show_stalled(store: Store, terms: Terms, after: QueueId | None = None) -> StalledQueues:
    """Return the queues that still owe or hold something and that nothing joins any more.

    Their product is off sale (Rule 1.5.5), or lines join another queue by the settings now (1.4.1).
    So many queues of the base plan are looked at for a page: few may stand on it, or none.
    """
    rows, end = queues_of_page(store, api.QUEUES_PAGE, after, queue_rebate.PLAN.name)
    products = _products(store, rows)
    return StalledQueues(
        queues=tuple(
            StalledQueue(
                queue=row.id,
                product_id=product.id if product and not product.on_sale else None,
                name=_name(product),
                waiting=row.standing.waiting,
                owed=row.standing.owed,
                pool=row.figure(QueueAccount.POOL),
            )
            for row in rows
            if row.standing.waiting or row.figure(QueueAccount.POOL)
            if _is_stalled(store, row, terms, product := products.get(row.id))
        ),
        next=end,
    )


def stalled_among(store: Store, terms: Terms, rows: Iterable[Queue]) -> frozenset[QueueId]:
    """Return those of some queues that nothing joins any more (Rules 1.4.1 and 1.5.5)."""
    some = list(rows)
    products = _products(store, some)
    return frozenset(row.id for row in some if _is_stalled(store, row, terms, products.get(row.id)))


def is_stalled(store: Store, terms: Terms, row: Queue) -> bool:
    """Tell whether nothing joins a queue any more: see `show_stalled`."""
    return bool(stalled_among(store, terms, [row]))


def _is_stalled(store: Store, row: Queue, terms: Terms, product: Product | None) -> bool:
    plan = terms.of(queue_rebate.PLAN)
    if (product is not None and not product.on_sale) or not queue_rebate.is_in_use(plan, row.id):
        return True
    if not queue_rebate.may_go_home(plan, row.id):
        return False
    reader = QueueReader(store, row.id)
    first, _ = reader.payable(row, start=0, count=LOOKED_AT, completed_only=False)
    return any(queue_rebate.belongs_elsewhere(plan, ticket) for ticket in first)


def _products(store: Store, rows: Iterable[Queue]) -> dict[QueueId, Product]:
    """Return the products whose queues stand among `rows`, by these."""
    names = (queue_rebate.PLAN.queue(row.id) for row in rows)
    of = {n.id: Key(n.owner) for n in names if n and n.owner and n.kind == queue_rebate.PRODUCT}
    products = store.get_many(Product, of.values())
    return {queue: products[key] for queue, key in of.items() if key in products}


def _shops(store: Store, rows: Iterable[Queue]) -> dict[QueueId, Shop]:
    """Return the stores whose queues stand among `rows`, by these."""
    owners = ((row.id, store_of(row.id)) for row in rows)
    of = {queue: Key(owner) for queue, owner in owners if owner is not None}
    shops = store.get_many(Shop, set(of.values()))
    return {queue: shops[key] for queue, key in of.items() if key in shops}


def _name(owner: Product | Shop | None) -> str | None:
    return owner.name if owner else None
