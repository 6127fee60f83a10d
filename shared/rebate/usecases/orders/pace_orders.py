"""Ceilings of orders a minute: what comes faster is accepted and settled later (Rule 0.13).

Each order takes its part of a minute. Those of a minute may come at once; what comes on top waits
until the parts before it are over, by arrival. Nothing is refused.
"""

from rebate.domain.errors import Conflict, Unavailable
from rebate.domain.records import replace
from rebate.domain.times import SECOND, Instant
from rebate.usecases.storage.ports import Clock, Put, Store
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.orders import KnownSender

MINUTE = 60 * SECOND
ATTEMPTS = 10


def turn_of(store: Store, clock: Clock, sender: str, per_minute: int | None) -> Instant | None:
    """Take the turn of an order of `sender`; return when it may be settled, None: at once.

    Raises:
        Unavailable: others kept taking turns; try again later.
    """
    if per_minute is None:
        return None
    for _ in range(ATTEMPTS):
        known, now = store.get(KnownSender, Key(sender)), clock.now()
        if known is None:
            return None  # the first order of a sender
        begins = max(known.paced_to or now, now)
        part = MINUTE // per_minute
        paced = replace(known, paced_to=Instant(begins + part), version=known.version + 1)
        try:
            store.commit([Put(paced, expects=known.version)])
        except Conflict:
            continue
        may_be = Instant(begins - (MINUTE - part))
        return may_be if may_be > now else None
    raise Unavailable(f"others keep sending orders of {sender}")
