"""What the settings in force mean to the engine, as values: stored beside the document they are of.

So what settles and prices need not read the document, nor load what checks one.
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

EDITION = 2
"""Raise it when these values change, or what a setting comes to: stored ones are made anew then."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all plans, also of those that are off: they settle what they accepted.

    `on` names the plans that are on. `rebates_per_day` is the most that may be paid to entries on a
    day, in minor units (Rule 8.4); `default_margin_bps` is that of products of which none is known.
    """

    zone: ZoneInfo
    on: frozenset[str]
    queue_rebate: queue_rebate_terms.Terms
    order_queue: order_queue.Terms
    alliance: alliance.Terms
    red_packet: red_packet.Terms
    union: union.Terms
    referral: referral.Terms
    rebates_per_day: Amount | None = None
    default_margin_bps: Bps = 0
