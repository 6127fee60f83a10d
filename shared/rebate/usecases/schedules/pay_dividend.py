"""The shareholder dividend: a run closes a period and shares a part of its turnover (Rule 2.3.1).

A run takes what the tallies hold, then notes who holds the rank, then pays them; all in steps that
can be stopped and begun again anywhere, since the run's row changes with what each step does. Runs
follow each other: one that was not finished is finished before the next begins.
"""

from collections.abc import Sequence
from itertools import islice

from rebate.domain.commissions import CommissionKind
from rebate.domain.events import CommissionPaid, Event, RebateCapped
from rebate.domain.fingerprints import fingerprint
from rebate.domain.ledger import (
    COMMISSIONS,
    BalanceType,
    JournalEntry,
    JournalKind,
    Posting,
    wallet,
)
from rebate.domain.money import LEAST, NOTHING, Amount, in_proportion, share, sum_of, times
from rebate.domain.names import MemberId
from rebate.domain.plans import referral
from rebate.domain.plans.referral import DividendTerms as Rules
from rebate.domain.records import dataclass, replace
from rebate.domain.times import Instant, iso
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settlement.day_sums import Payday
from rebate.usecases.storage.ports import Clock, Credit, Put, Store, Write
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.commissions import DividendRun, Holder, Periods, Tally
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from rebate.usecases.storage.rows.keys import PERIODS, TALLIES, Key

MEMBERS_READ_A_STEP = 2_000
HOLDERS_NOTED_A_STEP = 90
HOLDERS_PAID_A_STEP = 30


