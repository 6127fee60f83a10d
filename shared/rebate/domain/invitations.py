"""Invite codes and bindings: who brought whom (Rules 2.5, 2.5.1 and 2.8).

A code is 40 random bits, written as eight of 32 letters none of which looks like another.
"""

from collections.abc import Mapping
from typing import Annotated

from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, field, replace
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U: who reads one of the first three writes 1, 1 and 0."""

CODE_LETTERS = 8
CODE_BITS = 40

_MEANT = str.maketrans("OIL", "011", " -")


def code_of(bits: int) -> str:
    """Return the invite code of `CODE_BITS` random bits."""
    places = range(CODE_LETTERS - 1, -1, -1)
    return "".join(LETTERS[bits >> 5 * place & 31] for place in places)


def read_code(text: str) -> str | None:
    """Return the code that somebody has typed, in whatever case, spaced or not; None: no code."""
    code = text.upper().translate(_MEANT)
    return code if len(code) == CODE_LETTERS and set(code) <= set(LETTERS) else None


INVITED = "/i/"
"""With what the address of the members' pages ends that takes a code: `https://…/i/AB12CD34`."""


def link_of(code: str, address: str | None) -> str | None:
    """Return the link that brings an invite code along to an address; without one there is none.

    The members' pages have the code in their path, those of a shop's own in their query.
    """
    if address is None:
        return None
    return f"{address}{code}" if address.endswith(INVITED) else f"{address}?invite={code}"


@stored_as("invitation")
@dataclass(frozen=True, slots=True)
class Invitation:
    """A member's invite code; `shows_nickname`: its owner lets those see the name who have it."""

    code: Annotated[str, wire("code")]
    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    shows_nickname: Annotated[bool, wire("shows_nickname", absent=False)] = False
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("binding")
@dataclass(frozen=True, slots=True)
class Binding:
    """A correction of who referred a member, by an operator and with a reason (Rule 2.5.1).

    `before` and `after` are referrers, None: nobody.
    """

    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    before: Annotated[MemberId | None, wire("before")]
    after: Annotated[MemberId | None, wire("after")]
    reason: Annotated[str, wire("reason")]
    by: Annotated[str, wire("by")]
    at: Annotated[Instant, wire("at")]


@stored_as("team_member")
@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member's place in the team of the one who referred them, in order of binding.

    `ref` names the member to the referrer, who is told no id.
    """

    referrer: Annotated[MemberId, wire("referrer")]
    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    ref: Annotated[str, wire("ref")]


@stored_as("team_figures")
@dataclass(frozen=True, slots=True)
class TeamFigures:
    """What a member below earned a promoter, by month in which its orders were paid (Rule 2.8).

    Months are ISO 8601 of the shop's timezone. Orders count until they are refunded in full.
    """

    promoter: Annotated[MemberId, wire("promoter")]
    member: Annotated[MemberId, wire("member")]
    earned: Annotated[Mapping[str, Amount], wire("earned", absent={})] = field(default_factory=dict)
    orders: Annotated[Mapping[str, int], wire("orders", absent={})] = field(default_factory=dict)
    version: Annotated[int, wire("version", absent=0)] = 0

    def plus(self, month: str, amount: Amount, orders: int) -> "TeamFigures":
        """Return the figures with more of a month, or less."""
        return replace(
            self,
            earned={**self.earned, month: self.earned.get(month, NOTHING) + amount},
            orders={**self.orders, month: self.orders.get(month, 0) + orders},
        )


@stored_as("tries")
@dataclass(frozen=True, slots=True)
class Tries:
    """How many invite codes that there are not somebody tried in an hour (Rule 2.5.1).

    `who` is a digest of an address, or a member; the row may be removed at `expires_at`.
    """

    who: Annotated[str, wire("who")]
    hour: Annotated[int, wire("hour")]
    expires_at: Annotated[int, wire("expires_at")]
    count: Annotated[int, wire("count", absent=0)] = 0
    version: Annotated[int, wire("version", absent=0)] = 0
