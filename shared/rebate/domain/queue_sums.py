"""What all queues come to together, by plan: sums of their rows (Rules 8.1 and 8.8)."""

from collections.abc import Mapping
from typing import Annotated

from rebate.domain.ledger import BalanceType, QueueAccount
from rebate.domain.money import NOTHING, Amount, sum_of
from rebate.domain.names import NO_QUEUE, MemberId, QueueId
from rebate.domain.queues import Age, Queue
from rebate.domain.records import dataclass, field, replace
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.domain.wire import money, stored_as, wire

POCKETS = (BalanceType.POINTS, BalanceType.LOVE, BalanceType.LOVE_FROZEN, BalanceType.VOUCHER)
"""What members hold beside money, and can still turn into something."""


@stored_as("plan_sums")
@dataclass(frozen=True, slots=True)
class PlanSums:
    """Sums of a plan's queues.

    `figures` are those of their accounts, as operators read them. `older` is owed of orders from
    before debts were kept by month. Nothing joins the `stalled` ones, in which something is;
    `uncounted` have entries that wait for rewards, not for an amount. `first` owes most.
    """

    queues: Annotated[int, wire("queues", absent=0)] = 0
    stalled: Annotated[int, wire("stalled", absent=0)] = 0
    uncounted: Annotated[int, wire("uncounted", absent=0)] = 0
    entries: Annotated[int, wire("entries", absent=0)] = 0
    waiting: Annotated[int, wire("waiting", absent=0)] = 0
    owed: Annotated[Amount, money("owed", absent=0)] = NOTHING
    older: Annotated[Amount, money("older", absent=0)] = NOTHING
    figures: Annotated[dict[str, Amount], wire("figures", absent={})] = field(default_factory=dict)
    ages: Annotated[dict[str, Age], wire("ages", absent={})] = field(default_factory=dict)
    first: Annotated[QueueId, wire("first", absent="")] = NO_QUEUE
    first_owed: Annotated[Amount, money("first_owed", absent=0)] = NOTHING

    def figure(self, account: QueueAccount) -> Amount:
        """Return what one account of all these queues amounts to."""
        return self.figures.get(account, NOTHING)

    def plus(self, queue: Queue, *, stalled: bool) -> "PlanSums":
        """Return the sums with one more queue."""
        standing, ages = queue.standing, dict(self.ages)
        for month, age in queue.ages.items():
            ages[month] = ages.get(month, Age()).plus(age.promised, age.paid, age.waiting)
        most = standing.owed > self.first_owed or (standing.waiting > 0 and not self.first)
        return PlanSums(
            self.queues + 1,
            self.stalled + stalled,
            self.uncounted + (standing.waiting > 0 and not standing.owed),
            self.entries + queue.entries,
            self.waiting + standing.waiting,
            self.owed + standing.owed,
            self.older + standing.owed - sum_of(age.waiting for age in queue.ages.values()),
            _added(self.figures, {each: queue.figure(QueueAccount(each)) for each in queue.tills}),
            ages,
            queue.id if most else self.first,
            standing.owed if most else self.first_owed,
        )


@stored_as("all_sums")
@dataclass(frozen=True, slots=True)
class AllSums:
    """Sums over all queues by plan, and what members hold by pocket, as of `at` or later.

    While they are made, `queue` and `member` are the last of which they hold something; `is_over`
    once they hold all.
    """

    at: Annotated[Instant, wire("at")]
    plans: Annotated[dict[str, PlanSums], wire("plans", absent={})] = field(default_factory=dict)
    held: Annotated[dict[str, Amount], wire("held", absent={})] = field(default_factory=dict)
    queue: Annotated[QueueId, wire("queue", absent="")] = NO_QUEUE
    member: Annotated[MemberId, wire("member", absent="")] = MemberId("")
    has_queues: Annotated[bool, wire("has_queues", absent=False)] = False
    is_over: Annotated[bool, wire("is_over", absent=False)] = False

    def plus_queue(self, queue: Queue, plan: str, *, stalled: bool) -> "AllSums":
        """Return the sums with one more queue of a plan."""
        sums = self.plans.get(plan, PlanSums()).plus(queue, stalled=stalled)
        return replace(self, plans={**self.plans, plan: sums}, queue=queue.id)

    def plus_wallet(self, wallet: Wallet) -> "AllSums":
        """Return the sums with what one more member holds."""
        more = {str(pocket): wallet.balances.get(pocket, NOTHING) for pocket in POCKETS}
        return replace(self, held=_added(self.held, more), member=wallet.member)


def _added(sums: Mapping[str, Amount], more: Mapping[str, Amount]) -> dict[str, Amount]:
    return dict(sums) | {name: sums.get(name, NOTHING) + add for name, add in more.items()}
