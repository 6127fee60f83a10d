"""What operators see of webhooks: endpoints, and what came of each delivery. Never a secret."""

from datetime import datetime

from rebate.contracts import webhooks as shown
from rebate.domain.errors import Code, Rejected
from rebate.domain.times import Instant, datetime_of
from rebate.domain.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookHealth
from rebate.usecases.storage.ports import Store
from rebate.usecases.storage.rows.keys import ENDPOINTS, Key
from rebate.usecases.webhooks.queue_webhooks import endpoints_of
from rebate.usecases.webhooks.redeliver_webhooks import name_of, sort_of

PAGE = 50


def show_endpoints(store: Store) -> shown.WebhooksShown:
    """Return all endpoints, in order of their ids."""
    endpoints = endpoints_of(store)
    health = store.get_many(WebhookHealth, map(Key, endpoints))
    return shown.WebhooksShown(
        tuple(endpoint_shown(each, health.get(Key(each.id))) for each in endpoints.values())
    )


def endpoint_shown(
    endpoint: WebhookEndpoint, health: WebhookHealth | None = None, secret: str | None = None
) -> shown.WebhookShown:
    """Return an endpoint; `secret` is one that was made just now."""
    return shown.WebhookShown(
        id=endpoint.id,
        version=endpoint.version,
        address=endpoint.address,
        types=endpoint.types,
        on=endpoint.on,
        off_because=endpoint.off_because,
        secrets=len(endpoint.secrets),
        saved_at=datetime_of(endpoint.saved_at),
        saved_by=endpoint.saved_by,
        failures=health.failures if health else 0,
        failing_since=_moment(health.failing_since if health else None),
        secret=secret,
    )


def show_deliveries(
    store: Store, endpoint: str, *, state: str | None = None, after: str | None = None
) -> shown.WebhookDeliveriesShown:
    """Return a page of the deliveries to an endpoint, the newest first; `state`: those of it.

    Raises:
        Rejected: `unknown_entry`: there is no such endpoint.
    """
    if store.get(WebhookEndpoint, Key(ENDPOINTS, endpoint)) is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no endpoint {endpoint}")
    before = sort_of(after) if after else None
    rows = store.query(WebhookDelivery, endpoint, after=before, limit=PAGE, backwards=True)
    end = name_of(rows[-1]) if len(rows) == PAGE else None
    kept = [each for each in rows if state in {None, each.state}]
    return shown.WebhookDeliveriesShown(tuple(map(_delivery, kept)), end)


def _delivery(row: WebhookDelivery) -> shown.WebhookDeliveryShown:
    return shown.WebhookDeliveryShown(
        delivery=name_of(row),
        webhook_id=row.id,
        event_id=row.event,
        type=row.kind,
        at=datetime_of(row.at),
        state=row.state,
        reason=row.reason,
        next_at=None if row.parked else _moment(row.next_at),
        attempts=tuple(map(_attempt, row.attempts)),
    )


def _attempt(attempt: WebhookAttempt) -> shown.WebhookAttemptShown:
    return shown.WebhookAttemptShown(
        at=datetime_of(attempt.at),
        ms=attempt.ms,
        status=attempt.status,
        answer=attempt.answer,
        error=attempt.error,
    )


def _moment(at: Instant | None) -> datetime | None:
    return None if at is None else datetime_of(at)
