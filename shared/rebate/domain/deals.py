"""How a contribution is dealt out over entries (the plans' second and third question)."""

from rebate.domain.desk import Desk, Gift
from rebate.domain.ledger import Reason
from rebate.domain.lineup import HEADS_FOR_RUNS
from rebate.domain.money import Amount, Bps, share, split
from rebate.domain.plan import Deal


def first_then_next(desk: Desk, gift: Gift) -> None:
    """Pay the first payable entry up to what it lacks, then the next, and so on (Rule 1.2.3).

    Where the day's cap is met, what those behind would have had is withheld at once (Rule 8.4): the
    line is not walked for nothing. One that waits and lacks nothing was read after somebody else
    had cleared the queue, so what is decided here will not be stored: it need only come to an end.
    """
    while gift.left:
        head = desk.line.first(passing_over=gift.passes_over)
        lacks = desk.line.entry(head).lacks if head else 0
        if head is None or not lacks:
            return
        desk.pay(head, min(gift.left, lacks), gift)
        if gift.withheld:
            desk.withhold_behind(head, gift)
            return


def collect(_desk: Desk, _gift: Gift) -> None:
    """Pay nobody now: all of it is left over, for the pool (Rules 6.2, 7.1)."""


def to_buyer(desk: Desk, gift: Gift) -> None:
    """Pay the buyer at once, outside any entry (Rule 6.2)."""
    desk.reward_buyer(gift)


def one_receiver(*, referrer_first: bool) -> Deal:
    """Pay all of it to one entry: the referrer's oldest, else the head of the line (Rule 4.2)."""

    def deal(desk: Desk, gift: Gift) -> None:
        if not gift.left:
            return
        receiver = None
        if referrer_first and gift.ticket and gift.ticket.referrer:
            receiver = desk.line.oldest_of(gift.ticket.referrer, passing_over=gift.passes_over)
        receiver = receiver or desk.line.first(passing_over=gift.passes_over)
        if receiver is not None:
            desk.pay(receiver, gift.left, gift)

    return deal


def over_heads(heads_bps: tuple[Bps, ...], *, referrer_bps: Bps = 0, buyer_bps: Bps = 0) -> Deal:
    """Serve the first K entries with set shares, after any acceleration (Rules 5.2, 5.3, 5.6).

    The amount is split once; the share of a head that is absent or lacks less is left over.
    However many heads there are, a commit serves as many as fit.
    """
    accelerations = len([ratio for ratio in (referrer_bps, buyer_bps) if ratio])

    def deal(desk: Desk, gift: Gift) -> None:
        if gift.each is None:
            desk.require(receivers=accelerations)
            basis = sum(line.gets_from for line in gift.ticket.lines) if gift.ticket else 0
            _accelerate(desk, gift, basis, referrer_bps=referrer_bps, buyer_bps=buyer_bps)
            gift.each = gift.left
        for amount in split(gift.each, heads_bps)[gift.served :]:
            head = desk.line.next_after(
                gift.place, gift.ordinal, wanted=len(heads_bps), passing_over=gift.passes_over
            )
            if head is None:
                return
            desk.pay(head, min(amount, desk.line.entry(head).lacks), gift)
            gift.place, gift.ordinal = desk.line.position(head)
            gift.served += 1

    return deal


def collect_accelerated(referrer_bps: Bps) -> Deal:
    """Leave all for the pool, but for a ratio of the profit to the referrer (Rule 7.4)."""

    def deal(desk: Desk, gift: Gift) -> None:
        if gift.ticket and referrer_bps:
            desk.require(receivers=1)
            profit = sum(line.gives_from for line in gift.ticket.lines)
            _accelerate(desk, gift, profit, referrer_bps=referrer_bps, buyer_bps=0)

    return deal


def _accelerate(
    desk: Desk, gift: Gift, basis: Amount, *, referrer_bps: Bps, buyer_bps: Bps
) -> None:
    """Pay a ratio of `basis` to the referrer's, then the buyer's, oldest entry (Rule 5.6).

    Each is taken out of the contribution proper, never out of the pool drawn with it.
    """
    ticket = gift.ticket
    if ticket is None:
        return
    own = gift.own
    for member, ratio, reason in (
        (ticket.referrer, referrer_bps, Reason.DIRECT),
        (ticket.member, buyer_bps, Reason.REPURCHASE),
    ):
        if not (member and ratio):
            continue
        entry = desk.line.oldest_of(member, passing_over=gift.passes_over)
        if entry is None:
            continue
        amount = min(share(basis, ratio), own, desk.line.entry(entry).lacks)
        desk.pay(entry, amount, gift, reason=reason)
        own -= amount


def equally(desk: Desk, gift: Gift) -> None:
    """Pay every waiting entry the same, or what it lacks if that is less; one pass (Rule 6.2)."""
    if gift.each is None:
        waiting = desk.waiting
        gift.each = gift.left // waiting if waiting else 0
    while gift.each:
        entry = desk.line.next_after(gift.place, gift.ordinal, wanted=HEADS_FOR_RUNS)
        if entry is None:
            return
        desk.pay(entry, min(gift.each, desk.line.entry(entry).lacks), gift, reason=Reason.AVERAGE)
        gift.place, gift.ordinal = desk.line.position(entry)
