"""Saves members, products and stores, and counts visits and ratings: an SQS batch of envelopes."""

from typing import Any

from rebate.adapters.deliveries import deliver
from rebate.adapters.telemetry import observed, record_saved
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import (
    MemberSaved,
    ProductSaved,
    StoreRated,
    StoreSaved,
    StoreVisited,
)
from rebate.usecases.catalog.save_catalog import CatalogEvent
from rebate.usecases.reports.count_visits import StoreEvent

_KINDS: tuple[type[CatalogEvent | StoreEvent], ...] = (
    *(MemberSaved, ProductSaved, StoreSaved),
    *(StoreVisited, StoreRated),
)


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    return deliver(event, context, _KINDS, _save, app())


def _save(delivery: Delivery[CatalogEvent | StoreEvent]) -> None:
    event = delivery.event
    if isinstance(event, StoreVisited | StoreRated):
        record_saved(app().visits.count(event))
    else:
        record_saved(app().catalog.save(event, delivery.at, delivery.sender))
