"""What is kept beside the rows it is of: the list of queues, sums over all, planned settings."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from rebate.domain.ledger import Account, parts_of
from rebate.domain.names import QueueId
from rebate.domain.queue_sums import POCKETS, AllSums
from rebate.domain.queues import Queue
from rebate.domain.times import SECOND, Instant
from rebate.usecases.audit.chains import Chains
from rebate.usecases.audit.finding import AuditDifference, wrong
from rebate.usecases.audit.rebuild.differing import differing
from rebate.usecases.reports.read_days import plan_of
from rebate.usecases.settings.plan_settings import PLANS_SOURCE, fact_of_planned
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.queue_list import TAKEN_IN
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key, journal_key
from rebate.usecases.storage.rows.schedules import SUMS, RunMark, StoredSums
from rebate.usecases.storage.rows.settings import PlannedSettings

COMMITTED_WITHIN = 60 * SECOND
"""How long after its instant a row of the journal may be stored."""


def check_queue_list(
    store: Store, listed: Collection[str], queues: Mapping[QueueId, Queue]
) -> Iterator[AuditDifference]:
    """Yield the queues that are not in the list of all, and what is in it and is no queue.

    Those that a release without the list made need not be in it before the sweep has looked once.
    """
    mark = store.get(RunMark, Key(TAKEN_IN))
    if mark and not mark.after:
        for name in sorted(queues.keys() - listed):
            yield AuditDifference(f"lists.queues.{name}", "is a queue, and not in the list")
    for strange in sorted(set(listed) - queues.keys()):
        yield AuditDifference(f"queues.{strange}.listed", "is in the list of all, and no queue")


def check_kept_sums(
    kept: Iterable[StoredSums],
    queues: Iterable[Queue],
    held: Mapping[Account, int] | None,
    newest: Instant | None,
) -> Iterator[AuditDifference]:
    """Yield where the sums that are told are not what all rows come to.

    Only where nothing was settled since they were made (`newest` is when something was last): else
    they were true once. Which queues are stalled rests on the catalog, and is not looked at, nor
    what members hold where others write meanwhile (`held` None).
    """
    found = next((row.sums for row in kept if row.id == SUMS), None)
    if found is None or (newest is not None and newest + COMMITTED_WITHIN >= found.at):
        return
    made = AllSums(found.at)
    for queue in sorted(queues, key=lambda row: row.id):
        made = made.plus_queue(queue, plan_of(queue.id), stalled=False)
    for plan in sorted({*found.plans, *made.plans}):
        told, expected = found.plans.get(plan), made.plans.get(plan)
        if told is None or expected is None:
            yield AuditDifference(f"sums.{plan}", "are told" if told else "are not told")
        else:
            yield from differing(f"sums.{plan}", told, expected, besides=("stalled",))
    if held is not None:
        yield from _held(found.held, held)


def _held(told: Mapping[str, int], held: Mapping[Account, int]) -> Iterator[AuditDifference]:
    """Yield where wallets hold something else beside money than is told."""
    sums = dict.fromkeys(map(str, POCKETS), 0)
    for account, amount in held.items():
        kind, pocket, _ = parts_of(account)
        if kind == "wallet" and pocket in sums:
            sums[pocket] += amount
    for pocket, amount in sums.items():
        yield from wrong("sums.held", pocket, found=told.get(pocket, 0), expected=amount)


def check_planned(
    store: Store, planned: PlannedSettings | None, chains: Chains
) -> Iterator[AuditDifference]:
    """Yield whether the settings that are planned are not those that somebody planned.

    What an earlier release planned stands in no chain, and is taken as it is.
    """
    last = max(chains.links.get(PLANS_SOURCE, {}), default=0)
    if planned is None:
        if last:
            yield AuditDifference("settings.planned", "are not stored")
        return
    row = store.get(Journal, journal_key(PLANS_SOURCE, planned.version))
    fact = row.facts.get(str(planned.version)) if row else None
    if (last or row) and fact != fact_of_planned(planned):
        yield AuditDifference("settings.planned", "are not what was planned")
    if planned.version < last:
        yield AuditDifference(
            "settings.planned", f"were changed since: {last} times, not {planned.version}"
        )
