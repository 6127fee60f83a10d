"""Plain joins: orders that were paid, under nothing but first in, first out, in one pass.

What most queues do all day: an order gives to whoever is first, and takes the last place. A run of
these is carried out over running sums: whoever is first is written once, when it has all or the run
ends, and so are the queue's accounts and its flow. It comes to the letter to what
`contributions.join` comes to one after another. What is not plain, what is begun, and what may not
fit into the commit is left to that (decision 36).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from rebate.domain.allocation import fifo
from rebate.domain.commands import Join, Keyed
from rebate.domain.events import EntryCompleted, RebatePaid
from rebate.domain.joining import joined_event, with_entries
from rebate.domain.ledger import (
    BalanceType,
    Draft,
    JournalKind,
    QueueAccount,
    Reason,
    queue_account,
)
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING, WHOLE, Amount, share, sum_of
from rebate.domain.names import OrderId, ProductId, StoreId, TicketKey
from rebate.domain.place_index import FANOUT, NodeKey
from rebate.domain.plan import Leftover, Part, Plan
from rebate.domain.posting import credit_member, enter_in_journal
from rebate.domain.records import replace
from rebate.domain.tickets import Entry, Status, Ticket, TicketLine
from rebate.domain.times import DAY, Instant
from rebate.domain.unit_of_work import UnitOfWork
from rebate.domain.volumes import DailyVolume, RecentVolume
from rebate.domain.write_budget import (
    POSTING_BYTES,
    STEP_BYTES,
    bytes_of,
    bytes_of_command,
    bytes_of_step,
)

LINES_MAX, PAYMENTS_MAX = 4, 8
"""Lines of a plain order, and payments that it makes: more are rare, and cost more to weigh."""

TOLD_BYTES = 30_000
"""Bytes of the journal's row that stay free: more than a step of the engine asks for."""

_PLAINEST = Plan(parts=(Part(fifo()),))


def is_plain(plan: Plan) -> bool:
    """Tell whether orders that are paid do nothing under a plan but pay in turn, and join.

    But for what is named here, which plain orders know or never meet, it has to choose nothing.
    """
    cap, parts = plan.daily_cap, plan.parts
    if not (cap is None or cap.most is None) or len(parts) != 1:
        return False
    chosen = replace(
        plan,
        parts=(replace(parts[0], leftover=Leftover.RETAIN),),
        completed_first=False,
        exchange_bps=(),
        prize_max=None,
        daily_cap=None,
        decimals=_PLAINEST.decimals,
        repurchase_bps=None,
        zone=None,
        home=_PLAINEST.home,
    )
    return chosen == _PLAINEST


class _Head:
    """An entry that was first in line, and what it has been paid since it was read."""

    __slots__ = ("before", "due", "paid", "payments", "ref", "ticket", "told")

    def __init__(self, ref: EntryRef, ticket: Ticket, entry: Entry) -> None:
        self.ref = ref
        self.ticket = ticket
        self.before = entry
        self.due = entry.outstanding
        self.paid = NOTHING
        self.payments = 0
        self.told = bytes_of_step(ticket)

    def pay(self, amount: Amount, payments: int = 1) -> None:
        """Count a payment, or (below nothing) take one back."""
        self.paid += amount
        self.due -= amount
        self.payments += payments

    def after(self) -> Entry:
        """Return the entry as it is now."""
        entry = self.before.plus(self.paid, Reason.QUEUE)
        status = entry.status if self.due else Status.COMPLETED
        return replace(entry, rewards=entry.rewards + self.payments, status=status)


class _Payment(NamedTuple):
    head: _Head
    amount: Amount
    is_last: bool


class _Gift(NamedTuple):
    """What a line gives: its own `amount` with the `pool`, in payments; so much is `left`."""

    amount: Amount
    pool: Amount
    payments: Sequence[_Payment]
    left: Amount


