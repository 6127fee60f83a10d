"""Rows of orders beside the order's own, and of who sends and has bought."""

from typing import Annotated

from rebate.domain.money import Amount, sum_of
from rebate.domain.names import LineId, MemberId, OrderId
from rebate.domain.orders import OrderLine
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire


@stored_as("order_lines")
@dataclass(frozen=True, slots=True)
class OrderLines:
    """Further lines of a long order, number `row` from 1, of the content named by `digest`."""

    order: Annotated[OrderId, wire("order")]
    digest: Annotated[str, wire("digest")]
    row: Annotated[int, wire("row")]
    lines: Annotated[tuple[OrderLine, ...], wire("lines")]


@stored_as("order_refund")
@dataclass(frozen=True, slots=True)
class OrderRefund:
    """A refund of an order as it was accepted; its `name` is known per order (Rule 1.6.6).

    `digest` tells a repetition from other content; `amounts` are by line, in minor units.
    """

    order: Annotated[OrderId, wire("order")]
    name: Annotated[str, wire("name")]
    digest: Annotated[str, wire("digest")]
    at: Annotated[Instant, wire("at")]
    amounts: Annotated[dict[LineId, Amount], wire("amounts")]


@stored_as("unclaimed")
@dataclass(frozen=True, slots=True)
class Unclaimed:
    """An order of which something came before it was paid, first at `since`."""

    order: Annotated[OrderId, wire("order")]
    since: Annotated[Instant, wire("since")]


@stored_as("known_sender")
@dataclass(frozen=True, slots=True)
class KnownSender:
    """A sender that has an order, so that its prefix cannot change any more (Rule 0.13).

    Of one with a ceiling of orders a minute, `paced_to` is the instant to which those that came
    reach, each taking its part of a minute.
    """

    name: Annotated[str, wire("name")]
    since: Annotated[Instant, wire("since")]
    version: Annotated[int, wire("version", absent=1)] = 1
    paced_to: Annotated[Instant | None, wire("paced_to", absent=None)] = None


@stored_as("spend", 2)
@dataclass(frozen=True, slots=True)
class CompletedSpend:
    """What a completed order adds to its buyer's cumulative spend, after refunds (Rule 1.3.2).

    `groups` holds the amount per group of goods that count together: `mall`, or a store. `paid` is
    what is left of the whole order (None: of earlier rows the groups are all that is known).
    """

    member: Annotated[MemberId, wire("member")]
    order: Annotated[OrderId, wire("order")]
    completed_at: Annotated[Instant, wire("completed_at")]
    groups: Annotated[dict[str, Amount], wire("groups", absent={})] = field(default_factory=dict)
    paid: Annotated[Amount | None, money("paid", absent=None)] = None

    @property
    def left(self) -> Amount:
        """What is left of the order, as far as it is known."""
        return sum_of(self.groups.values()) if self.paid is None else self.paid
