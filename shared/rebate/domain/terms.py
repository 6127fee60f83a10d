"""What the settings in force mean, as values: they are stored beside the document that they are of.

So what settles, prices and shows need not read the document, nor load what checks one.
"""

from zoneinfo import ZoneInfo

from rebate.domain.money import Amount, Bps
from rebate.domain.plans import (
    alliance,
    order_queue,
    queue_rebate_terms,
    red_packet,
    referral,
    union,
)
from rebate.domain.records import dataclass
from rebate.domain.senders import Senders

EDITION = 4
"""Raise it when these values change, or what a setting comes to: stored ones are made anew then."""


@dataclass(frozen=True, slots=True)
class Display:
    """How the base plan is called, and what of it members see (Rule 1.4, 7, 8 and 19 to 23)."""

    plan: str | None = None
    exchange: str | None = None
    progress: bool = True
    earned: bool = True
    waiting: bool = True
    member: bool = True
    waiting_amount: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all plans, also of those that are off: they settle what they accepted.

    `on` names the plans that are on. `rebates_per_day` is the most that may be paid to entries on a
    day, in minor units (Rule 8.4); `default_margin_bps` is that of products of which none is known.
    What came before its order is kept for `early_days` (None: for ever).
    """

    zone: ZoneInfo
    on: frozenset[str]
    queue_rebate: queue_rebate_terms.Terms
    order_queue: order_queue.Terms
    alliance: alliance.Terms
    red_packet: red_packet.Terms
    union: union.Terms
    referral: referral.Terms
    currency: str = ""
    display: Display = Display()
    rebates_per_day: Amount | None = None
    default_margin_bps: Bps = 0
    senders: Senders = Senders()
    early_days: int | None = None
