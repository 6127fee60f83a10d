"""What the settings in force mean, as values: they are stored beside the document that they are of.

So what settles, prices and shows need not read the document, nor load what checks one.
"""

from typing import Annotated
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
from rebate.domain.wire import money, stored_as, wire

EDITION = 3
"""Raise it when these values change, or what a setting comes to: stored ones are made anew then."""


@stored_as("display")
@dataclass(frozen=True, slots=True)
class Display:
    """How the base plan is called, and what of it members see (Rule 1.4, 7, 8 and 19 to 23)."""

    plan: Annotated[str | None, wire("plan", absent=None)] = None
    exchange: Annotated[str | None, wire("exchange", absent=None)] = None
    progress: Annotated[bool, wire("progress", absent=True)] = True
    earned: Annotated[bool, wire("earned", absent=True)] = True
    waiting: Annotated[bool, wire("waiting", absent=True)] = True
    member: Annotated[bool, wire("member", absent=True)] = True
    waiting_amount: Annotated[bool, wire("waiting_amount", absent=True)] = True


@stored_as("terms")
@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of all plans, also of those that are off: they settle what they accepted.

    `on` names the plans that are on. `rebates_per_day` is the most that may be paid to entries on a
    day, in minor units (Rule 8.4); `default_margin_bps` is that of products of which none is known.
    """

    zone: Annotated[ZoneInfo, wire("zone")]
    on: Annotated[frozenset[str], wire("on")]
    queue_rebate: Annotated[queue_rebate_terms.Terms, wire("queue_rebate")]
    order_queue: Annotated[order_queue.Terms, wire("order_queue")]
    alliance: Annotated[alliance.Terms, wire("alliance")]
    red_packet: Annotated[red_packet.Terms, wire("red_packet")]
    union: Annotated[union.Terms, wire("union")]
    referral: Annotated[referral.Terms, wire("referral")]
    currency: Annotated[str, wire("currency", absent="")] = ""
    display: Annotated[Display, wire("display", absent={})] = Display()
    rebates_per_day: Annotated[Amount | None, money("rebates_per_day", absent=None)] = None
    default_margin_bps: Annotated[Bps, wire("default_margin_bps", absent=0)] = 0
