"""Saves members, products and stores: an SQS batch of EventBridge envelopes."""

from typing import Any

from rebate.adapters.deliveries import deliver
from rebate.adapters.telemetry import observed, record_saved
from rebate.bootstrap import app
from rebate.contracts.envelopes import Delivery
from rebate.contracts.events_in import MemberSaved, ProductSaved, StoreSaved
from rebate.usecases.catalog.save_catalog import CatalogEvent

_KINDS: tuple[type[CatalogEvent], ...] = (MemberSaved, ProductSaved, StoreSaved)


@observed
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Return the messages that shall come again."""
    return deliver(event, context, _KINDS, _save, app())


def _save(delivery: Delivery[CatalogEvent]) -> None:
    record_saved(app().catalog.save(delivery.event, delivery.at, delivery.sender))
