"""Commissions: what those above a buyer, and who brought the store in, get of an order (Rule 2)."""

from enum import StrEnum
from typing import Annotated

from rebate.domain.money import Amount, Bps, share
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass
from rebate.domain.wire import stored_as, wire


@stored_as("commission_kind", is_open=True)
class CommissionKind(StrEnum):
    """Why a commission is paid."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    LEVEL = "level"
    """The difference between the ratios of two ranks (Rule 2.2)."""
    MERCHANT = "merchant"
    DIVIDEND = "dividend"
    """A share of a period's turnover, and of no single order (Rule 2.3)."""


@dataclass(frozen=True, slots=True)
class Above:
    """A member above the buyer, the nearest first, with the team rank."""

    member: MemberId
    rank: str | None


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who brought the order's store in, and what the store concedes (Rule 2.4).

    `ratio_bps` was negotiated for this store in place of the plan's (Rule 2.7.1); None: it was not.
    """

    member: MemberId
    concession_bps: Bps
    ratio_bps: Bps | None = None


@stored_as("reward", 2)
@dataclass(frozen=True, slots=True)
class Reward:
    """What a member gets of an order: `ratio_bps` of it, or of what the store concedes of it."""

    kind: Annotated[CommissionKind, wire("kind")]
    member: Annotated[MemberId, wire("member")]
    ratio_bps: Annotated[Bps, wire("ratio_bps")]
    concession_bps: Annotated[Bps | None, wire("concession_bps", absent=None)] = None

    @property
    def is_for_a_team(self) -> bool:
        """Tell what comes of those whom the member referred from what comes of a store."""
        return self.kind != CommissionKind.MERCHANT

    def base(self, paid: Amount) -> Amount:
        """Return the amount that the ratio is of, in an order for which `paid` is left."""
        return paid if self.concession_bps is None else share(paid, self.concession_bps)

    def amount(self, paid: Amount) -> Amount:
        """Return the reward in minor units; a refund lowers it in proportion (Rule 2.6)."""
        return share(self.base(paid), self.ratio_bps)


@stored_as("commissions")
@dataclass(frozen=True, slots=True)
class Commissions:
    """An order's rewards in the order in which they are granted, as fixed at payment (Rule 2.6.2).

    They come to no more than `max_share_bps` of what is paid for the order, None: all of it.
    """

    rewards: Annotated[tuple[Reward, ...], wire("rewards", absent=[])] = ()
    max_share_bps: Annotated[Bps | None, wire("max_share_bps", absent=None)] = None

    def amounts(self, paid: Amount) -> tuple[Amount, ...]:
        """Return what each reward is of an order for which `paid` is left (Rule 2.6.1)."""
        left = paid if self.max_share_bps is None else share(paid, self.max_share_bps)
        granted: list[Amount] = []
        for reward in self.rewards:
            granted.append(min(left, reward.amount(paid)))
            left -= granted[-1]
        return tuple(granted)
