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


@stored_as("connector_state")
@dataclass(frozen=True, slots=True)
class ConnectorState:
    """When a connector last heard of its shop, and up to when it looked what changed there."""

    connector: Annotated[str, wire("connector")]
    heard_at: Annotated[Instant | None, wire("heard_at", absent=None)] = None
    looked_at: Annotated[Instant | None, wire("looked_at", absent=None)] = None
    version: Annotated[int, wire("version", absent=1)] = 1
