"""Remembering what a member looked at of their notices, whatever they look with (Rule 1.7)."""

from rebate.domain.names import MemberId
from rebate.domain.times import Instant
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.notices import NoticesSeen


def see_notices(store: Store, clock: Clock, member: MemberId, until: Instant) -> None:
    """Remember that a member looked at what they were told up to an instant, at most now.

    What was looked at stays so: an earlier instant changes nothing. No money hangs on it, so of
    two devices at once the later to write wins.
    """
    until = min(until, clock.now())
    known = seen_until(store, member)
    if known is None or until > known:
        store.commit([Put(NoticesSeen(member, until))])


def seen_until(store: Store, member: MemberId) -> Instant | None:
    """Return up to when a member looked at their notices; None: never."""
    known = store.get(NoticesSeen, Key(member))
    return known.until if known else None
