"""What a day of the shop came to in one queue, kept as it is settled (Rules 6.3, 8.1 and 8.8).

What a commit changes it adds to its day in the same transaction, so a report reads days, not
orders, and nothing is counted twice. Months are those in which orders were paid, in the shop's
timezone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from rebate.domain.days import DayFigures, DaySums
from rebate.domain.engine import Decision
from rebate.domain.events import EntriesCleared
from rebate.domain.ledger import SOURCES, BalanceType, JournalEntry, QueueAccount, parts_of
from rebate.domain.money import NOTHING, Amount, AmountsBy, sum_of
from rebate.domain.names import NO_QUEUE, QueueId, StoreId
from rebate.domain.place_index import Change
from rebate.domain.plans.registry import PLANS
from rebate.domain.queues import Age, Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket
from rebate.domain.times import day_of

_ENDED = frozenset({Status.EXCHANGED, Status.CONVERTED})
_MONEY = frozenset({BalanceType.CASH, BalanceType.PENDING, BalanceType.HELD})
_KEPT = frozenset(
    {
        QueueAccount.CONTRIBUTED,
        QueueAccount.RETAINED,
        QueueAccount.BORNE,
        QueueAccount.CLAWED_BACK,
    }
)


def _added(sums: Mapping[str, Amount], more: Mapping[str, Amount]) -> dict[str, Amount]:
    both = {
        month: sums.get(month, NOTHING) + more.get(month, NOTHING)
        for month in sorted({*sums, *more})
    }
    return {month: amount for month, amount in both.items() if amount}


def with_commit(day: DayFigures, before: Queue, decision: Decision, zone: ZoneInfo) -> DayFigures:
    """Return a day of a queue with what a commit adds to it; its commands are all of that day."""
    by_store: dict[StoreId | None, Counter[str]] = defaultdict(Counter)
    paid: AmountsBy[str] = AmountsBy()
    stores = {change.after.order: change.after.store for change in decision.changes}
    stores |= {order: _store_of(queue) for order, queue in decision.given_from.items()}
    for change in decision.changes:
        by_store[change.after.store].update(_of_ticket(change))
        if more := _paid(change):
            paid[month_of(change.after, zone)] += more
    for entry in decision.journal:
        by_store[stores.get(entry.order) if entry.order else None].update(_of_journal(entry))
    by_store[None]["ended"] += sum_of(
        e.owed for e in decision.events if isinstance(e, EntriesCleared)
    )
    day = replace(day, paid_of=_added(day.paid_of, paid))
    shared = not _is_a_stores(before.id)
    for store, named in by_store.items():
        sums: Mapping[str, Any] = named
        day = day.plus(DaySums(**sums), store if shared else None)
    return day


def ages_after(queue: Queue, decision: Decision, zone: ZoneInfo) -> dict[str, Age]:
    """Return what a queue owes after a commit, by month of the entries' orders (Rule 8.1)."""
    below = decision.queue.cleared_below
    ages = dict(queue.ages)
    if below != queue.cleared_below:
        ages = {month: replace(age, waiting=NOTHING) for month, age in ages.items()}
    for change in decision.changes:
        place, more = change.after.place, change.difference.owed
        waiting = more if place is not None and place >= below else NOTHING
        promised, paid = _promised_more(change), _paid(change)
        if waiting or promised or paid:
            month = month_of(change.after, zone)
            ages[month] = ages.get(month, Age()).plus(promised, paid, waiting)
    return ages


def month_of(ticket: Ticket, zone: ZoneInfo) -> str:
    """Return the month in which an order was paid."""
    return day_of(ticket.paid_at, zone).isoformat()[:7]


def _store_of(queue: QueueId) -> StoreId | None:
    """Return the store whose orders alone join a queue that others are fed from (Rule 1.4.1)."""
    name = PLANS.queue(queue)
    is_a_stores = name is not None and name.kind.name in {"store", "cashier"}
    return StoreId(name.owner) if name and is_a_stores and name.owner else None


def _is_a_stores(queue: QueueId) -> bool:
    """Tell whether all orders of a queue are of one store, or of none."""
    name = PLANS.queue(queue)
    return name is not None and (name.owner is not None or name.kind.name == "mall")


def _of_ticket(change: Change) -> Counter[str]:
    """Return what an order's taking part, or a refund of it, adds."""
    sums: Counter[str] = Counter()
    before, after = change.before, change.after
    is_new = after.joined and not (before and before.joined)
    if after.origin is None and after.merged_from == NO_QUEUE:
        paid = sum_of(line.entitlement_base for line in after.lines)
        if is_new:
            sums.update(orders=1, sales=paid)
        elif before and before.joined:
            sums["sales"] += paid - sum_of(line.entitlement_base for line in before.lines)
    for old, new in _entries(change):
        sums.update(_of_entry(old, new, is_merged=after.merged_from != NO_QUEUE))
    return sums


def _of_entry(old: Entry | None, new: Entry, *, is_merged: bool) -> Counter[str]:
    """Return what became of an entry: differences, so that it is the same in one commit or two."""
    sums: Counter[str] = Counter()
    sums["promised"] += _promised(old, new, is_merged=is_merged)
    sums["entries"] += old is None and not is_merged
    sums["completed"] += _is_completed(new) - (old is not None and _is_completed(old))
    sums["ended"] += _ended(new) - (_ended(old) if old else 0)
    if new.drawn:
        sums["drawn"] += new.paid - (old.paid if old else 0)
    return sums


def _is_completed(entry: Entry) -> bool:
    return entry.status is Status.COMPLETED


def _ended(entry: Entry) -> Amount:
    """Return what an entry lacked as it was exchanged or converted, less refunds since."""
    return entry.outstanding if entry.status in _ENDED else NOTHING


def _promised(old: Entry | None, new: Entry, *, is_merged: bool) -> Amount:
    """Return what more is promised; what goes on in another queue was promised before."""
    if new.status is Status.MERGED or (old is None and is_merged):
        return NOTHING
    return (new.entitlement or NOTHING) - (old.entitlement or NOTHING if old else NOTHING)


def _promised_more(change: Change) -> Amount:
    is_merged = change.after.merged_from != NO_QUEUE
    return sum_of(_promised(old, new, is_merged=is_merged) for old, new in _entries(change))


def _paid(change: Change) -> Amount:
    """Return what entries were paid more of what they are promised, less what was taken back."""
    promised = ((old, new) for old, new in _entries(change) if new.entitlement is not None)
    return sum_of(new.paid - (old.paid if old else NOTHING) for old, new in promised)


def _entries(change: Change) -> Iterator[tuple[Entry | None, Entry]]:
    before = change.before.lines if change.before else ()
    known = {line.id: line.entry for line in before}
    for line in change.after.lines:
        if line.entry is not None:
            yield known.get(line.id), line.entry


def _of_journal(entry: JournalEntry) -> Counter[str]:
    """Return what a movement adds: rebates are postings with a reason."""
    sums: Counter[str] = Counter()
    for posting in entry.postings:
        kind, pocket, _ = parts_of(posting.account)
        if kind == "wallet" and posting.reason is not None and pocket in _MONEY:
            sums["rebated"] += posting.amount
        elif kind == "queue" and pocket in _KEPT:
            sums[pocket] += -posting.amount if pocket in SOURCES else posting.amount
    return sums
