"""What schedules start: clearing a queue, paying out its pool (Rules 1.6.3, 6.2, 7.3)."""

from rebate.domain.commands import Clear, PayPool
from rebate.domain.contributions import Work
from rebate.domain.deals import equally, first_then_next
from rebate.domain.desk import Desk, Gift
from rebate.domain.events import EntriesCleared
from rebate.domain.ledger import Draft, Till
from rebate.domain.records import replace
from rebate.domain.room import Full


def clear(desk: Desk, command: Clear) -> None:
    """Set all that waits to zero by one mark; the same instant clears once (Rule 1.6.3)."""
    cleared_at = desk.queue.cleared_at
    if cleared_at is not None and command.at <= cleared_at:
        return
    if desk.room.tickets:
        raise Full
    before = desk.queue
    desk.clear(command.at)
    standing, places = before.standing, (before.cleared_below, before.tickets)
    desk.events.append(EntriesCleared(standing.waiting, standing.owed, *places))


def pay_pool(work: Work, command: PayPool) -> None:
    """Pay the pool out, once an instant; what is left of it stays (Rules 6.2 and 7.3)."""
    desk = work.desk
    ran_at = desk.queue.ran_at
    if not work.begun and ran_at is not None and command.at <= ran_at:
        return
    if desk.room.tickets:
        raise Full
    gift = _gift(work, command)
    work.begun = True
    desk.queue = replace(desk.queue, ran_at=command.at)
    work.gift = gift
    deal = equally if command.equally else first_then_next
    deal(desk, gift)
    work.gift = None
    desk.post(gift.draft, Till.POOL, gift.left + gift.withheld)
    desk.close(gift.draft)


def _gift(work: Work, command: PayPool) -> Gift:
    """Take the pool, or what of it was in flight, into the hand."""
    desk, draft, flight = work.desk, Draft("pool_run"), work.resumed
    if flight is None:
        pool = desk.queue.figure(Till.POOL)
        amount = pool if command.limit is None else min(pool, command.limit)
        desk.post(draft, Till.POOL, -amount)
        return Gift(draft, command.at, amount)
    work.resumed = None
    desk.post(draft, Till.TRANSIT, -flight.in_transit)
    gift = Gift(draft, command.at, left=0)
    gift.go_on_from(flight)
    return gift
