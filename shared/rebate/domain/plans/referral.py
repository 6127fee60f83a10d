"""Referral and team rewards (分销): no line, but shares of an order for those above (Rule 2)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from rebate.domain.clearings import Schedule
from rebate.domain.commissions import Above, CommissionKind, Commissions, Merchant, Reward
from rebate.domain.money import ZERO_BPS, Bps
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.plan import Moment
from rebate.domain.plans.facts import PricingFacts
from rebate.domain.plans.plan_type import PlanType, Pricing, Run
from rebate.domain.queue_names import QueueKind, QueueName
from rebate.domain.records import dataclass, field
from rebate.domain.wire import stored_as, wire

KIND = QueueKind("referral", owned=True, has_line=False)


@stored_as("dividend_terms")
@dataclass(frozen=True, slots=True)
class DividendTerms:
    """The part of each period's turnover for the members of a rank (Rule 2.3).

    A member weighs 1 unless `weights` says otherwise.
    """

    bps: Annotated[Bps, wire("bps")]
    rank: Annotated[str, wire("rank")]
    every: Annotated[str, wire("every", absent="month")] = "month"
    weights: Annotated[Mapping[MemberId, int], wire("weights", absent={})] = field(
        default_factory=dict
    )


@stored_as("referral_terms", 2)
@dataclass(frozen=True, slots=True)
class ReferralTerms:
    """The plan's settings; `merchant_on_turnover`: else of what the store concedes (Rule 2.4).

    All rewards of an order come to no more than `max_share_bps` of it, None: all of it.
    """

    settle_on: Annotated[Moment, wire("settle_on", absent="completed")] = Moment.COMPLETED
    direct_bps: Annotated[Bps, wire("direct_bps", absent=0)] = ZERO_BPS
    indirect_bps: Annotated[Bps, wire("indirect_bps", absent=0)] = ZERO_BPS
    ranks_bps: Annotated[Mapping[str, Bps], wire("ranks_bps", absent={})] = field(
        default_factory=dict
    )
    max_depth: Annotated[int, wire("max_depth", absent=2)] = 2
    merchant_bps: Annotated[Bps, wire("merchant_bps", absent=0)] = ZERO_BPS
    merchant_on_turnover: Annotated[bool, wire("merchant_on_turnover", absent=False)] = False
    dividend: Annotated[DividendTerms | None, wire("dividend", absent=None)] = None
    max_share_bps: Annotated[Bps | None, wire("max_share_bps", absent=None)] = None
    settle_after_days: Annotated[int, wire("settle_after_days", absent=0)] = 0


def queue_of(order: OrderId) -> QueueId:
    """Return the inbox in which an order's referral rewards wait; there is no line behind it."""
    return QueueName(PLAN, KIND, order).id


def order_of(queue: QueueId) -> OrderId | None:
    """Return whose rewards wait in an inbox, or None if it is a queue's."""
    name = PLAN.queue(queue)
    return OrderId(name.owner) if name and name.owner else None


def price(terms: ReferralTerms, order: Order, facts: PricingFacts) -> Pricing:
    """Fix who gets which share of the order; it is paid when the order settles (Rule 2.6.2)."""
    found = rewards(terms, facts.above(terms.max_depth), facts.merchant)
    commissions = Commissions(tuple(found), terms.max_share_bps)
    return Pricing(order, queues=(queue_of(order.id),), commissions=commissions)


def rewards(
    terms: ReferralTerms, above: Sequence[Above], merchant: Merchant | None
) -> list[Reward]:
    """Return who gets which share of an order; `above` may be longer than the plan is deep."""
    paid_levels = above[: terms.max_depth]
    found = [*_by_level_of_referral(terms, paid_levels), *_by_rank(terms, paid_levels)]
    if merchant:
        concession = None if terms.merchant_on_turnover else merchant.concession_bps
        own = merchant.ratio_bps
        ratio = terms.merchant_bps if own is None else own
        found.append(Reward(CommissionKind.MERCHANT, merchant.member, ratio, concession))
    return [reward for reward in found if reward.ratio_bps]


def _by_level_of_referral(terms: ReferralTerms, above: Sequence[Above]) -> Iterator[Reward]:
    """Rule 2.1: the referrer, and the referrer's referrer."""
    kinds = (
        (CommissionKind.DIRECT, terms.direct_bps),
        (CommissionKind.INDIRECT, terms.indirect_bps),
    )
    for (kind, ratio), member in zip(kinds, above, strict=False):
        yield Reward(kind, member.member, ratio)


def _by_rank(terms: ReferralTerms, above: Sequence[Above]) -> Iterator[Reward]:
    """Rule 2.2: own rank's ratio less the highest ratio already paid on this order."""
    highest = ZERO_BPS
    for member in above:
        own = terms.ranks_bps.get(member.rank or "", ZERO_BPS)
        if own > highest:
            yield Reward(CommissionKind.LEVEL, member.member, own - highest)
            highest = own


def _dividend(terms: ReferralTerms) -> Schedule | None:
    return Schedule(terms.dividend.every) if terms.dividend else None


PLAN = PlanType(
    name="referral",
    kinds=(KIND,),
    terms=ReferralTerms,
    price=price,
    settlement=None,
    runs=(Run("dividend", _dividend),),
    settle_after_days=lambda terms: terms.settle_after_days,
)
