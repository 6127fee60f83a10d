"""Allocation rules: whom an amount is paid to, and how much each gets.

A rule is the answer to the second and third question of a plan. It says whom to pay and pays
nobody: it yields payments, and `payouts.distribute` makes each before it asks for the next. So a
rule sees the line as its last payment left it, looks at no more of the line than it pays, and can
be stopped behind any payment: what has to be known to go on is `each` and `reached`.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from rebate.domain.distribution import Distribution, Reached
from rebate.domain.ledger import Reason
from rebate.domain.loaded_state import EntryRef
from rebate.domain.money import NOTHING, ZERO_BPS, Amount, Bps, equal_part, share, split, sum_of
from rebate.domain.names import GUEST
from rebate.domain.records import dataclass
from rebate.domain.waiting_line import PAYABLE_FOR_RUNS, WaitingLine


class Payment(NamedTuple):
    """What one receiver gets of a distribution.

    `receiver` is an entry, or None: the buyer, outside any entry. With it the rule has fixed
    `each`, and has come as far as `reached`.
    """

    receiver: EntryRef | None
    amount: Amount
    reason: Reason = Reason.QUEUE
    each: Amount | None = None
    reached: Reached = Reached()


Payments: TypeAlias = Callable[[WaitingLine, Distribution], Iterator[Payment]]


@dataclass(frozen=True, slots=True)
class AllocationRule:
    """How a distribution is allocated.

    `payments` yields whom to pay, from where the distribution came. The first `together` payments
    are made in one commit. `in_turn`: each is paid all that it lacks before the next gets anything,
    so that where the day's cap is met, nobody behind gets anything either (Rule 8.4).
    """

    payments: Payments
    together: int = 0
    in_turn: bool = False


def fifo() -> AllocationRule:
    """Pay the first payable entry up to what it lacks, then the next, and so on (Rule 1.2.3)."""
    return AllocationRule(_first_then_next, in_turn=True)


def collect() -> AllocationRule:
    """Pay nobody now: all of it is left over, for the pool (Rules 6.2, 7.1)."""
    return AllocationRule(_nobody)


def to_buyer() -> AllocationRule:
    """Pay the buyer at once, outside any entry (Rule 6.2)."""
    return AllocationRule(_buyer)


def one_receiver(*, referrer_first: bool) -> AllocationRule:
    """Pay all of it to one entry: the referrer's oldest, else the first in line (Rule 4.2)."""

    def payments(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
        if not distribution.left:
            return
        receiver, ticket = None, distribution.ticket
        if referrer_first and ticket and ticket.referrer:
            receiver = line.oldest_of(ticket.referrer, passing_over=distribution.passes_over)
        receiver = receiver or line.first(passing_over=distribution.passes_over)
        if receiver is not None:
            yield Payment(receiver, distribution.left)

    return AllocationRule(payments)


def fixed_shares(
    shares_bps: tuple[Bps, ...], *, referrer_bps: Bps = ZERO_BPS, buyer_bps: Bps = ZERO_BPS
) -> AllocationRule:
    """Give the first K entries set shares, after any acceleration (Rules 5.2, 5.3, 5.6).

    The amount is split once; the share of an entry that is absent or lacks less is left over.
    However many shares there are, a commit pays as many as fit.
    """

    def payments(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
        each = distribution.each
        if each is None:
            lines = distribution.ticket.lines if distribution.ticket else ()
            basis = sum_of(paid.entitlement_base for paid in lines)
            yield from _accelerations(line, distribution, basis, referrer_bps, buyer_bps)
            each = distribution.left
        for due in split(each, shares_bps)[distribution.reached.served :]:
            place, ordinal, served = distribution.reached
            receiver = line.next_after(
                place, ordinal, wanted=len(shares_bps), passing_over=distribution.passes_over
            )
            if receiver is None:
                return
            reached = Reached(*line.position(receiver), served + 1)
            amount = min(due, line.entry(receiver).outstanding)
            yield Payment(receiver, amount, each=each, reached=reached)

    return AllocationRule(payments, together=bool(referrer_bps) + bool(buyer_bps))


def collect_accelerated(referrer_bps: Bps) -> AllocationRule:
    """Leave all for the pool, but for a ratio of the profit to the referrer (Rule 7.4)."""

    def payments(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
        lines = distribution.ticket.lines if distribution.ticket else ()
        profit = sum_of(each.contribution_base for each in lines)
        return _accelerations(line, distribution, profit, referrer_bps, ZERO_BPS)

    return AllocationRule(payments, together=bool(referrer_bps))


def equal_shares() -> AllocationRule:
    """Pay every waiting entry the same, or what it lacks if that is less; one pass (Rule 6.2)."""
    return AllocationRule(_equally)


def _nobody(_line: WaitingLine, _distribution: Distribution) -> Iterator[Payment]:
    return iter(())


def _buyer(_line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
    """Yield all to the buyer; a guest gets none (Rule 0.14)."""
    if distribution.ticket and distribution.ticket.member != GUEST:
        yield Payment(None, distribution.left, Reason.OWN)


def _first_then_next(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
    """Yield payments until all is paid or nobody waits.

    An entry that waits and lacks nothing was read after somebody else had cleared the queue, so
    what is decided here will not be stored: it need only come to an end.
    """
    while distribution.left:
        first = line.first(passing_over=distribution.passes_over)
        outstanding = line.entry(first).outstanding if first else NOTHING
        if first is None or not outstanding:
            return
        yield Payment(first, min(distribution.left, outstanding))


def _equally(line: WaitingLine, distribution: Distribution) -> Iterator[Payment]:
    each = distribution.each
    if each is None:
        waiting = line.payable
        each = equal_part(distribution.left, waiting) if waiting else NOTHING
    while each:
        place, ordinal, served = distribution.reached
        receiver = line.next_after(place, ordinal, wanted=PAYABLE_FOR_RUNS)
        if receiver is None:
            return
        reached = Reached(*line.position(receiver), served)
        amount = min(each, line.entry(receiver).outstanding)
        yield Payment(receiver, amount, Reason.AVERAGE, each, reached)


def _accelerations(
    line: WaitingLine,
    distribution: Distribution,
    basis: Amount,
    referrer_bps: Bps,
    buyer_bps: Bps,
) -> Iterator[Payment]:
    """Yield a ratio of `basis` to the referrer's, then the buyer's, oldest entry (Rule 5.6).

    Each is taken out of the contribution proper, never out of the pool drawn with it.
    """
    ticket = distribution.ticket
    if ticket is None:
        return
    own = distribution.own
    for member, ratio, reason in (
        (ticket.referrer, referrer_bps, Reason.DIRECT),
        (ticket.member, buyer_bps, Reason.REPURCHASE),
    ):
        if not (member and ratio):
            continue
        receiver = line.oldest_of(member, passing_over=distribution.passes_over)
        if receiver is None:
            continue
        amount = min(share(basis, ratio), own, line.entry(receiver).outstanding)
        yield Payment(receiver, amount, reason)
        own -= amount
