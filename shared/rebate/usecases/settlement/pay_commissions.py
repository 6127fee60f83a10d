"""Paying referral rewards, once, when their order settles; and what refunds take back of them.

Who gets what share was fixed when the order was accepted (Rule 2.6.2). An order's events ring here
through an inbox of its own. Each ring compares what the order still gives with what was paid, and
books the difference; so events may come in any order and any number of times.
"""

from collections.abc import Iterable, Iterator

from rebate.domain.commands import Settle
from rebate.domain.commissions import Commissions
from rebate.domain.errors import Conflict
from rebate.domain.events import CommissionPaid, Event, RebateCapped
from rebate.domain.fingerprints import fingerprint, order_fingerprint
from rebate.domain.given import Given
from rebate.domain.ledger import (
    COMMISSIONS,
    BalanceType,
    JournalEntry,
    JournalKind,
    Posting,
    wallet,
)
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import MemberId, OrderId
from rebate.domain.orders import Order
from rebate.domain.plan import Moment
from rebate.domain.plans import referral
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant
from rebate.domain.wire import Unknown
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.people.team_figures import month_of, team_writes
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settlement.day_sums import Payday
from rebate.usecases.settlement.pending_commands import is_ripe
from rebate.usecases.storage.ports import Clock, Credit, Put, Remove, Store, Write
from rebate.usecases.storage.rows.commissions import Commission, Paid, Tally
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import SHARDS, Key, due_partition, inbox_partition, joined

ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class CommissionPayment:
    """Settles the rewards of one order at a time; orders never wait for each other."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def settle(self, order: OrderId) -> int:
        """Pay or take back what has changed; return how many events were taken in.

        Raises:
            Conflict: the rows below were written to all the time; a later ring goes on.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._settle(order)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        return 0

    def _settle(self, name: OrderId) -> int:
        """Take in what rings now.

        The order is read after its rings, so that it holds whatever they ring for.
        """
        waiting = self._waiting(name)
        order = load_order(self.store, name)
        waiting += self._due_later(order)
        if not waiting:
            return 0
        rung = [row for row in waiting if row.gate is None or order.version > row.gate[1]]
        if not rung:
            return 0
        known = self.store.get(Commission, Key(name))
        writes: list[Write] = [Remove(Inbox, key_of(row)) for row in rung]
        at = max(row.command.at for row in rung if not isinstance(row.command, Unknown))
        if known:
            writes += self._lowered(order, known, at)
        elif self._is_due(order, settles=_settles(order, rung)):
            writes += self._first(order, at)
        self.store.commit(writes)
        return len(rung)

    def _waiting(self, order: OrderId) -> list[Inbox]:
        """Return what rings for an order; what a later release put there is left to it."""
        queue = referral.queue_of(order)
        return [
            row
            for shard in range(SHARDS)
            for row in self.store.query(Inbox, inbox_partition(queue, shard), limit=10)
            if not isinstance(row.command, Unknown)
        ]

    def _due_later(self, order: Order) -> list[Inbox]:
        """Return what waits for the order's return window to be over, if it is (Rule 1.6.5.1)."""
        queue, now = referral.queue_of(order.id), self.clock.due_by()
        if queue not in order.settle_after_days:
            return []
        return [row for row in self.store.query(Inbox, due_partition(queue)) if is_ripe(row, now)]

    def _is_due(self, order: Order, *, settles: bool) -> bool:
        on_payment = self.settings.in_force().terms.of(referral.PLAN).settle_on is Moment.PAID
        return order.digest is not None and (on_payment or settles)

    def _first(self, order: Order, at: Instant) -> Iterator[Write]:
        """Pay an order's rewards, as far as the day has room for them (Rule 8.4)."""
        in_force = self.settings.in_force()
        given = order.given or Given()
        payday = Payday(self.store, in_force, at)
        rewards = given.commissions.rewards
        paid = tuple(
            Paid(reward, payday.grant(due))
            for reward, due in zip(rewards, given.rewards, strict=True)
        )
        cut = tuple(
            RebateCapped(
                None, each.reward.member, order.id, due, each.amount, None, each.reward.kind
            )
            for each, due in zip(paid, given.rewards, strict=True)
            if each.amount < due
        )
        after = Commission(order.id, paid, sum_of(order.left().values()))
        after = replace(after, month=month_of(order, in_force.terms.zone) if paid else None)
        counts = in_force.terms.of(referral.PLAN).dividend is not None
        tally = payday.tally(order.id) if counts or payday.paid else None
        if tally and counts:
            after = replace(after, period=tally.period)
            tally = _with_turnover(tally, tally.period, after.turnover)
        yield from payday.writes(tally)
        if tally and payday.paid:
            yield payday.counted(tally, payday.paid, order.store)
        yield from team_writes(self.store, order, None, after)
        yield from self._book(order, None, after, cut)

    def _lowered(self, order: Order, known: Commission, at: Instant) -> Iterator[Write]:
        """Take back what exceeds what the order gives now, and lower the turnover (Rule 2.6.1)."""
        rewards = tuple(paid.reward for paid in known.paid)
        given = order.given or _given(order, Commissions(rewards))
        paid = tuple(
            replace(each, amount=min(each.amount, now))
            for each, now in zip(known.paid, given.rewards, strict=True)
        )
        after = replace(known, paid=paid, turnover=sum_of(order.left().values()))
        if after == known:
            return
        payday = Payday(self.store, self.settings.in_force(), at)
        lost = sum_of(each.amount for each in paid) - sum_of(each.amount for each in known.paid)
        tally = payday.tally(order.id)
        if known.period is not None:
            tally = _with_turnover(tally, known.period, after.turnover - known.turnover)
        if lost or known.period is not None:
            yield from payday.writes(tally)
        if lost:
            yield payday.counted(tally, lost, order.store)
        yield from team_writes(self.store, order, known, after)
        yield from self._book(order, known, after)

    def _book(
        self,
        order: Order,
        known: Commission | None,
        after: Commission,
        cut: tuple[Event, ...] = (),
    ) -> list[Write]:
        version = known.version if known else 0
        before = (
            known.paid if known else tuple(replace(paid, amount=NOTHING) for paid in after.paid)
        )
        source, now = referral.queue_of(after.order), self.clock.now()
        changes: dict[MemberId, Amount] = {}
        events: list[Event] = list(cut)
        facts = {joined(order.id): order_fingerprint(order)} if known is None else {}
        for was, paid in zip(before, after.paid, strict=True):
            difference, reward = paid.amount - was.amount, paid.reward
            if difference:
                changes[reward.member] = changes.get(reward.member, NOTHING) + difference
                base = reward.base(after.turnover)
                events.append(
                    CommissionPaid(
                        reward.kind, reward.member, difference, base, reward.ratio_bps, after.order
                    )
                )
        postings = [Posting(wallet(m, BalanceType.CASH), amount) for m, amount in changes.items()]
        postings.append(Posting(COMMISSIONS, -sum_of(changes.values())))
        entry = JournalEntry(JournalKind.COMMISSION, tuple(postings), after.order)
        entries = (entry,) if changes else ()
        row = Journal(source, version + 1, now, entries, tuple(events), after.head, facts)
        head = fingerprint(row) if events else after.head
        after = replace(after, version=version + 1, head=head)
        writes: list[Write] = [Put(after, expects=version)]
        writes += [Put(row)] if events else []
        for member, amount in changes.items():
            moved = StatementMovement(JournalKind.COMMISSION, BalanceType.CASH, amount, after.order)
            writes.append(Credit(member, ((BalanceType.CASH, amount),)))
            writes.append(Put(StatementEntry(member, now, source, version + 1, (moved,))))
        return writes


def _settles(order: Order, rung: Iterable[Inbox]) -> bool:
    """Tell whether what an order's completion settles is due, as far as its events tell."""
    if referral.queue_of(order.id) in order.settle_after_days:
        return any(isinstance(row.command, Settle) for row in rung)
    return order.completed_at is not None


def _given(order: Order, commissions: Commissions) -> Given:
    return Given(commissions).priced(order.left(), ())


def _with_turnover(tally: Tally, period: int, more: Amount) -> Tally:
    """Return a tally with more turnover, or less, of orders of a period."""
    name = str(period)
    return replace(
        tally, turnover={**tally.turnover, name: tally.turnover.get(name, NOTHING) + more}
    )
