"""Settling a queue: its commands are carried out in order, many to a transaction.

One settler at a time makes progress, and any number may try: the queue's row is written under
the condition that nobody else wrote it since it was read. What proves that a command was carried
out, its ticket's row or its disappearance from the inbox (see `pending_commands`), changes in the
same transaction as the money.

A command that fails for a reason that will not pass is tried by itself, so that none is blamed for
another. After some rings it is parked (`rebate.usecases.parking`), and the queue goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from rebate.domain.errors import Conflict, Impossible, Unreadable
from rebate.domain.names import QueueId
from rebate.domain.plan import Plan
from rebate.domain.plans import referral
from rebate.domain.queues import Lease, Queue
from rebate.domain.times import SECOND, Instant, later
from rebate.usecases.parking.park_command import (
    LASTING,
    after_failure,
    first_parked,
    is_behind,
    parking,
    reason_of,
)
from rebate.usecases.settings.save_settings import CURRENT_SETTINGS, SettingsReader
from rebate.usecases.settlement.guard_refunds import RefundGuard
from rebate.usecases.settlement.pay_commissions import CommissionPayment
from rebate.usecases.settlement.pending_commands import PendingCommand, read_pending
from rebate.usecases.settlement.plan_of import plan_of
from rebate.usecases.settlement.queue_reader import QueueReader
from rebate.usecases.settlement.settlement import ROOM, Settled, Settlement
from rebate.usecases.storage.buffered_store import BufferedStore
from rebate.usecases.storage.ports import Clock, CommitRunner, Store, inline
from rebate.usecases.storage.rows.keys import Key

LEASE = 10 * SECOND
"""How long others leave a queue alone whose settler has more to do; a crash costs no more."""

CONFLICTS_MAX = 20
"""Conflicts in a row after which a settler leaves the queue to others."""


@dataclass(slots=True)
class Settler:
    """Settles queues; `name` tells this settler from others, `pause` waits between conflicts.

    Commits are under way `aside` while the next is decided.
    """

    store: Store
    clock: Clock
    settings: SettingsReader
    commissions: CommissionPayment
    name: str
    pause: Callable[[int], None] = field(default=lambda _: None)
    aside: CommitRunner = inline
    patience: int = 20 * SECOND
    _until: Instant = field(default=Instant(0), init=False)
    _tried: tuple[Queue, PendingCommand] | None = field(default=None, init=False)

    def settle(self, queue: QueueId) -> Settled:
        """Carry out all that waits for a queue, as far as `patience` (microseconds) allows.

        Raises:
            Conflict: others kept winning; what they left will be settled by the next ring.
            Impossible: the first command fails, for a reason that will not pass.
        """
        done = Settled(queue)
        self._until = later(self.clock.now(), self.patience)
        order = referral.order_of(queue)
        if order is not None:
            done.commands = self.commissions.settle(order)
            return done
        alone = False
        while True:
            self._tried = None
            try:
                if not self._run(done, alone=alone):
                    return done
            except Conflict:
                done.conflicts += 1
                if done.conflicts == CONFLICTS_MAX:
                    raise
                self.pause(done.conflicts)
            except Unreadable:
                raise
            except LASTING as error:
                if alone:
                    self._fail(done, error)
                alone = not alone

    def _fail(self, done: Settled, error: Exception) -> None:
        """Park the command that failed by itself, if it did often enough.

        Raises:
            Impossible: it did not, or nothing can be said of a command.
            Conflict: somebody else settles the queue.
        """
        if self._tried:
            writes, parks = after_failure(self.store, *self._tried, error, self.clock.now())
            self.store.commit(writes)
            if parks:
                done.parked += 1
                return
        kind = type(error) if isinstance(error, Impossible) else Impossible
        raise kind(reason_of(error)) from error

    def _run(self, done: Settled, *, alone: bool) -> bool:
        """Settle what the inbox holds now; tell whether it has to be looked into again.

        It has not where all of it was read and carried out without a lease: whatever has come
        since rings by itself, and nobody left that ring to this settler.
        """
        read = BufferedStore(self.store)
        read.get_all([(Queue, Key(done.queue)), CURRENT_SETTINGS])
        queue = read.get(Queue, Key(done.queue)) or Queue(done.queue)
        lease = queue.lease
        if lease and lease.holder != self.name and lease.until > self.clock.now():
            done.busy = True
            return False
        line = QueueReader(self.store, queue.id)
        pile = read_pending(self.store, queue, line, self.clock.due_by())
        done.unseen |= pile.unseen
        done.unknown = pile.unknown.command.type if pile.unknown else None
        if not pile.waiting:
            return False
        done.oldest = done.oldest or pile.waiting[0].command.at
        in_force = self.settings.in_force(read)
        plan = plan_of(queue.id, in_force.terms)
        if plan is None:
            done.unknown = "its plan"
            return False
        leased = queue.lease is not None
        aside = inline if alone else self.aside
        zone, version = in_force.terms.zone, in_force.version
        work = Settlement(self.store, line, queue, pile, done, aside, zone, version, leased)
        if self._park_behind(work):
            return True
        done.unfinished = not self._carry_out(work, plan, alone=alone)
        work.land()
        return not done.unfinished and (pile.partial or work.leased or work.followed)

    def _guard(self, work: Settlement) -> bool:
        """Pause where a refund, which is carried out, passes what may be borne a day.

        Tells whether it does: then queues are to be read anew, and under which settings.
        """
        if work.queue.borne is None or self.settings.in_force().terms.borne_per_day is None:
            return False
        work.land()
        passes = RefundGuard(self.store, self.clock, self.settings).look()
        work.done.too_much_borne |= passes
        return passes

    def _park_behind(self, work: Settlement) -> bool:
        """Park the first command if an earlier one of its order is, and say so; leave others out.

        What waits after one that is to be parked is settled once that is.
        """
        parked = first_parked(self.store, work.queue)
        waiting = work.pile.waiting
        behind = (
            (at for at, each in enumerate(waiting) if is_behind(each, parked)) if parked else ()
        )
        first = next(iter(behind), None)
        if first:
            work.pile.partial = True
            del waiting[first:]
        if first != 0:
            return False
        reason = "an earlier command of the same order is parked"
        now = self.clock.now()
        self.store.commit(parking(self.store, work.queue, waiting[0], reason, now, behind=True))
        work.done.parked += 1
        return True

    def _carry_out(self, work: Settlement, plan: Plan, *, alone: bool) -> bool:
        """Commit what waits, until something must come before it; False if time is up."""
        while work.pile.waiting:
            if alone:
                self._tried = (work.queue, work.pile.waiting[0])
            decision, book = work.decide(plan, 1 if alone else ROOM)
            more = decision.done < len(work.pile.waiting) or bool(decision.follow_ups)
            now = self.clock.now()
            lease = Lease(self.name, later(now, LEASE)) if more and now < self._until else None
            borne = work.queue.borne
            work.commit(decision, book, now, lease)
            if work.queue.borne != borne and self._guard(work):
                work.followed = True
                return True
            if decision.follow_ups:
                return True
            if more and lease is None:
                return False
        return True
