"""The shareholder dividend: a part of the turnover since the last one, shared out (Rule 2.3).

A run first counts orders, marking each with its name, then pays its members; both in steps that
can be stopped and begun again anywhere, since the run's row changes with what each step does.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from rebate.domain.events import CommissionPaid
from rebate.domain.ledger import COMMISSIONS, BalanceType, JournalEntry, Posting, wallet
from rebate.domain.money import Amount, share
from rebate.domain.names import MemberId
from rebate.domain.plans import referral
from rebate.domain.plans.referral import DividendTerms as Rules
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, iso
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.storage.ports import Clock, Credit, Put, Store, Write
from rebate.usecases.storage.rows import (
    Commission,
    DividendRun,
    Journal,
    Key,
    Member,
    StatementEntry,
    StatementMovement,
)

ORDERS_A_STEP = 90
MEMBERS_A_STEP = 40


@dataclass(frozen=True, slots=True)
class DividendPayment:
    """Runs dividends; the same instant is one run, however often it is started."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def run(self, at: Instant) -> DividendRun | None:
        """Share a part of the turnover since the last run among the members of the set rank.

        Returns the finished run; None if no dividend is set or nobody has the rank, in which
        case the turnover waits for the next run.

        Raises:
            Conflict: the same run is being carried out by somebody else.
        """
        terms = self.settings.in_force().terms
        rules = terms.of(referral.PLAN).dividend if terms.has_on(referral.PLAN) else None
        run = self.store.get(DividendRun, Key(iso(at))) or DividendRun(iso(at), at)
        holders = self._holders(rules) if rules else []
        if rules is None or not (holders or run.parts):
            return None
        if not run.parts and not run.finished:
            run = self._count(run)
            run = self._store(replace(run, parts=_parts(rules, run.turnover, holders)))
        while not run.finished:
            run = self._pay(run, rules)
        return run

    def _holders(self, rules: Rules) -> list[MemberId]:
        return sorted(member.id for member in self.store.scan(Member) if member.rank == rules.rank)

    def _count(self, run: DividendRun) -> DividendRun:
        """Add up the orders that no run has counted, marking them as counted by this one."""
        open_orders = (each for each in self.store.scan(Commission) if each.divided is None)
        for step in _steps(open_orders, ORDERS_A_STEP):
            marked: list[Write] = [
                Put(replace(o, divided=run.id, version=o.version + 1), expects=o.version)
                for o in step
            ]
            counted = replace(run, turnover=run.turnover + sum(o.turnover for o in step))
            run = self._store(counted, marked)
        return run

    def _pay(self, run: DividendRun, rules: Rules) -> DividendRun:
        step = run.parts[run.done : run.done + MEMBERS_A_STEP]
        done = run.done + len(step)
        paid = [(member, amount) for member, amount in step if amount]
        after = replace(run, done=done, finished=done == len(run.parts))
        return self._store(after, self._money(after, paid, rules))

    def _money(
        self, run: DividendRun, paid: Sequence[tuple[MemberId, Amount]], rules: Rules
    ) -> list[Write]:
        if not paid:
            return []
        source, number, now = f"dividend/{run.id}", run.version + 1, self.clock.now()
        postings = [Posting(wallet(member, BalanceType.CASH), amount) for member, amount in paid]
        postings.append(Posting(COMMISSIONS, -sum(amount for _, amount in paid)))
        events = tuple(
            CommissionPaid("dividend", member, amount, run.turnover, rules.bps, period=run.id)
            for member, amount in paid
        )
        entry = JournalEntry("dividend", tuple(postings))
        writes: list[Write] = [Put(Journal(source, number, now, (entry,), events))]
        for member, amount in paid:
            moved = (StatementMovement("dividend", BalanceType.CASH, amount),)
            writes.append(Credit(member, ((BalanceType.CASH, amount),)))
            writes.append(Put(StatementEntry(member, now, source, number, moved)))
        return writes

    def _store(self, run: DividendRun, more: Sequence[Write] = ()) -> DividendRun:
        after = replace(run, version=run.version + 1)
        self.store.commit([Put(after, expects=run.version), *more])
        return after


def _parts(
    rules: Rules, turnover: Amount, holders: Sequence[MemberId]
) -> tuple[tuple[MemberId, Amount], ...]:
    """Split by weight; left-over units go one each in order."""
    weights = [rules.weights.get(member, 1) for member in holders]
    total = share(turnover, rules.bps)
    parts = [total * weight // sum(weights) for weight in weights]
    left_over = total - sum(parts)
    return tuple(
        (member, part + (place < left_over))
        for place, (member, part) in enumerate(zip(holders, parts, strict=True))
    )


def _steps(rows: Iterable[Commission], size: int) -> Iterator[list[Commission]]:
    source = iter(rows)
    while step := list(islice(source, size)):
        yield step
