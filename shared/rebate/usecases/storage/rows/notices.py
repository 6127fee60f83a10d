"""Rows of notices, and of how they are worded (Rule 1.7)."""

from collections.abc import Iterator
from typing import Annotated

from rebate.domain.names import MemberId
from rebate.domain.records import dataclass, field
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("further_notice")
@dataclass(frozen=True, slots=True)
class FurtherNotice:
    """Something else that the same members are told of the same commit: see `Notice`."""

    id: Annotated[str, wire("id")]
    kind: Annotated[str, wire("kind")]
    facts: Annotated[dict[str, str | int], wire("facts", absent={})] = field(default_factory=dict)


@stored_as("notice", 2)
@dataclass(frozen=True, slots=True)
class Notice:
    """Something that members are told (Rule 1.7); how it is worded is decided when it is read.

    `audience` is `member/{id}`, or for what concerns more members than can be written to at once
    `queue/{id}` or `everybody`. `id` is the same however often the notice is made. `facts` are
    what a wording may name: amounts in minor units, ratios in basis points. `others` share its row:
    they sort after it, and before all that other rows of the audience tell and that sorts after it.
    """

    audience: Annotated[str, wire("audience")]
    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    kind: Annotated[str, wire("kind")]
    facts: Annotated[dict[str, str | int], wire("facts", absent={})] = field(default_factory=dict)
    others: Annotated[tuple[FurtherNotice, ...], wire("others", absent=[])] = ()

    def each(self) -> Iterator["Notice"]:
        """Yield the notices of the row, each as if it had one of its own."""
        yield Notice(self.audience, self.at, self.id, self.kind, self.facts)
        for other in self.others:
            yield Notice(self.audience, self.at, other.id, other.kind, other.facts)


@stored_as("notices_seen")
@dataclass(frozen=True, slots=True)
class NoticesSeen:
    """Up to which instant a member looked at what they were told, on whatever device."""

    member: Annotated[MemberId, wire("member")]
    until: Annotated[Instant, wire("until")]


@stored_as("wording", 2)
@dataclass(frozen=True, slots=True)
class Wording:
    """How the operator words a kind of notice in a language; `text` None: as by default.

    A `draft` by `drafted_by` counts once another operator approves of it, who is `approved_by` then
    (Rule 8.4).
    """

    locale: Annotated[str, wire("locale")]
    kind: Annotated[str, wire("kind")]
    text: Annotated[str | None, wire("text")]
    saved_at: Annotated[Instant, wire("saved_at")]
    saved_by: Annotated[str, wire("saved_by")]
    version: Annotated[int, wire("version", absent=1)] = 1
    draft: Annotated[str | None, wire("draft", absent=None)] = None
    drafted_by: Annotated[str | None, wire("drafted_by", absent=None)] = None
    approved_by: Annotated[str | None, wire("approved_by", absent=None)] = None
