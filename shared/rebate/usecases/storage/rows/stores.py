"""Rows of what is told of stores beside orders (Rule 6.3)."""

from enum import StrEnum
from typing import Annotated

from rebate.domain.names import StoreId
from rebate.domain.records import dataclass
from rebate.domain.wire import stored_as, wire


class StoreFactKind(StrEnum):
    """Kinds of what is told of stores beside orders."""

    VISIT = "visit"
    RATING = "rating"


@stored_as("store_fact")
@dataclass(frozen=True, slots=True)
class StoreFact:
    """A visit or a rating that was told, so that it is known when it comes again (Rule 6.3)."""

    kind: Annotated[str, wire("kind")]
    id: Annotated[str, wire("id")]
    digest: Annotated[str, wire("digest")]


@stored_as("store_day")
@dataclass(frozen=True, slots=True)
class StoreTraffic:
    """What was told of a store on a day of the shop (ISO 8601) beside its orders (Rule 6.3).

    `stars` are those of all `ratings` together.
    """

    day: Annotated[str, wire("day")]
    store: Annotated[StoreId, wire("store")]
    version: Annotated[int, wire("version", absent=0)] = 0
    visits: Annotated[int, wire("visits", absent=0)] = 0
    ratings: Annotated[int, wire("ratings", absent=0)] = 0
    stars: Annotated[int, wire("stars", absent=0)] = 0
