"""Rows of lists."""

from typing import Annotated

from rebate.domain.names import MemberId
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("list_item")
@dataclass(frozen=True, slots=True)
class ListItem:
    """A place in a list in order of time, so that no list needs a scan.

    It names what stands there by `id` and, where an id is one of a member's, by `member`.
    """

    list: Annotated[str, wire("list")]
    at: Annotated[Instant, wire("at")]
    id: Annotated[str, wire("id")]
    member: Annotated[MemberId, wire("member", absent="")] = MemberId("")
