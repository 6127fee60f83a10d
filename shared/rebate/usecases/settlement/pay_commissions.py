"""Paying referral rewards: what an order owes its upline, and what it has paid, made equal.

An order's events ring here through an inbox of its own. Each ring compares what is due now with
what was paid, and books the difference; so events may come in any order and any number of times.
"""

from rebate.domain.errors import Conflict
from rebate.domain.events import CommissionPaid
from rebate.domain.ledger import COMMISSIONS, BalanceType, JournalEntry, Posting, wallet
from rebate.domain.names import MemberId, OrderId
from rebate.domain.orders import Order
from rebate.domain.plan import Moment
from rebate.domain.plans import referral
from rebate.domain.records import dataclass, replace
from rebate.domain.wire import Unknown
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Clock, Credit, Put, Remove, Store, Write
from rebate.usecases.storage.rows import (
    SHARDS,
    Commission,
    Inbox,
    Journal,
    Key,
    Member,
    Paid,
    Shop,
    StatementEntry,
    StatementMovement,
    inbox_partition,
    key_of,
)

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
            Conflict: the wallets above were written to all the time; a later ring goes on.
        """
        for attempt in range(ATTEMPTS):
            try:
                return self._settle(order)
            except Conflict:
                if attempt == ATTEMPTS - 1:
                    raise
        return 0

    def _settle(self, name: OrderId) -> int:
        waiting = self._waiting(name)
        if not waiting:
            return 0
        order = load_order(self.store, name)
        rung = [row for row in waiting if row.gate is None or order.version > row.gate[1]]
        if not rung:
            return 0
        known = self.store.get(Commission, Key(name))
        after = self._due(order, known)
        writes: list[Write] = [Remove(Inbox, key_of(row)) for row in rung]
        if after and after != known:
            writes += self._book(order, known, after)
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

    def _due(self, order: Order, known: Commission | None) -> Commission | None:
        """Return what the order owes now; None before it settles. Who gets what is fixed then."""
        terms = self.settings.in_force().terms.of(referral.PLAN)
        if known is None:
            on_payment = terms.settle_on is Moment.PAID
            if order.digest is None or not (on_payment or order.completed_at is not None):
                return None
            rewards = self._rewards(order, terms)
            known = Commission(order.id, tuple(Paid(reward) for reward in rewards))
        left = sum(order.left().values())
        paid = tuple(replace(each, amount=each.reward.amount(left)) for each in known.paid)
        return replace(known, paid=paid, turnover=left)

    def _rewards(self, order: Order, terms: referral.ReferralTerms) -> list[referral.Reward]:
        above: list[referral.Above] = []
        member = self.store.get(Member, Key(order.member)) if order.member else None
        while member and member.referrer and len(above) < terms.max_depth:
            referrer = member.referrer
            member = self.store.get(Member, Key(referrer))
            above.append(referral.Above(referrer, member.rank if member else None))
        return referral.rewards(terms, above, self._merchant(order))

    def _merchant(self, order: Order) -> referral.Merchant | None:
        shop = self.store.get(Shop, Key(order.store)) if order.store else None
        if order.channel == "mall" or shop is None or shop.referrer is None:
            return None
        return referral.Merchant(shop.referrer, shop.concession_bps or 0)

    def _book(self, order: Order, known: Commission | None, after: Commission) -> list[Write]:
        version = known.version if known else 0
        before = known.paid if known else tuple(replace(paid, amount=0) for paid in after.paid)
        source, now = referral.queue_of(order.id), self.clock.now()
        changes: dict[MemberId, int] = {}
        events: list[CommissionPaid] = []
        for was, paid in zip(before, after.paid, strict=True):
            difference, reward = paid.amount - was.amount, paid.reward
            if difference:
                changes[reward.member] = changes.get(reward.member, 0) + difference
                base = reward.base(after.turnover)
                events.append(
                    CommissionPaid(
                        reward.kind, reward.member, difference, base, reward.ratio_bps, order.id
                    )
                )
        writes: list[Write] = [Put(replace(after, version=version + 1), expects=version)]
        if changes:
            postings = [
                Posting(wallet(m, BalanceType.CASH), amount) for m, amount in changes.items()
            ]
            postings.append(Posting(COMMISSIONS, -sum(changes.values())))
            entry = JournalEntry("commission", tuple(postings), order.id)
            writes.append(Put(Journal(source, version + 1, now, (entry,), tuple(events))))
        for member, amount in changes.items():
            moved = StatementMovement("commission", BalanceType.CASH, amount, order.id)
            writes.append(Credit(member, ((BalanceType.CASH, amount),)))
            writes.append(Put(StatementEntry(member, now, source, version + 1, (moved,))))
        return writes
