"""Rows of shops on other platforms."""

from typing import Annotated, Any

from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.wire import stored_as, wire


@stored_as("connected_order")
@dataclass(frozen=True, slots=True)
class ConnectedOrder:
    """What a connector heard of an order of its shop, and what it told of it.

    `facts` are those of `rebate.connectors.facts`; `pending` names the events of them that may not
    be on the bus yet.
    """

    connector: Annotated[str, wire("connector")]
    order: Annotated[str, wire("order")]
    facts: Annotated[dict[str, Any], wire("facts")]
    pending: Annotated[tuple[str, ...], wire("pending", absent=[])] = ()
    version: Annotated[int, wire("version", absent=1)] = 1


@stored_as("connector_state", 2)
@dataclass(frozen=True, slots=True)
class ConnectorState:
    """When a connector last heard of its shop, and up to when it looked what changed there.

    A look that has not come to its end began at `looking_since`, and goes on at `goes_on`, which
    the shop's API understands.
    """

    connector: Annotated[str, wire("connector")]
    heard_at: Annotated[Instant | None, wire("heard_at", absent=None)] = None
    looked_at: Annotated[Instant | None, wire("looked_at", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1
    looking_since: Annotated[Instant | None, wire("looking_since", absent=None)] = None
    goes_on: Annotated[str | None, wire("goes_on", absent=None)] = None
