"""Ceilings of orders a minute: what comes faster is accepted and settled later (Rule 0.13).

Each order takes its part of a minute. Those of a minute may come at once; what comes on top waits
until the parts before it are over, by arrival. Nothing is refused.
"""

from rebate.domain.records import replace
from rebate.domain.times import SECOND, Instant
from rebate.usecases.storage.attempts import attempted
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import KnownSender

MINUTE = 60 * SECOND


def turn_of(store: Store, clock: Clock, sender: str, per_minute: int | None) -> Instant | None:
    """Take the turn of an order of `sender`; return when it may be settled, None: at once.

    Raises:
        Unavailable: others kept taking turns; try again later.
    """
    if per_minute is None:
        return None
    part = MINUTE // per_minute

    def attempt() -> Instant | None:
        known, now = store.get(KnownSender, Key(sender)), clock.now()
        if known is None:
            return None  # the first order of a sender
        begins = max(known.paced_to or now, now)
        paced = replace(known, paced_to=Instant(begins + part), version=known.version + 1)
        store.commit([Put(paced, expects=known.version)])
        may_be = Instant(begins - (MINUTE - part))
        return may_be if may_be > now else None

    return attempted(attempt, f"the pace of sender {sender}")
