"""Movements that were asked for, with all that was said: each id counts once, for ever (Rule 3)."""

from enum import StrEnum
from typing import Annotated

from rebate.domain.errors import Mismatch
from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import money, stored_as, wire

OPERATORS = "operators"
"""The caller of what operators ask for: they share their ids, since two may have to approve one."""

SCHEDULE = "schedule"
"""The caller of what falls due by itself."""


def by_member(member: MemberId) -> str:
    """Return by which name a member is the caller of a request."""
    return f"member/{member}"


def by_shop(sender: str) -> str:
    """Return by which name a shop is the caller of a request."""
    return f"shop/{sender}"


class RequestState(StrEnum):
    """How far a request is; only adjustments wait for others."""

    ASKED = "asked"
    DONE = "done"
    REJECTED = "rejected"


@stored_as("request")
@dataclass(frozen=True, slots=True)
class Request:
    """A transfer, spend, give back, adjustment or thaw; ids are known per caller and kind.

    `member` is whose `pocket` the amount leaves or reaches. `subject` is the member to whom it is
    transferred, the order on which it is spent, the spend that is given back, or an adjustment's
    reason. An adjustment's `amount` is signed. `returned` is what of a spend was given back so
    far. `approvals` name who asked for an adjustment; until enough did, its `state` is `asked`.
    """

    kind: Annotated[str, wire("kind")]
    caller: Annotated[str, wire("caller")]
    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    pocket: Annotated[BalanceType, wire("pocket")]
    amount: Annotated[Amount, money("amount")]
    at: Annotated[Instant, wire("at")]
    subject: Annotated[str, wire("subject", absent="")] = ""
    below_zero: Annotated[bool, wire("below_zero", absent=False)] = False
    approvals: Annotated[tuple[str, ...], wire("approvals", absent=[])] = ()
    state: Annotated[str, wire("state", absent="done")] = RequestState.DONE
    returned: Annotated[Amount, money("returned", absent=0)] = NOTHING
    version: Annotated[int, wire("version", absent=1)] = 1

    def insist_same(self, other: "Request") -> None:
        """Insist that another request of this id asks for the same.

        Raises:
            Mismatch: it does not.
        """
        if self.content != other.content:
            raise Mismatch(f"{self.kind} {self.id} is known with other content")

    @property
    def content(self) -> tuple[object, ...]:
        """What was asked for, as far as it must be the same in a repetition."""
        return self.member, self.pocket, self.amount, self.subject, self.below_zero


@stored_as("day_count")
@dataclass(frozen=True, slots=True)
class DayCount:
    """How many requests of a kind a member made on a day (ISO 8601) of the shop's timezone."""

    member: Annotated[MemberId, wire("member")]
    kind: Annotated[str, wire("kind")]
    day: Annotated[str, wire("day")]
    count: Annotated[int, wire("count", absent=0)] = 0
    version: Annotated[int, wire("version", absent=0)] = 0


@stored_as("frozen_love")
@dataclass(frozen=True, slots=True)
class FrozenLove:
    """Love value that was credited as frozen at one instant, until it is thawed (Rule 3.6)."""

    member: Annotated[MemberId, wire("member")]
    id: Annotated[str, wire("id")]
    amount: Annotated[Amount, money("amount")]
    at: Annotated[Instant, wire("at")]


def thawed_of(due: Amount, frozen: Amount, younger: Amount) -> Amount:
    """Return how much of the lots that are `due` together is still to be thawed.

    `frozen` is what the member has frozen now, and `younger` the sum of the lots after these.
    What refunds and operators took since is taken from the oldest lots first.
    """
    return max(NOTHING, min(due, frozen - younger))
