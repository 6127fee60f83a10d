"""Tickets: what one order gives to, and gets from, one queue (Rules 0.4, 0.5, 1.2).

A ticket is written when its order is accepted, and from then on only by its queue's settlement.
It holds a line per order line in the queue-rebate plan, and one line for the whole order in the
other plans (Rule 0.4.1), so that both are settled by the same code.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from operator import add, sub
from typing import Annotated, NamedTuple

from rebate.domain.commissions import Commissions
from rebate.domain.draws import Group, Lottery, Luck, RandomReturnTerms, drawn_ratio
from rebate.domain.ledger import BalanceType, Reason
from rebate.domain.money import (
    NOTHING,
    WHOLE,
    ZERO_BPS,
    Amount,
    Bps,
    in_proportion,
    share,
    split,
    sum_of,
)
from rebate.domain.names import (
    NO_QUEUE,
    EntryId,
    LineId,
    MemberId,
    OrderId,
    ProductId,
    QueueId,
    StoreId,
    TicketKey,
    entry_id,
)
from rebate.domain.profits import Source, profit_of
from rebate.domain.records import dataclass, field, replace
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire

COMMITS_KEPT, FIRST_KEPT = 200, 20
"""Commits that a ticket names at most, and how many of these are its first: a refund of a cent at
a time would make it too long to be stored."""


@stored_as("status", is_open=True)
class Status(StrEnum):
    """States of an entry (Rule 0.6).

    `HELD` and `CLEARED` are never stored: an entry that waits is held while its order is not
    completed and the plan pays completed orders first, and cleared once its queue was cleared
    after it joined. So neither a change of settings nor a clearing touches an entry. `MERGED`: what
    it lacked is an entry of another queue now (Rule 1.5.5).
    """

    HELD = "held"
    WAITING = "waiting"
    COMPLETED = "completed"
    EXCHANGED = "exchanged"
    CONVERTED = "converted"
    CLEARED = "cleared"
    MERGED = "merged"
    REFUNDED = "refunded"


@stored_as("conversion")
@dataclass(frozen=True, slots=True)
class Conversion:
    """What an entry was turned into: `amount` of `pocket` at `ratio_bps` (Rules 1.6.1, 1.6.2)."""

    pocket: Annotated[BalanceType, wire("pocket")]
    ratio_bps: Annotated[Bps, wire("ratio_bps")]
    amount: Annotated[Amount, money("amount")]


@stored_as("received")
@dataclass(frozen=True, slots=True)
class Received:
    """A counted reward (Rule 4.3): what it was before any cut, and what was paid of it.

    `times`: so many came in a row that were alike.
    """

    reward: Annotated[Amount, money("reward")]
    paid: Annotated[Amount, money("paid")]
    times: Annotated[int, wire("times", absent=1)] = 1


@stored_as("entry", 3)
@dataclass(frozen=True, slots=True)
class Entry:
    """A place in line (Rule 0.5), in minor units.

    `entitlement` is None where a plan counts rewards instead of money (Rule 4.3).
    `ordinal` counts the queue's entries in order of joining, from 0. What a draw can be checked
    by stays here: `drawn_on`, the day (ISO 8601) whose seed decided the lottery, and `group`, the
    places of random return that were left when the entry took one.
    `by_reason` is what `paid` comes of (Rule 5.7), what was taken back below zero; an entry paid
    before reasons were kept has only the later ones.
    `received` are counted rewards, in order; without those from before they were kept one by one.
    """

    entitlement: Annotated[Amount | None, money("entitlement")]
    ordinal: Annotated[int, wire("ordinal")]
    paid: Annotated[Amount, money("paid", absent=0)] = NOTHING
    rewards: Annotated[int, wire("rewards", absent=0)] = 0
    status: Annotated[Status, wire("status", absent="waiting")] = Status.WAITING
    drawn: Annotated[bool, wire("drawn", absent=False)] = False
    conversion: Annotated[Conversion | None, wire("conversion", absent=None)] = None
    drawn_on: Annotated[str | None, wire("drawn_on", absent=None)] = None
    group: Annotated[Group | None, wire("group", absent=None)] = None
    by_reason: Annotated[Mapping[Reason, Amount], wire("by_reason", absent={})] = field(
        default_factory=dict
    )
    received: Annotated[tuple[Received, ...], wire("received", absent=[])] = ()

    @property
    def outstanding(self) -> Amount:
        """What is still to be paid; 0 where rewards are counted."""
        return NOTHING if self.entitlement is None else self.entitlement - self.paid

    @property
    def waits(self) -> bool:
        """Whether nothing has ended this entry (its queue may have been cleared since)."""
        return self.status is Status.WAITING

    def plus(self, amount: Amount, reason: Reason) -> "Entry":
        """Return the entry paid so much more, or less where it is taken back."""
        if not amount:
            return self
        so_far = self.by_reason.get(reason, NOTHING)
        by_reason = {**self.by_reason, reason: so_far + amount}
        return replace(self, paid=self.paid + amount, by_reason=by_reason)

    def rewarded(self, reward: Amount, paid: Amount, reason: Reason) -> "Entry":
        """Return the entry after one more reward, of which so much was paid (Rules 4.3, 7a)."""
        one = Received(reward, paid)
        received = (*self.received, one)
        if self.received and replace(self.received[-1], times=1) == one:
            last = replace(one, times=self.received[-1].times + 1)
            received = (*self.received[:-1], last)
        return replace(self.plus(paid, reason), rewards=self.rewards + 1, received=received)


@stored_as("ticket_line", 4)
@dataclass(frozen=True, slots=True)
class TicketLine:
    """What one order line gives and gets, with the ratios it joined with (Rule 1.2).

    `contribution_base` and `entitlement_base` are the amounts after refunds on which contribution
    and entitlement are computed: both `paid`, but for the union plan, which gives from profit.
    `entitlement_bps` None: rewards are counted. `cap` is the highest entitlement (Rule 1.2.7).
    `contributes` False: it does not even draw the pool (Rule 1.5.5). `lottery` is what may be
    drawn where the lottery decided the ratio.
    `sources` are what the profit comes from where the line gives from it, less the commissions
    `net_of` which it is taken (Rule 7.1). `most` is the most that each part may give, empty: no
    bound (Rule 8.4).
    `received_before` is what it was paid in the queues from which it was merged (Rule 1.5.5), and
    `merged_into` the one in which it goes on, where that is not its ticket's.
    `settled` holds what each part contributed, None where it is not settled yet (empty: none
    is); `retained` is what of all that stayed with the platform.
    `first_entitlement_base` is `entitlement_base` before any refund where rewards are counted
    (None: not known).
    `buyer_paid` is what the buyer has of the own-purchase reward (None: nothing, or not known).
    """

    id: Annotated[LineId, wire("id")]
    contribution_base: Annotated[Amount, money("gives_from")]
    entitlement_base: Annotated[Amount, money("gets_from")]
    contribution_bps: Annotated[Bps, wire("gives_bps", absent=0)] = ZERO_BPS
    entitlement_bps: Annotated[Bps | None, wire("gets_bps", absent=None)] = None
    cap: Annotated[Amount | None, money("cap", absent=None)] = None
    joins: Annotated[bool, wire("joins", absent=True)] = True
    contributes: Annotated[bool, wire("contributes", absent=True)] = True
    product: Annotated[ProductId | None, wire("product", absent=None)] = None
    lottery: Annotated[Lottery | None, wire("lottery", absent=None)] = None
    random_return: Annotated[RandomReturnTerms | None, wire("random_return", absent=None)] = None
    sources: Annotated[tuple[Source, ...], wire("sources", absent=[])] = ()
    settled: Annotated[tuple[Amount | None, ...], wire("settled", absent=[])] = ()
    retained: Annotated[Amount, money("retained", absent=0)] = NOTHING
    entry: Annotated[Entry | None, wire("entry", absent=None)] = None
    received_before: Annotated[Amount, money("got", absent=0)] = NOTHING
    net_of: Annotated[Commissions | None, wire("net_of", absent=None)] = None
    most: Annotated[tuple[Amount, ...], wire("most", absent=[])] = ()
    first_entitlement_base: Annotated[Amount | None, money("first_gets_from", absent=None)] = None
    buyer_paid: Annotated[Amount | None, money("buyer_paid", absent=None)] = None
    merged_into: Annotated[QueueId, wire("merged_into", absent="")] = NO_QUEUE

    def without(self, refunded: Mapping[LineId, Amount]) -> "TicketLine":
        """Return the line after a refund of so much of its order lines (Rules 1.6.5 and 7a).

        The refund of an order line that made a loss does not raise the profit.
        """
        contribution_base = self.contribution_base - sum_of(refunded.values())
        entitlement_base = self.entitlement_base - sum_of(refunded.values())
        sources = tuple(
            replace(each, left=each.left - refunded.get(each.line, NOTHING))
            for each in self.sources
        )
        if sources:
            contribution_base = min(self.contribution_base, self.profit(sources, entitlement_base))
        return replace(
            self,
            contribution_base=contribution_base,
            entitlement_base=entitlement_base,
            sources=sources,
        )

    def net(self, commissions: Commissions) -> "TicketLine":
        """Return the line giving from its profit less commissions, whenever they are paid."""
        line = replace(self, net_of=commissions)
        return replace(line, contribution_base=line.profit(line.sources, line.entitlement_base))

    def profit(self, sources: Iterable[Source], paid: Amount) -> Amount:
        """Return the profit that the line gives from, if `paid` is what is left of the order."""
        commissions = sum_of(self.net_of.amounts(paid)) if self.net_of else NOTHING
        return max(NOTHING, profit_of(sources) - commissions)

    def at_most(self, most: tuple[Amount, ...]) -> "TicketLine":
        """Return the line with its parts bounded; a bound that was lower stays."""
        return replace(self, most=tuple(map(min, most, self.most)) if self.most else most)

    def promised(self) -> Amount | None:
        """Return what the line may get back in all (Rule 1.2.2); None: rewards are counted."""
        if self.entitlement_bps is None:
            return None
        promised = share(self.entitlement_base, self.entitlement_bps)
        return promised if self.cap is None else min(promised, self.cap)

    def entitlement(self) -> Amount | None:
        """Return what of it the line may get in its queue: what it did not get in an earlier."""
        promised = self.promised()
        return None if promised is None else max(NOTHING, promised - self.received_before)

    @property
    def is_merged(self) -> bool:
        """Whether the line's entry goes on in another queue (Rule 1.5.5)."""
        return self.entry is not None and self.entry.status is Status.MERGED

    def allowed(self, reward: Amount) -> Amount:
        """Return what of a counted reward the line may keep after its refunds (Rule 7a)."""
        if not self.entitlement_base:
            return NOTHING
        first = self.first_entitlement_base or self.entitlement_base
        return in_proportion(reward, self.entitlement_base, first)

    @property
    def earns(self) -> bool:
        """Whether the line gets a place: an entitlement of 0 earns none (Rule 0.12)."""
        return self.joins and (
            self.entitlement_base > 0 if self.entitlement_bps is None else bool(self.entitlement())
        )


