"""Bringing to the queue what is due again, and what waited for an endpoint that was dead."""

from collections.abc import Iterator

from rebate.domain.errors import Conflict
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.webhooks import WebhookDelivery, WebhookEndpoint, WebhookHealth
from rebate.usecases.storage.ports import Clock, Remove, Store
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.webhooks.keep_deliveries import keep, parked_of, retries_of
from rebate.usecases.webhooks.queue_webhooks import WebhookQueue, again, endpoints_of

PAGE = 100
PAGES_MAX = 50
"""Pages of a list that one run brings; the next goes on."""


@dataclass(frozen=True, slots=True)
class RetriedWebhooks:
    """What a run found: which endpoints are dead, and what waited too long and was set aside."""

    dead: tuple[str, ...]
    given_up: tuple[WebhookDelivery, ...]


def retry_webhooks(store: Store, clock: Clock, queue: WebhookQueue) -> RetriedWebhooks:
    """Queue what is due of each endpoint; a dead one gets one delivery, once its rest is over.

    Raises:
        Unavailable: the store did not answer; the next run goes on.
    """
    endpoints = endpoints_of(store)
    health = store.get_many(WebhookHealth, map(Key, endpoints))
    dead: list[str] = []
    given_up: list[WebhookDelivery] = []
    for endpoint in endpoints.values():
        _bring(store, queue, endpoint.id, retries_of(endpoint.id), clock.now())
        known = health.get(Key(endpoint.id))
        if known is None or not known.is_dead or not endpoint.on:
            _bring(store, queue, endpoint.id, parked_of(endpoint.id), clock.now())
            continue
        dead.append(endpoint.id)
        given_up += _give_up(store, endpoint, clock.now())
        if (known.rests_until or 0) <= clock.now():
            _probe(store, queue, endpoint)
    return RetriedWebhooks(tuple(dead), tuple(given_up))


def _bring(store: Store, queue: WebhookQueue, endpoint: str, list_: str, now: Instant) -> None:
    """Queue what stands in a list and is due, then take it out: whoever tries it puts it back."""
    for _ in range(PAGES_MAX):
        found = store.query(ListItem, list_, limit=PAGE)
        due = [each for each in found if each.at <= now]
        rows = store.get_many(WebhookDelivery, [Key(endpoint, each.id) for each in due])
        brought = [row for row in rows.values() if row.is_due(now)]
        failed = queue.send([again(each) for each in brought]) if brought else set()
        left = {key_of(brought[place]).sort for place in failed}
        gone = [Remove(ListItem, key_of(each)) for each in due if each.id not in left]
        if gone:
            store.commit(gone)
        if len(due) < PAGE or left:
            return


def _head(store: Store, endpoint: WebhookEndpoint) -> list[WebhookDelivery]:
    """Return those that were parked first."""
    items = store.query(ListItem, parked_of(endpoint.id), limit=PAGE)
    found = store.get_many(WebhookDelivery, [Key(endpoint.id, each.id) for each in items])
    keys = (Key(endpoint.id, each.id) for each in items)
    return [found[key] for key in keys if key in found and found[key].parked]


def _give_up(store: Store, endpoint: WebhookEndpoint, now: Instant) -> Iterator[WebhookDelivery]:
    """Set aside what has waited for too long, as long as it is first; yield each."""
    for _ in range(PAGES_MAX):
        over = [each for each in _head(store, endpoint) if each.is_over(now)]
        for each in over:
            after = each.park(now)
            try:
                keep(store, after, each)
            except Conflict:  # it is just being tried
                continue
            yield after
        if len(over) < PAGE:
            return


def _probe(store: Store, queue: WebhookQueue, endpoint: WebhookEndpoint) -> None:
    """Let one delivery try whether a dead endpoint answers again."""
    for first in _head(store, endpoint)[:1]:
        queue.send([again(first, is_probe=True)])
