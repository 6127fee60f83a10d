"""Who a person that signs in is: a subject of the issuer, linked to the shop's member for good."""

from typing import Annotated

from rebate.domain.errors import Code, Rejected
from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, replace
from rebate.domain.times import MINUTE, Instant
from rebate.domain.wire import stored_as, wire

CODE_MINUTES = 10
"""How long a code may be used."""

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of what codes consist: 32 signs without look-alikes."""

CODE_CHARS = 10
"""Signs of a code: 50 bits."""


def tidy_code(text: str) -> str:
    """Return a code as it is stored, however somebody typed it."""
    return "".join(text.upper().replace("-", " ").split())


@stored_as("link_offer")
@dataclass(frozen=True, slots=True)
class LinkOffer:
    """A code by which a member of a shop may link their account, once; `used_by`: who did.

    `caller` is the sender whose request `id` asked for it. That it is used once the links see to,
    of which its member and who uses it have one each.
    """

    caller: Annotated[str, wire("caller")]
    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    code: Annotated[str, wire("code")]
    at: Annotated[Instant, wire("at")]
    used_by: Annotated[str | None, wire("used_by", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1

    @property
    def ends_at(self) -> Instant:
        """From when on it cannot be used any more."""
        return Instant(self.at + CODE_MINUTES * MINUTE)

    def use(self, subject: str, at: Instant) -> "LinkOffer":
        """Return the offer as used by a subject.

        Raises:
            Rejected: `invalid_request`: it was used, or is over.
        """
        if self.used_by is not None:
            raise Rejected(Code.INVALID_REQUEST, "code: it was used")
        if at >= self.ends_at:
            raise Rejected(Code.INVALID_REQUEST, "code: it is over; ask the shop for another")
        return replace(self, used_by=subject, version=self.version + 1)


@stored_as("link_code")
@dataclass(frozen=True, slots=True)
class LinkCode:
    """Where the offer of a code stands."""

    code: Annotated[str, wire("code")]
    caller: Annotated[str, wire("caller")]
    id: Annotated[str, wire("id")]


@stored_as("identity_link")
@dataclass(frozen=True, slots=True)
class IdentityLink:
    """Which member a subject is; what puts `member_id` into tokens reads it."""

    subject: Annotated[str, wire("subject")]
    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]


@stored_as("linked_member")
@dataclass(frozen=True, slots=True)
class LinkedMember:
    """Which subject a member is: nobody else can be."""

    member: Annotated[MemberId, wire("member")]
    subject: Annotated[str, wire("subject")]
    at: Annotated[Instant, wire("at")]