@dataclass(frozen=True, slots=True)
class DividendPayment:
    """Runs dividends; the same instant is one run, however often it is started."""

    store: Store
    clock: Clock
    settings: SettingsReader

    def run(self, at: Instant) -> DividendRun | None:
        """Close the open period and share a part of its turnover among those of the set rank.

        It is shared as is set when the run begins, not when one before it was still to be finished.
        Returns the finished run; None if no dividend is set.

        Raises:
            Conflict: somebody else is at the same run, or settles orders; start it again.
        """
        while True:
            rules = self.settings.in_force().terms.of(referral.PLAN).dividend
            if rules is None:
                return None
            periods = self._periods()
            known = self._known(iso(at))
            if known and (known.finished or known.parts):
                return known
            run = self._known(periods.run) if periods.run else self._begin(periods, at, rules)
            while run and not run.finished:
                run = self._step(run, rules)

    def _begin(self, periods: Periods, at: Instant, rules: Rules) -> DividendRun:
        """Begin a run; the periods were read before it was found that there is none."""
        run = DividendRun(
            iso(at), at, version=1, period=periods.open, bps=rules.bps, rank=rules.rank
        )
        opened = replace(periods, run=run.id, version=periods.version + 1)
        self.store.commit([Put(opened, expects=periods.version), Put(run)])
        return run

    def _step(self, run: DividendRun, rules: Rules) -> DividendRun:
        if run.closed < len(TALLIES):
            return self._close(run)
        return self._pay(run) if run.sharing else self._note(run, rules)

    def _close(self, run: DividendRun) -> DividendRun:
        """Take what a tally holds; what is settled there from now on is of the next period."""
        shard = TALLIES[run.closed]
        tally = self.store.get(Tally, Key(shard)) or Tally(shard)
        taken = dict(run.taken)
        for period, amount in tally.turnover.items():
            taken[period] = taken.get(period, NOTHING) + amount
        version = tally.version
        emptied = replace(tally, turnover={}, period=run.period + 1, version=version + 1)
        after = replace(run, closed=run.closed + 1, taken=taken)
        return self._store(after, [Put(emptied, expects=version)])

    def _note(self, run: DividendRun, rules: Rules) -> DividendRun:
        """Note some who hold the rank; when all are noted, decide what becomes of the turnover."""
        periods = self._periods()
        turnover = _turnover(run, periods)
        if turnover < 0:
            return self._finish(replace(run, turnover=turnover), carried=turnover)
        last, holders = self._holders(run, rules)
        if last is not None:
            weights = dict(run.weights)
            for holder in holders:
                weights[str(holder.weight)] = weights.get(str(holder.weight), 0) + 1
            return self._store(replace(run, noted=last, weights=weights), [*map(Put, holders)])
        if not run.weights:
            lapsed = (run.period,) if turnover else ()
            return self._finish(replace(run, turnover=turnover), lapsed=lapsed)
        return self._store(replace(run, sharing=True, turnover=turnover))

    def _holders(self, run: DividendRun, rules: Rules) -> tuple[MemberId | None, list[Holder]]:
        """Return the next who hold the rank, and the last member read; None: all were read."""
        after = None if run.noted is None else Key(run.noted)
        last, found = None, []
        for member in islice(self.store.scan(Member, after=after), MEMBERS_READ_A_STEP):
            last = member.id
            if member.rank == run.rank:
                found.append(Holder(run.id, member.id, rules.weights.get(member.id, 1)))
            if len(found) == HOLDERS_NOTED_A_STEP:
                break
        return last, found

    def _pay(self, run: DividendRun) -> DividendRun:
        """Pay the next holders, as far as the day has room for them (Rule 8.4)."""
        page = self.store.query(Holder, run.id, after=run.reached, limit=HOLDERS_PAID_A_STEP)
        payday = Payday(self.store, self.settings.in_force(), run.at)
        due = [part_of(run, holder, place) for place, holder in enumerate(page, run.shared)]
        paid = [
            replace(each, paid=payday.grant(part)) for each, part in zip(page, due, strict=True)
        ]
        after = replace(
            run,
            reached=page[-1].member if page else run.reached,
            shared=run.shared + len(page),
            paid=run.paid + payday.paid,
        )
        row, moved = self._money(after, paid, due)
        after = replace(after, head=fingerprint(row) if row else run.head)
        writes = [*map(Put, paid), *moved]
        if payday.paid:
            tally = payday.tally(run.id)
            writes += [*payday.writes(tally), payday.counted(tally, payday.paid, None)]
        else:
            writes += payday.writes(None)
        if after.shared == sum(run.weights.values()):
            return self._finish(after, writes)
        return self._store(after, writes)

    def _money(
        self, run: DividendRun, paid: Sequence[Holder], due: Sequence[Amount]
    ) -> tuple[Journal | None, list[Write]]:
        """Return the journal row of what is paid, if anything is told, and all that is written."""
        source, number, now = f"dividend/{run.id}", run.version + 1, self.clock.now()
        given = [holder for holder in paid if holder.paid]
        postings = [Posting(wallet(each.member, BalanceType.CASH), each.paid) for each in given]
        postings.append(Posting(COMMISSIONS, -sum_of(each.paid for each in given)))
        entry = JournalEntry(JournalKind.DIVIDEND, tuple(postings))
        kind = CommissionKind.DIVIDEND
        events: list[Event] = [
            RebateCapped(None, each.member, None, part, each.paid, None, kind, run.id)
            for each, part in zip(paid, due, strict=True)
            if each.paid < part
        ]
        events += (
            CommissionPaid(kind, each.member, each.paid, run.turnover, run.bps, period=run.id)
            for each in given
        )
        if not events:
            return None, []
        entries = (entry,) if given else ()
        row = Journal(source, number, now, entries, tuple(events), run.head)
        writes: list[Write] = [Put(row)]
        for each in given:
            moved = (StatementMovement(JournalKind.DIVIDEND, BalanceType.CASH, each.paid),)
            writes.append(Credit(each.member, ((BalanceType.CASH, each.paid),)))
            writes.append(Put(StatementEntry(each.member, now, source, number, moved)))
        return row, writes

    def _finish(
        self,
        run: DividendRun,
        more: Sequence[Write] = (),
        *,
        carried: Amount = NOTHING,
        lapsed: tuple[int, ...] = (),
    ) -> DividendRun:
        """End a run, and open the next period; nobody else writes the periods while it is open."""
        before = self._periods()
        periods = replace(
            before,
            version=before.version + 1,
            open=run.period + 1,
            carried=carried,
            lapsed=(*before.lapsed, *lapsed),
            run=None,
        )
        return self._store(replace(run, finished=True), [*more, Put(periods)])

    def _known(self, name: str) -> DividendRun | None:
        return self.store.get(DividendRun, Key(name))

    def _periods(self) -> Periods:
        return self.store.get(Periods, PERIODS) or Periods()

    def _store(self, run: DividendRun, more: Sequence[Write] = ()) -> DividendRun:
        after = replace(run, version=run.version + 1)
        self.store.commit([Put(after, expects=run.version), *more])
        return after


def _turnover(run: DividendRun, periods: Periods) -> Amount:
    """Return what was settled in the period, less what was refunded of it and of shared ones."""
    lapsed = set(periods.lapsed)
    taken = sum_of(amount for period, amount in run.taken.items() if int(period) not in lapsed)
    return periods.carried + taken


def part_of(run: DividendRun, holder: Holder, place: int) -> Amount:
    """Return a holder's part: split by weight, left-over units one each in order (Rule 0.3)."""
    total = share(run.turnover, run.bps)
    weights = {int(weight): count for weight, count in run.weights.items()}
    of_all = sum(weight * count for weight, count in weights.items())
    whole = sum_of(
        times(in_proportion(total, weight, of_all), count) for weight, count in weights.items()
    )
    left_over = LEAST if place < total - whole else NOTHING
    return in_proportion(total, holder.weight, of_all) + left_over
