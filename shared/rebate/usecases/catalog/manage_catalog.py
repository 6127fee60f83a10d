"""What operators do about products: let them take part, end queues that stalled (Rule 1.5.5).

Every operation does a bounded part of its work and can be asked again: what was done is not done
twice, and what is left is what the next call finds.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from uuid import uuid4

from rebate.contracts import api
from rebate.contracts.api import Asset
from rebate.contracts.catalog import (
    ProductsEnabled,
    StalledExchanged,
    StalledMerged,
)
from rebate.domain.commands import Clear, ExchangeEntry, Merge, MergeHome
from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.ledger import BalanceType
from rebate.domain.merges import TICKETS_A_STEP
from rebate.domain.names import ProductId, QueueId
from rebate.domain.plans import queue_rebate
from rebate.domain.plans.queue_rebate_terms import QueueRebateTerms
from rebate.domain.queues import Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import SECOND, later
from rebate.usecases.queries.show_progress import line_page
from rebate.usecases.queries.show_queues import is_stalled
from rebate.usecases.schedules.start_runs import send
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settlement.plan_of import shown_plan_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.settlement.settle_queue import Settler
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.catalog import Product
from rebate.usecases.storage.rows.inbox import Answer, Inbox
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, joined, number

PRODUCTS_AT_ONCE = 500
"""Products that one call changes."""

TOGETHER = 50
"""Products or commands written in one transaction."""

MERGE_PATIENCE = 10 * SECOND
"""How long a caller waits for a merge, in microseconds."""


def enable_products(
    store: Store, supplies: Collection[str], after: ProductId | None = None
) -> ProductsEnabled:
    """Let all existing mall products of these supplies take part (Rule 1.4 (3)).

    With `after`, those that come after the product at which an earlier call ended: who asks on
    like this looks at each product once.

    Raises:
        Rejected: `invalid_request`: no call ended at `after`.
        Unavailable: others kept writing to a product; ask again.
    """
    if after is not None and store.get(Product, Key(after)) is None:
        raise Rejected(Code.INVALID_REQUEST, "after must be the `next` of an answer")
    products = store.scan(Product, after=None if after is None else Key(after))
    wanted = (row for row in products if _is_left_out(row, supplies))
    found = list(islice(wanted, PRODUCTS_AT_ONCE + 1))
    chosen = found[:PRODUCTS_AT_ONCE]
    for start in range(0, len(chosen), TOGETHER):
        _enable(store, chosen[start : start + TOGETHER])
    more = len(found) > PRODUCTS_AT_ONCE
    return ProductsEnabled(len(chosen), more, next=chosen[-1].id if more else None)


@dataclass(frozen=True, slots=True)
class StalledQueueActions:
    """Ends what waits in queues of products that are off sale."""

    store: Store
    clock: Clock
    settings: SettingsReader
    settler: Settler

    def clear(self, queue: QueueId) -> None:
        """Set all that waits in a stalled queue to zero; its pool stays (Rule 1.6.3).

        Raises:
            Rejected: `unknown_entry`: there is no such queue.
            Conflict: lines join it.
        """
        self._insist_stalled(queue)
        send(self.store, self.clock, queue, Clear(self.clock.now()))
        self._settle(queue)

    def merge(self, queue: QueueId) -> StalledMerged:
        """Let all that waits in a stalled queue go on where its lines belong, behind who is there.

        Each entry joins for what it lacks, in the order of the line, and what the pool holds goes
        along (Rules 1.4.1 and 1.5.5). What is not done in time goes on by itself; what arrives
        afterwards, of orders paid before, joins the stalled queue as ever and can be merged by
        asking again.

        Raises:
            Rejected: `unknown_entry`: there is no such queue.
            Conflict: lines join it.
        """
        terms = self.settings.in_force().terms
        plan = terms.of(queue_rebate.PLAN)
        row = self.store.get(Queue, Key(queue))
        if row is None or not queue_rebate.may_go_home(plan, queue):
            row = self._insist_stalled(queue)
        into, now = queue_rebate.shared_queue(queue), self.clock.now()
        before, until = row.standing.waiting, later(now, MERGE_PATIENCE)
        homes = {into} if into else set(self._homes(plan, row))
        send(self.store, self.clock, queue, Merge(now, into) if into else MergeHome(now))
        seen = None
        while seen is None or (row.merging and row.version != seen and self.clock.now() < until):
            seen = row.version
            self._settle(queue)
            for each in sorted(homes):
                self._settle(each)
            row = self.store.get(Queue, Key(queue)) or row
            homes = {into} if into else set(self._homes(plan, row))
        waiting = row.standing.waiting
        return StalledMerged(moved=max(0, before - waiting), waiting=waiting)

    def exchange(self, queue: QueueId, into: Asset, after: int | None = None) -> StalledExchanged:
        """Turn a page of a stalled queue's entries into points, love value or vouchers.

        Raises:
            Rejected: `unknown_entry`: there is no such queue; `exchange_off`.
            Conflict: lines join it.
        """
        row = self._insist_stalled(queue)
        pocket = self._pocket(queue, into)
        tickets, end = line_page(
            self.store, row, None if after is None else str(after), api.PAGE_SIZE
        )
        requests = self._ask(queue, pocket, tickets)
        if requests:
            self._settle(queue)
        answers = self.store.get_many(Answer, map(Key, requests)).values()
        refused = sum(answer.refused is not None for answer in answers)
        return StalledExchanged(
            exchanged=len(answers) - refused,
            refused=refused,
            pending=len(requests) - len(answers),
            next=None if end is None else int(end),
        )

    def _homes(self, plan: QueueRebateTerms, row: Queue) -> Iterator[QueueId]:
        """Yield where those go on whom the next step of a merge takes."""
        start = row.moving.start if row.moving else 0
        first, _ = QueueReader(self.store, row.id).payable(
            row, start=start, count=TICKETS_A_STEP, completed_only=False
        )
        for ticket in first:
            yield from queue_rebate.homes_of(plan, ticket)

    def _settle(self, queue: QueueId) -> None:
        with suppress(Conflict):  # whoever wins carries this out as well
            self.settler.settle(queue)

    def _ask(self, queue: QueueId, pocket: BalanceType, tickets: Iterable[Ticket]) -> list[str]:
        """Put an exchange of every waiting entry into the inbox; return the answers' names."""
        now, arrival, run = self.clock.now(), self.clock.now(), str(uuid4())
        commands = [
            ExchangeEntry(now, ticket.order, ticket.member, line.id, pocket, ticket.merged_from)
            for ticket in tickets
            for line in ticket.lines
            if line.entry and line.entry.waits
        ]
        requests = [f"{run}/{place}" for place in range(len(commands))]
        rows = [
            Put(Inbox(queue, joined(number(now), number(arrival), name), command, request=name))
            for name, command in zip(requests, commands, strict=True)
        ]
        for start in range(0, len(rows), TOGETHER):
            self.store.commit(rows[start : start + TOGETHER])
        return requests

    def _pocket(self, queue: QueueId, into: Asset) -> BalanceType:
        offered = dict(shown_plan_of(queue, self.settings.in_force().terms).exchange_bps)
        frozen = into == "love" and BalanceType.LOVE_FROZEN in offered
        pocket = BalanceType.LOVE_FROZEN if frozen else BalanceType(into)
        if pocket not in offered:
            raise Rejected(Code.EXCHANGE_OFF, f"entries cannot be exchanged into {into}")
        return pocket

    def _insist_stalled(self, queue: QueueId) -> Queue:
        row = self.store.get(Queue, Key(queue))
        if row is None:
            raise Rejected(Code.UNKNOWN_ENTRY, f"there is no queue {queue}")
        terms = self.settings.in_force().terms
        if not is_stalled(self.store, terms, row):
            raise Conflict(f"queue {queue} is not stalled: lines join it")
        return row


def _is_left_out(product: Product, supplies: Collection[str]) -> bool:
    return not product.takes_part and product.supply in supplies


def _enable(store: Store, products: Sequence[Product]) -> None:
    """Change products together, or where somebody saves one of them just now, one by one."""
    try:
        store.commit([_enabling(product) for product in products])
    except Conflict:
        for product in products:
            _enable_one(store, product)


def _enable_one(store: Store, product: Product) -> None:
    def attempt() -> None:
        known = store.get(Product, key_of(product))
        if known is not None and not known.takes_part:
            store.commit([_enabling(known)])

    attempted(attempt, f"product {product.id}")


def _enabling(product: Product) -> Put:
    after = replace(product, takes_part=True, version=product.version + 1)
    return Put(after, expects=product.version)