@stored_as("ticket", 3)
@dataclass(frozen=True, slots=True)
class Ticket:
    """One order in one queue.

    `store` is where the order was made, None for the mall. `place` counts the tickets that
    joined the queue, from 0, and is None before joining and for an order that earns no entry.
    `parts_bps` divides a line's contribution (Rule 6.1). `origin` and `round` name a forced
    repurchase's first order and its number (Rule 4.4). `commits` are the queue's journal rows in
    which this order did something itself, its first and its last (`COMMITS_KEPT`); what others paid
    to it stands in its buyer's statement.
    `merged_into` names the queue in which those of its entries wait that are merged, unless their
    lines name another (Rule 1.4.1), `merged_from` the one from which this ticket came (Rule 1.5.5;
    `came_from`). `at_home`: it came to the queue to which its lines belonged then.
    `order_digest` is the fingerprint of what is fixed of its order.
    """

    queue: Annotated[QueueId, wire("queue")]
    order: Annotated[OrderId, wire("order")]
    member: Annotated[MemberId, wire("member")]
    lines: Annotated[tuple[TicketLine, ...], wire("lines")]
    paid_at: Annotated[Instant, wire("paid_at")]
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    parts_bps: Annotated[tuple[Bps, ...], wire("parts_bps", absent=[10000])] = (WHOLE,)
    joined: Annotated[bool, wire("joined", absent=False)] = False
    place: Annotated[int | None, wire("place", absent=None)] = None
    completed_at: Annotated[Instant | None, wire("completed_at", absent=None)] = None
    origin: Annotated[OrderId | None, wire("origin", absent=None)] = None
    round: Annotated[int, wire("round", absent=0)] = 0
    commits: Annotated[tuple[int, ...], wire("commits", absent=[])] = ()
    merged_from: Annotated[QueueId, wire("merged_from", absent="")] = NO_QUEUE
    merged_into: Annotated[QueueId, wire("merged_into", absent="")] = NO_QUEUE
    order_digest: Annotated[str, wire("order_digest", absent="")] = ""
    at_home: Annotated[bool, wire("at_home", absent=False)] = False

    @property
    def key(self) -> TicketKey:
        """Return what the ticket is found by within its queue."""
        return TicketKey(self.member, self.order, self.merged_from)

    def traced(self, number: int) -> "Ticket":
        """Return the ticket with one more commit in which its order did something (Rule 8.5)."""
        if number in self.commits:
            return self
        last = (*self.commits[FIRST_KEPT:], number)[FIRST_KEPT - COMMITS_KEPT :]
        return replace(self, commits=(*self.commits[:FIRST_KEPT], *last))

    @property
    def stays(self) -> bool:
        """Whether an operator brought it where it is, to which its lines did not belong."""
        return bool(self.merged_from) and not self.at_home

    def gives(self, index: int) -> tuple[Amount, ...]:
        """Return what line `index` contributes, part by part, at its present amounts."""
        line = self.lines[index]
        parts = split(share(line.contribution_base, line.contribution_bps), self.parts_bps)
        return tuple(map(min, parts, line.most)) if line.most else parts

    def entry_id(self, index: int) -> EntryId:
        """Return the public name of the entry of line `index`."""
        return entry_id(self.order, self.lines[index].id)

    def with_line(self, index: int, line: TicketLine) -> "Ticket":
        """Return the ticket with line `index` replaced."""
        return replace(self, lines=(*self.lines[:index], line, *self.lines[index + 1 :]))

    def with_entry(self, index: int, change: Callable[[Entry], Entry]) -> "Ticket":
        """Return the ticket with the entry of line `index` changed."""
        line = self.lines[index]
        assert line.entry is not None, f"{self.entry_id(index)} has no entry"
        return self.with_line(index, replace(line, entry=change(line.entry)))

    def index_of(self, line: LineId) -> int | None:
        """Return where `line` stands in the ticket, or None if it takes no part."""
        return next((i for i, known in enumerate(self.lines) if known.id == line), None)

    def goes_on_in(self) -> dict[QueueId, tuple[LineId, ...]]:
        """Return the queues in which lines go on that are merged, each with these, in order."""
        found: dict[QueueId, tuple[LineId, ...]] = {}
        for line in self.lines:
            if line.is_merged:
                into = line.merged_into or self.merged_into
                found[into] = (*found.get(into, ()), line.id)
        return found

    def into_of(self, index: int) -> QueueId:
        """Return the queue in which line `index` goes on; `NO_QUEUE`: it is not merged."""
        line = self.lines[index]
        return (line.merged_into or self.merged_into) if line.is_merged else NO_QUEUE

    def first_waiting(self) -> int | None:
        """Return the line of the first entry that still waits, or None."""
        return next(
            (i for i, each in enumerate(self.lines) if each.entry and each.entry.waits), None
        )

    @property
    def has_waiting(self) -> bool:
        """Whether any entry still waits; they end in order, so the last ones tell soonest."""
        return any(line.entry and line.entry.waits for line in reversed(self.lines))

    @property
    def standing(self) -> "WaitingTotals":
        """What this ticket adds to its queue's index of places."""
        if self.place is None:
            return WaitingTotals()
        waiting = [line.entry for line in self.lines if line.entry and line.entry.waits]
        count, owed = len(waiting), sum_of(entry.outstanding for entry in waiting)
        ready = self.completed_at is not None
        return WaitingTotals(count, owed, count if ready else 0, owed if ready else NOTHING)


