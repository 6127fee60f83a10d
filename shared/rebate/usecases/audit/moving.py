"""Books that are written to while they are read: what cannot be judged before the next audit."""

from collections.abc import Iterable, Iterator

from rebate.domain.names import MemberId, QueueId
from rebate.domain.queues import Queue
from rebate.domain.times import Instant
from rebate.usecases.audit.audit_pass import AuditPass
from rebate.usecases.audit.finding import AuditDifference
from rebate.usecases.audit.kept import COMMITTED_WITHIN
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.journal import StatementEntry

FIRM = ("journal", "heads.", "settings.", "seeds.", "draws.", "lists.queues.")
"""With what the paths of differences begin that no writing explains: what they are of stays."""

OF_MEMBERS = ("wallets.", "statements.", "holds.", "withdrawals.")


def judged(
    differences: Iterable[AuditDifference], way: AuditPass, store: Store
) -> Iterator[AuditDifference]:
    """Yield the differences that are not of what was written to since the audit began.

    A queue that goes on, or a member whose wallet moved, is judged by the next audit.
    """
    began = way.began
    now = {queue.id: queue.version for queue in store.scan(Queue)}
    then = {name: queue.version for name, queue in way.queues.items()}
    moved = {name for name, version in now.items() if then.get(name) != version}
    for each in differences:
        if began is None or each.path.startswith(FIRM) or "is not as it was" in each.message:
            yield each
        elif each.path.startswith("queues."):
            if not any(_is_of(each.path, queue) for queue in moved):
                yield each
        elif each.path.startswith(OF_MEMBERS):
            if not any(_has_moved(store, name, began) for name in _members(each.path)):
                yield each
        elif not moved and not way.later:
            yield each


def _is_of(path: str, queue: QueueId) -> bool:
    return path.startswith(f"queues.{queue}.")


def _members(path: str) -> set[MemberId]:
    """Return who may be meant: a member's id may hold what parts of a path are told apart by."""
    name = path.partition(".")[2]
    return {MemberId(name), MemberId(name.rpartition(".")[0])} - {MemberId("")}


def _has_moved(store: Store, member: MemberId, began: Instant) -> bool:
    last = store.query(StatementEntry, member, backwards=True, limit=1)
    return bool(last) and last[0].at >= began - COMMITTED_WITHIN