class PlainJoins:
    """Carries out plain joins of one decision."""

    def __init__(self, unit: UnitOfWork) -> None:
        """Work on `unit`, whose plan is plain."""
        self._unit = unit
        self._carries = unit.plan.parts[0].leftover is Leftover.CARRY
        self._rest = QueueAccount.POOL if self._carries else QueueAccount.RETAINED
        accounts = (QueueAccount.CONTRIBUTED, QueueAccount.POOL, self._rest)
        self._accounts = {each: queue_account(unit.queue.id, each) for each in accounts}
        self._account_bytes = POSTING_BYTES + bytes_of(unit.queue.id)
        self._at_home: dict[tuple[StoreId | None, ProductId | None], bool] = {}

    def run(self, commands: Sequence[Keyed], start: int = 0) -> int:
        """Carry out commands from number `start` on, as long as they are plain; return how many.

        Raises:
            DataMissing: a ticket that is needed was not loaded.
        """
        self._begin()
        for keyed in islice(commands, start, None):
            ticket = self._plain(keyed)
            if ticket is None or not self._join(keyed, ticket):
                break
        if self._joined:
            self._end()
        return len(self._joined)

    def _begin(self) -> None:
        queue = self._unit.queue
        self._tills = dict(queue.tills)
        self._flow = queue.flow
        self._today: DailyVolume | None = None
        self._tickets, self._entries = queue.tickets, queue.entries
        self._line: Iterator[EntryRef] = self._unit.line.in_line(None, start=0, wanted=4)
        self._heads: list[_Head] = []
        self._leaves: set[int | None] = set()
        self._joined: dict[TicketKey, Ticket] = {}
        self._joined_payable = False
        self._is_plain_no_more = False

    def _end(self) -> None:
        """Keep what the run came to."""
        unit = self._unit
        paid: dict[TicketKey, Ticket] = {}
        for head in self._heads:
            if head.payments:
                ticket, index = paid.get(head.ticket.key, head.ticket), head.ref.line
                line = replace(ticket.lines[index], entry=head.after())
                paid[ticket.key] = ticket.with_line(index, line)
        for ticket in (*paid.values(), *self._joined.values()):
            unit.line.save(ticket)
        unit.queue = replace(
            unit.queue,
            tills=self._tills,
            tickets=self._tickets,
            entries=self._entries,
            flow=self._flow_until_now(),
        )

    def _plain(self, keyed: Keyed) -> Ticket | None:
        """Return the ticket of a plain join; None: something else, or there is little room."""
        unit, command = self._unit, keyed.command
        if not isinstance(command, Join) or command.completed or command.repurchase is not None:
            return None
        if unit.queue.progress or unit.budget.left < keyed.rows + self._spare:
            return None
        ticket = unit.line.ticket(command.ticket)
        if ticket.joined or ticket.merged_into or ticket.key in self._joined:
            return None
        if ticket.parts_bps != (WHOLE,) or len(ticket.lines) > LINES_MAX:
            return None
        return ticket if all(self._is_plain(ticket, line) for line in ticket.lines) else None

    @property
    def _spare(self) -> int:
        """The rows that stay free: more than any step of the engine asks for."""
        return 4 + self._unit.queue.height

    def _is_plain(self, ticket: Ticket, line: TicketLine) -> bool:
        if line.settled or line.entry or line.random_return:
            return False
        if line.joins and line.entitlement_bps is None:
            return False
        return not line.contributes or self._is_at_home(ticket.store, line.product)

    def _is_at_home(self, store: StoreId | None, product: ProductId | None) -> bool:
        """Tell whether what is of a store and a product settles in this queue (Rule 1.4.1)."""
        known = self._at_home.get((store, product))
        if known is None:
            queue = self._unit.queue.id
            known = self._unit.plan.home(queue, store, product) == queue
            self._at_home[store, product] = known
        return known

    def _join(self, keyed: Keyed, ticket: Ticket) -> bool:
        """Carry out a join; False: it may not fit, or is not plain, and nothing is done."""
        gifts = self._gifts(ticket)
        lines = with_entries(ticket, self._entries)
        earned = [line.entry for line in lines if line.entry]
        place = self._tickets if earned else None
        if gifts is None or not self._fits(keyed, ticket, place, gifts):
            return False
        unit, at = self._unit, keyed.command.at
        unit.budget.begin(keyed.rows, bytes_of_command(keyed.command))
        for line, gift in zip(ticket.lines, gifts, strict=True):
            if gift:
                self._give(ticket, line, gift, at)
        joined = replace(
            ticket,
            lines=tuple(map(self._after, lines, gifts)),
            joined=True,
            place=place,
            commits=(*ticket.commits, unit.queue.version + 1),
        )
        self._touch(joined, place)
        unit.budget.tell(STEP_BYTES)
        self._joined[joined.key] = joined
        if earned:
            self._count(at, promised=sum_of(entry.entitlement or NOTHING for entry in earned))
            self._tickets, self._entries = self._tickets + 1, self._entries + len(earned)
            waits_for = unit.plan.completed_first and joined.completed_at is None
            self._joined_payable |= not waits_for
        for index, line in enumerate(joined.lines):
            if line.entry:
                unit.tell(joined_event(joined, index, line.entry))
        return True

    def _gifts(self, ticket: Ticket) -> list[_Gift | None] | None:
        """Return what each line gives, and count it as paid; None: it is not plain."""
        pool = self._tills.get(QueueAccount.POOL, NOTHING)
        made: list[_Payment] = []
        gifts: list[_Gift | None] = []
        for line in ticket.lines:
            gift = None
            if line.contributes:
                gift = self._gift(ticket, line, pool)
                pool = gift.left if self._carries else NOTHING
                made += gift.payments
            gifts.append(gift)
        if self._is_plain_no_more or len(made) > PAYMENTS_MAX:
            self._take_back(made)
            return None
        return gifts

    def _gift(self, ticket: Ticket, line: TicketLine, pool: Amount) -> _Gift:
        amount = share(line.contribution_base, line.contribution_bps)
        if line.most:
            amount = min(amount, line.most[0])
        left, payments = amount + pool, []
        while left and (head := self._head(ticket.order)):
            part = min(left, head.due)
            head.pay(part)
            payments.append(_Payment(head, part, is_last=not head.due))
            left -= part
        return _Gift(amount, pool, payments, left)

    def _head(self, gives: OrderId) -> _Head | None:
        """Return the first entry in line, None: nobody is paid, or it is not plain who is.

        Who joined in this run is in line at its end; the order that gives may have an entry that
        was merged; and one that lacks nothing was read while somebody else wrote.
        """
        if not (self._heads and self._heads[-1].due):
            ref = next(self._line, None)
            if ref is None:
                self._is_plain_no_more |= self._joined_payable
                return None
            ticket, entry = self._unit.line.ticket(ref.ticket), self._unit.line.entry(ref)
            self._heads.append(_Head(ref, ticket, entry))
        head = self._heads[-1]
        if head.due and head.ticket.order != gives:
            return head
        self._is_plain_no_more = True
        return None

    def _take_back(self, payments: Sequence[_Payment]) -> None:
        for payment in payments:
            payment.head.pay(-payment.amount, -1)

    def _fits(
        self, keyed: Keyed, ticket: Ticket, place: int | None, gifts: Sequence[_Gift | None]
    ) -> bool:
        """Tell whether a join fits into the commit; what was counted as paid is taken back if not.

        As long as a step's rows are free when all is done, no step of the engine would have lacked
        any on the way.
        """
        made = [payment for gift in gifts if gift for payment in gift.payments]
        heads = {payment.head.ref.ticket: payment.head for payment in made}
        members = {head.ticket.member for head in heads.values()}
        tickets = [(each.ticket, self._above(each.ticket.place)) for each in heads.values()]
        tickets.append((ticket, self._above(place)))
        steps = bytes_of_step(ticket) * (2 + 2 * len(gifts) + len(made))
        told = TOLD_BYTES + steps + sum(payment.head.told for payment in made)
        if self._unit.budget.has_room(keyed.rows + self._spare, told, tickets, members):
            return True
        self._take_back(made)
        return False

    def _above(self, place: int | None) -> list[NodeKey]:
        """Return the nodes above a place, none where those of its leaf are counted already."""
        leaf = None if place is None else (place - self._unit.queue.cleared_below) // FANOUT
        return [] if leaf in self._leaves else self._unit.above(place)

    def _touch(self, ticket: Ticket, place: int | None) -> None:
        self._unit.budget.touch(ticket, self._above(place))
        if place is not None:
            self._leaves.add((place - self._unit.queue.cleared_below) // FANOUT)

    def _give(self, ticket: Ticket, line: TicketLine, gift: _Gift, at: Instant) -> None:
        """Enter what a line gives in the books, and tell of it."""
        draft = Draft(JournalKind.CONTRIBUTION, ticket.order, line.id)
        self._post(draft, QueueAccount.CONTRIBUTED, -gift.amount)
        self._count(at, given=gift.amount, gifts=1)
        self._post(draft, QueueAccount.POOL, -gift.pool)
        for payment in gift.payments:
            self._pay(draft, payment, at)
        self._post(draft, self._rest, gift.left)
        enter_in_journal(self._unit, draft)

    def _pay(self, draft: Draft, payment: _Payment, at: Instant) -> None:
        unit, head, amount = self._unit, payment.head, payment.amount
        ticket, day = head.ticket, unit.day_of(at)
        self._touch(ticket, ticket.place)
        if day is not None:
            unit.paid_on[day] = unit.paid_on.get(day, NOTHING) + amount
        cash, reason = BalanceType.CASH, Reason.QUEUE
        credit_member(unit, draft, ticket.member, cash, amount, head.ref, reason)
        name = ticket.entry_id(head.ref.line)
        unit.tell(RebatePaid(name, ticket.member, ticket.order, amount, cash, draft.order, reason))
        if payment.is_last:
            paid = head.before.paid + head.paid
            unit.tell(EntryCompleted(name, ticket.member, ticket.order, paid))

    def _after(self, line: TicketLine, gift: _Gift | None) -> TicketLine:
        """Return a line that joined as it is after what it gave."""
        if gift is None:
            return line
        retained = NOTHING if self._carries else min(gift.left, gift.amount)
        return replace(line, settled=(gift.amount,), retained=line.retained + retained)

    def _post(self, draft: Draft, account: QueueAccount, amount: Amount) -> None:
        if amount:
            draft.post(self._accounts[account], amount)
            self._unit.budget.tell(self._account_bytes)
            self._tills[account] = self._tills.get(account, NOTHING) + amount

    def _count(
        self, at: Instant, *, given: Amount = NOTHING, gifts: int = 0, promised: Amount = NOTHING
    ) -> None:
        """Count in the queue's flow, a day at a time."""
        day = at // DAY
        if self._today is None or self._today.day != day:
            self._flow, self._today = self._flow_until_now(), DailyVolume(day)
        self._today = self._today.plus(given, gifts, promised)

    def _flow_until_now(self) -> RecentVolume:
        today = self._today
        if today is None:
            return self._flow
        at = Instant(today.day * DAY)
        return self._flow.plus(at, given=today.given, gifts=today.gifts, promised=today.promised)