class WaitingTotals(NamedTuple):
    """How many entries wait and what they lack; of these, those whose order completed."""

    waiting: int = 0
    owed: Amount = NOTHING
    ready: int = 0
    ready_owed: Amount = NOTHING

    def __add__(self, other: "WaitingTotals") -> "WaitingTotals":  # type: ignore[override]
        """Return both together: sums, where a tuple would be lengthened."""
        return WaitingTotals(*map(add, self, other))

    def __sub__(self, other: "WaitingTotals") -> "WaitingTotals":
        """Return what is left of this without `other`."""
        return WaitingTotals(*map(sub, self, other))

    def payable(self, *, completed_only: bool) -> int:
        """Return how many entries may be paid under the plan's reward order (Rule 1.4, 6)."""
        return self.ready if completed_only else self.waiting

    def payable_owed(self, *, completed_only: bool) -> Amount:
        """Return what those entries lack."""
        return self.ready_owed if completed_only else self.owed


def drawn(
    line: TicketLine, luck: Luck, prize_max: Amount | None, day: str | None = None
) -> TicketLine:
    """Return a line after its draw; one that is promised nothing any more is done (Rule 1.3.3)."""
    assert line.lottery is not None, f"line {line.id} has no lottery"
    assert line.entry is not None, f"line {line.id} has no entry"
    entry = replace(line.entry, drawn=True, drawn_on=day)
    won = drawn_ratio(line.lottery, luck)
    if won is None:
        return replace(line, entry=entry)
    caps = [cap for cap in (line.cap, prize_max) if cap is not None]
    line = replace(line, entitlement_bps=won, cap=min(caps, default=None))
    promised = line.entitlement()
    status = entry.status if promised else Status.COMPLETED
    return replace(line, entry=replace(entry, entitlement=promised, status=status))
