"""The bus that tells the world: EventBridge."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.adapters.telemetry import logger
from rebate.domain.errors import Unavailable
from rebate.domain.times import datetime_of
from rebate.usecases.events.publish_events import SOURCE, OutgoingEvent

if TYPE_CHECKING:  # who publishes does not convert
    from rebate.connectors.facts import OutEvent

ENTRIES_MAX = 10
"""Entries that one request may put."""


class EventBus:
    """Implements `rebate.usecases.events.publish_events.Publisher` on an EventBridge bus."""

    def __init__(self, bus: str, region: str) -> None:
        """Publish on the bus of this name or ARN."""
        self._bus = bus
        self._region = region

    def publish(self, events: Sequence[OutgoingEvent]) -> set[int]:
        """Put the events, ten at a time, and go on where some fail; return the places of those."""
        failed: set[int] = set()
        for start in range(0, len(events), ENTRIES_MAX):
            batch = events[start : start + ENTRIES_MAX]
            failed |= {start + place for place in self._put(batch)}
        return failed

    def _put(self, events: Sequence[OutgoingEvent]) -> list[int]:
        try:
            answer = self._client.put_events(Entries=[self._entry(event) for event in events])
        except (BotoCoreError, ClientError) as error:
            logger.warning("events not published", extra={"reason": str(error)})
            return list(range(len(events)))
        refused = {
            place: entry["ErrorCode"]
            for place, entry in enumerate(answer["Entries"])
            if "ErrorCode" in entry
        }
        if refused:
            logger.warning("events not published", extra={"reason": sorted(set(refused.values()))})
        return list(refused)

    def _entry(self, event: OutgoingEvent) -> dict[str, Any]:
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": event.kind,
            "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
            "Time": datetime_of(event.at),
        }

    def send(self, source: str, event: "OutEvent") -> None:
        """Put the event of a sender on the bus, by itself: it may be as large as events may be.

        Raises:
            Unavailable: the bus did not take it.
        """
        entry = {
            "EventBusName": self._bus,
            "Source": source,
            "DetailType": event.detail_type,
            "Detail": json.dumps(event.detail, ensure_ascii=False, separators=(",", ":")),
        }
        try:
            answer = self._client.put_events(Entries=[entry])
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"EventBridge: {error}") from error
        if "ErrorCode" in answer["Entries"][0]:
            raise Unavailable(f"EventBridge: {answer['Entries'][0]['ErrorCode']}")

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - see `client`
        return client("events", self._region)
