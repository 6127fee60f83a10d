"""Rows of what the shop tells of: members, products and stores."""

from typing import Annotated, NamedTuple

from rebate.domain.money import Bps
from rebate.domain.names import MemberId, ProductId, StoreId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


class Seen(NamedTuple):
    """An event that took effect, by its digest, so that it is known when it comes again."""

    at: Instant
    digest: str


@stored_as("member", 4)
@dataclass(frozen=True, slots=True)
class Member:
    """A member's profile, as the shop told it last; a referral binds once (Rule 2.5).

    `told` is as of when each field is known, by its name (None: all as of `saved_at`), and `seen`
    the events of those instants. `sender` told it last. `refers`: whether somebody may be bound to
    the member (None: nobody looked). `bought`: whether an order of the member was accepted (None:
    nobody looked). `invite` is the member's code; `bound_at` is when the referrer was bound. One
    who was erased keeps no name (Rule 8.10).
    """

    id: Annotated[MemberId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    level: Annotated[str | None, wire("level", absent=None)] = None
    rank: Annotated[str | None, wire("rank", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    nickname: Annotated[str | None, wire("nickname", absent=None)] = None
    avatar_url: Annotated[str | None, wire("avatar_url", absent=None)] = None
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None
    refers: Annotated[bool | None, wire("refers", absent=None)] = None
    bought: Annotated[bool | None, wire("bought", absent=None)] = None
    invite: Annotated[str | None, wire("invite", absent=None)] = None
    bound_at: Annotated[Instant | None, wire("bound_at", absent=None)] = None
    erased_at: Annotated[Instant | None, wire("erased_at", absent=None)] = None


MEMBER_FIELDS = ("level", "rank", "nickname", "avatar_url")
"""What is told of a member, each as of an instant of its own."""


def new_member(name: MemberId) -> Member:
    """Return a member of whom nothing is known yet: nobody below, and no order."""
    return Member(name, told={}, refers=False, bought=False)


@stored_as("corrections")
@dataclass(frozen=True, slots=True)
class Corrections:
    """How often a binding was corrected: until the next time, bonds never change."""

    version: Annotated[int, wire("version", absent=0)] = 0


@stored_as("product", 2)
@dataclass(frozen=True, slots=True)
class Product:
    """A product of the catalog (Rules 1.4 (2, 3) and 1.5.5)."""

    id: Annotated[ProductId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    name: Annotated[str | None, wire("name", absent=None)] = None
    supply: Annotated[str, wire("supply", absent="self")] = "self"
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    on_sale: Annotated[bool, wire("on_sale", absent=True)] = True
    margin_bps: Annotated[Bps | None, wire("margin_bps", absent=None)] = None
    takes_part: Annotated[bool, wire("takes_part", absent=True)] = True
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None


@stored_as("shop", 3)
@dataclass(frozen=True, slots=True)
class Shop:
    """A store of the catalog.

    `merchant_bps` was negotiated for who brought it in, in place of the plan's (Rule 2.7.1).
    """

    id: Annotated[StoreId, wire("id")]
    version: Annotated[int, wire("version", absent=0)] = 0
    name: Annotated[str | None, wire("name", absent=None)] = None
    referrer: Annotated[MemberId | None, wire("referrer", absent=None)] = None
    concession_bps: Annotated[Bps | None, wire("concession_bps", absent=None)] = None
    saved_at: Annotated[Instant | None, wire("saved_at", absent=None)] = None
    told: Annotated[dict[str, Instant] | None, wire("told", absent=None)] = None
    seen: Annotated[tuple[Seen, ...], wire("seen", absent=[])] = ()
    sender: Annotated[str | None, wire("sender", absent=None)] = None
    merchant_bps: Annotated[Bps | None, wire("merchant_bps", absent=None)] = None
