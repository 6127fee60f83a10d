"""Rows by which operators find orders and people, and that keep what they know and did.

No money hangs on them: what they name is read where it stands.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from rebate.domain.ledger import BalanceType
from rebate.domain.money import NOTHING, Amount
from rebate.domain.names import MemberId, OrderId, ProductId, StoreId
from rebate.domain.records import dataclass, field, fields_of, replace
from rebate.domain.times import MINUTE, Instant
from rebate.domain.wire import money, stored_as, wire

SPAN = MINUTE
"""How much older an order may be than the one in whose row of a list it stands."""


@stored_as("further_place")
@dataclass(frozen=True, slots=True)
class FurtherPlace:
    """Another order whose place shares the row of a list: see `OrderPlace`."""

    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    paid: Annotated[Amount, money("paid")]
    member: Annotated[MemberId | None, wire("member", absent=None)] = None
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    products: Annotated[tuple[ProductId, ...], wire("products", absent=[])] = ()
    first: Annotated[bool, wire("first", absent=False)] = False


@stored_as("order_place", 3)
@dataclass(frozen=True, slots=True)
class OrderPlace:
    """A paid order in a list in order of time, with what it is looked for by.

    `first`: no order of its member was accepted before it. `others` were accepted with it and stand
    before it in the list, by `SPAN` at most: one row costs what each of theirs would.
    """

    list: Annotated[str, wire("list")]
    at: Annotated[Instant, wire("at")]
    order: Annotated[OrderId, wire("order")]
    paid: Annotated[Amount, money("paid")]
    member: Annotated[MemberId | None, wire("member", absent=None)] = None
    store: Annotated[StoreId | None, wire("store", absent=None)] = None
    products: Annotated[tuple[ProductId, ...], wire("products", absent=[])] = ()
    first: Annotated[bool, wire("first", absent=False)] = False
    others: Annotated[tuple[FurtherPlace, ...], wire("others", absent=[])] = ()

    def each(self) -> Iterator["OrderPlace"]:
        """Yield the places of the row, the newest first, each as if it had a row of its own."""
        yield replace(self, others=())
        for other in self.others:
            yield OrderPlace(self.list, **dict(fields_of(other)))


@stored_as("known_name")
@dataclass(frozen=True, slots=True)
class KnownName:
    """A name under which people know a member, a product or a store: `kind` says which.

    `name` is folded: as it is looked for. It goes when the name does (Rule 8.10).
    """

    kind: Annotated[str, wire("kind")]
    name: Annotated[str, wire("name")]
    id: Annotated[str, wire("id")]


@stored_as("note")
@dataclass(frozen=True, slots=True)
class Note:
    """What an operator wrote down about a member; it is erased with them (Rule 8.10)."""

    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    by: Annotated[str, wire("by")]
    text: Annotated[str, wire("text")]


@stored_as("act_change")
@dataclass(frozen=True, slots=True)
class ActChange:
    """What an act made of one thing: `before` and `after` of each field that it changed.

    `hidden` names those that changed and are not told: secrets, payout references, personal fields.
    """

    target: Annotated[str, wire("target")]
    before: Annotated[dict[str, Any], wire("before", absent={})] = field(default_factory=dict)
    after: Annotated[dict[str, Any], wire("after", absent={})] = field(default_factory=dict)
    hidden: Annotated[tuple[str, ...], wire("hidden", absent=[])] = ()


@stored_as("act")
@dataclass(frozen=True, slots=True)
class Act:
    """What a person did: who and as what, when, what, why (Rule 8.9); it lasts, and names by id.

    `request` is the id that the caller gave it. `more` counts changes that are not told one by one.
    """

    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    who: Annotated[str, wire("who")]
    role: Annotated[str, wire("role")]
    what: Annotated[str, wire("what")]
    reason: Annotated[str | None, wire("reason", absent=None)] = None
    request: Annotated[str | None, wire("request", absent=None)] = None
    changes: Annotated[tuple[ActChange, ...], wire("changes", absent=[])] = ()
    more: Annotated[int, wire("more", absent=0)] = 0


@stored_as("erasure")
@dataclass(frozen=True, slots=True)
class Erasure:
    """That a member was to be erased: who said so, when and why (Rule 8.10)."""

    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member")]
    at: Annotated[Instant, wire("at")]
    by: Annotated[str, wire("by")]
    reason: Annotated[str | None, wire("reason", absent=None)] = None


@stored_as("imported_line")
@dataclass(frozen=True, slots=True)
class ImportedLine:
    """A line of an older system's file, which counts once under its id; `digest` tells its content.

    `source` names the file's journal rows. Of a balance, `member`, `pocket` and `amount` are what
    was opened with; of a pool, `amount` is.
    """

    id: Annotated[str, wire("id")]
    digest: Annotated[str, wire("digest")]
    source: Annotated[str, wire("source")]
    member: Annotated[MemberId, wire("member", absent="")] = MemberId("")
    pocket: Annotated[BalanceType | None, wire("pocket", absent=None)] = None
    amount: Annotated[Amount, money("amount", absent=0)] = NOTHING
