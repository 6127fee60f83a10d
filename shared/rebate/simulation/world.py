"""The state of a simulation, and the few ways in which money moves in it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush

from rebate.domain.draws import Luck, luck_of
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import EntryId
from rebate.domain.times import DAY, Instant
from rebate.simulation.books import Figures
from rebate.simulation.calendar import Calendar
from rebate.simulation.known import KnownMember, KnownProduct, KnownStore, Turnover
from rebate.simulation.rules import PLANS, SimulationRules
from rebate.simulation.scopes import Key
from rebate.simulation.state import COMPLETED, SimulatedEntry, SimulatedOrder, SimulatedQueue
from rebate.simulation.wallets import Lot, Wallets

PLATFORM = ("contributed", "retained", "borne", "clawed_back", "repurchased")


@dataclass(slots=True)
class SimulatedContribution:
    """What came of an amount that was dealt out: `left` found nobody, `withheld` met the cap."""

    left: Amount
    withheld: Amount = NOTHING


class World:
    """All that is known, and `now`: the instant of what happens.

    `known_until` is when the latest of it became known: what happens may have happened before that.
    `seed_of` makes the secret seed of a day (Rule 1.3.4). `changes`: settings may change on the
    way, so what a later version would want to know is counted from the start.
    """

    def __init__(
        self, rules: SimulationRules, seed_of: Callable[[date], bytes], *, changes: bool = False
    ) -> None:
        self.rules = rules
        self.calendar = Calendar(rules.zone)
        self.seed_of = seed_of
        self.changes = changes
        self.now = self.known_until = Instant(0)
        self.queues: dict[str, SimulatedQueue] = {}
        self.orders: dict[str, SimulatedOrder] = {}
        self.members: dict[str, KnownMember] = {}
        self.team_orders: dict[str, list[tuple[int, SimulatedOrder]]] = {}
        """Completed orders below a member, with how far below their buyers stood then."""
        self.products: dict[str, KnownProduct] = {}
        self.stores: dict[str, KnownStore] = {}
        self.wallets = Wallets()
        self.platform: dict[str, Amount] = dict.fromkeys(PLATFORM, NOTHING)
        self.commissions: Amount = NOTHING
        self.figures: dict[str, Figures] = {plan: Figures() for plan in PLANS}
        self.all = Figures()
        self.month = ""
        self.counted: dict[tuple[str, Key], list[date]] = {}
        self.rebates_on: dict[date, Amount] = defaultdict(Amount)
        self.borne_on: dict[date, Amount] = defaultdict(Amount)
        self.union_paid_on: dict[date, Amount] = {}
        self.turnover = Turnover()
        self.exits_checked: SimulationRules | None = None
        self.counts_days = changes or rules.rebates_per_day is not None
        self.counts_entries = changes or rules.has_limits
        self.settles: list[tuple[Instant, int, Callable[[], None]]] = []
        self._number = 0

    def member(self, name: str) -> KnownMember:
        """Return a member; unknown ones are made on first use."""
        found = self.members.get(name)
        if found is None:
            found = self.members[name] = KnownMember()
        return found

    def queue(self, queue_id: str, plan: str) -> SimulatedQueue:
        """Return a queue; it comes into being with the first order that belongs to it."""
        found = self.queues.get(queue_id)
        if found is None:
            found = self.queues[queue_id] = SimulatedQueue(queue_id, plan)
        return found

    def luck(self, name: str, at: Instant) -> Luck:
        """Return an entry's luck on the day of an instant."""
        return luck_of(self.seed_of(self.calendar.day(at)), EntryId(name))

    # What falls due by itself

    def settle_after(self, order: SimulatedOrder, plan: str, action: Callable[[], None]) -> None:
        """Do something once a completed order's return window is over (Rule 1.6.5.1).

        Without a window, or where that ended before the completion became known, do it now.
        """
        days = order.after_days.get(plan, 0)
        due = self.due_after(order, days)
        if not days or due <= self.known_until:
            action()
            return
        self._number += 1
        heappush(self.settles, (due, self._number, action))

    def arrive(self, at: Instant) -> None:
        """Do what is due before something that becomes known at `at`, by instant; then be there.

        What is known has no way back: what arrives out of order arrives when the latest did.
        """
        self.known_until = at = max(at, self.known_until)
        while self.settles and self.settles[0][0] <= at:
            due, _, action = heappop(self.settles)
            self.wallets.release(due)
            self.enter(due)
            action()
        self.wallets.release(at)
        self.enter(at)

    def enter(self, at: Instant) -> None:
        """Let it be `at`, and close the months that are over."""
        self.now = at
        month = self.calendar.month(at)
        if month > self.month:
            self.close_month(month)

    def close_month(self, following: str) -> None:
        """Mark what all figures came to by the end of the month."""
        if self.month:
            for figures in (self.all, *self.figures.values()):
                figures.mark(self.month)
        self.month = following

    def due_after(self, order: SimulatedOrder, days: int) -> Instant:
        """Return when an order that was completed is settled."""
        assert order.completed_at is not None, f"{order.id} was not completed"
        return Instant(order.completed_at + days * DAY)

    # How money moves

    def room(self, wanted: Amount) -> Amount:
        """Return what of `wanted` may leave today, and count it (Rule 8.4)."""
        if not self.counts_days:
            return wanted
        today = self.calendar.day(self.now)
        most = self.rules.rebates_per_day
        if most is not None:
            wanted = min(wanted, max(NOTHING, most - self.rebates_on[today]))
        self.rebates_on[today] += wanted
        return wanted

    def contribute(self, plan: str, amount: Amount, *, for_line: bool = True) -> None:
        """Count what an order gives."""
        self.platform["contributed"] += amount
        for figures in (self.all, self.figures[plan]):
            figures.contributed += amount
            if for_line:
                figures.for_line += amount

    def take_back(self, plan: str, retained: Amount, difference: Amount) -> Amount:
        """Let a contribution shrink: give up what was retained of it, bear the rest.

        Returns what was given up (Rule 1.6.5).
        """
        given_up = min(difference, retained)
        self.contribute(plan, -difference)
        self.platform["retained"] -= given_up
        self._bear(difference - given_up)
        return given_up

    def _bear(self, amount: Amount) -> None:
        """Bear what cannot be given up; past the day's most the plan is paused (Rule 1.6.5.2)."""
        self.platform["borne"] += amount
        most = self.rules.borne_per_day
        if most is not None and amount:
            today = self.calendar.day(self.now)
            self.borne_on[today] += amount
            if self.borne_on[today] > most:
                self.rules.switches.paused = True

    def join(self, queue: SimulatedQueue, entry: SimulatedEntry) -> None:
        """Let an entry take its place, and count what it is promised."""
        queue.join(entry, self.now)
        self.promise(queue, entry.entitlement or NOTHING)

    def promise(self, queue: SimulatedQueue, amount: Amount) -> None:
        """Count what entries are promised, and what is owed for it."""
        for figures in (self.all, self.figures[queue.plan]):
            figures.promised += amount
            figures.owed += amount

    def no_longer_owed(self, queue: SimulatedQueue, entry: SimulatedEntry) -> Amount:
        """Count that an entry ends, whatever it lacks; return that."""
        outstanding = (entry.entitlement or entry.paid) - entry.paid
        self.all.owed -= outstanding
        self.figures[queue.plan].owed -= outstanding
        return outstanding

    def pay(
        self, queue: SimulatedQueue, entry: SimulatedEntry, due: Amount, hold_days: int | None = 0
    ) -> Amount:
        """Pay an entry what the day has room for; return that. `hold_days` None: till collected."""
        amount = self.room(due) if self.counts_days else due
        entry.paid += amount
        self._count_paid(queue, entry, amount)
        assert entry.member is not None, "a guest has no entry"
        if amount:
            self.all.got.add(entry.member)
            self.figures[queue.plan].got.add(entry.member)
        self.credit(entry.member, entry.order, amount, hold_days)
        return amount

    def _count_paid(self, queue: SimulatedQueue, entry: SimulatedEntry, amount: Amount) -> None:
        mine, every = self.figures[queue.plan], self.all
        mine.rebated += amount
        every.rebated += amount
        if entry.entitlement is None:
            return
        for figures in (mine, every):
            figures.owed -= amount
            figures.paid_of_promised += amount
        if entry.paid == entry.entitlement:
            entry.status = COMPLETED
            wait = self.now - entry.joined_at
            mine.waits.append(wait)
            every.waits.append(wait)

    def credit(
        self, member: str | None, order: SimulatedOrder, amount: Amount, hold_days: int | None
    ) -> None:
        """Credit cash, or keep it pending until the order is so many days completed."""
        assert member is not None, "a guest earns nothing"
        if hold_days == 0 or not amount:
            self.wallets.cash[member] += amount
            return
        due = None
        if hold_days is not None and order.completed_at is not None:
            due = Instant(order.completed_at + hold_days * DAY)
            if due <= self.known_until:
                self.wallets.cash[member] += amount
                return
        self.wallets.hold(Lot(member, order.id, amount, hold_days), due)

    def fill(
        self,
        queue: SimulatedQueue,
        amount: Amount,
        passing: SimulatedOrder | None,
        hold_days: int | None = 0,
    ) -> SimulatedContribution:
        """Pay the first entry up to what it lacks, then the next, and so on (Rule 1.2.3).

        What a cap cuts is withheld, and so is what those behind would have had.
        """
        gift = SimulatedContribution(amount)
        if not amount:
            return gift
        for entry in queue.payable(passing):
            assert entry.entitlement is not None, "rewards that are counted are not filled"
            due = min(gift.left, entry.entitlement - entry.paid)
            paid = self.pay(queue, entry, due, hold_days)
            gift.left -= due
            gift.withheld += due - paid
            if not gift.left:
                break
        return gift

    def claw_back(self, plan: str, member: str, order: SimulatedOrder, amount: Amount) -> None:
        """Take back from pending money, then from cash, below zero if need be (Rule 3.6)."""
        if amount <= 0:
            return
        taken = (
            self.wallets.take_pending(member, order.id, amount) if self.wallets.lots else NOTHING
        )
        self.wallets.cash[member] -= amount - taken
        self.platform["clawed_back"] += amount
        self.all.rebated -= amount
        self.figures[plan].rebated -= amount

    def commission(self, member: str, amount: Amount) -> None:
        """Credit a commission, or take it back."""
        self.wallets.cash[member] += amount
        self.commissions += amount
        self.all.commissions += amount
        self.figures["referral"].commissions += amount
        if amount > 0:
            self.all.got.add(member)
            self.figures["referral"].got.add(member)
