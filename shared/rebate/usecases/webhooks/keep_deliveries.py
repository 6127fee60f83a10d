"""Keeping deliveries: each that waits stands in one list of its endpoint, so that it is found.

Those that are due later stand in order of that; those that are parked, while the endpoint is dead,
in the order in which they were.
"""

from rebate.domain.records import replace
from rebate.domain.times import Instant
from rebate.domain.webhooks import MINUTE, DeliveryState, WebhookDelivery
from rebate.usecases.storage.ports import Put, Remove, Store, Write
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.lists import ListItem

SOON_TRIES = 2
"""Tries after which the queue itself brings the next; the list is for when it did not."""


def retries_of(endpoint: str) -> str:
    """Return the list of what is to be tried again at an endpoint."""
    return f"webhook/{endpoint}/retries"


def parked_of(endpoint: str) -> str:
    """Return the list of what is parked for an endpoint."""
    return f"webhook/{endpoint}/parked"


def keep(store: Store, delivery: WebhookDelivery, before: WebhookDelivery | None) -> None:
    """Store a delivery instead of what was stored before.

    Raises:
        Conflict: somebody else stored it meanwhile.
        Unavailable: the store did not answer.
    """
    expects = before.version if before else 0
    places = [_place(before)] if before else []
    here = _place(delivery)
    writes: list[Write] = [Put(replace(delivery, version=expects + 1), expects=expects)]
    writes += [Remove(ListItem, key_of(each)) for each in places if each and each != here]
    if here:
        writes.append(Put(here))
    store.commit(writes)


def _place(delivery: WebhookDelivery) -> ListItem | None:
    """Return where a delivery stands that waits."""
    if delivery.state != DeliveryState.WAITING or delivery.next_at is None:
        return None
    sort, endpoint = key_of(delivery).sort, delivery.endpoint
    if delivery.parked:
        return ListItem(parked_of(endpoint), delivery.next_at, sort)
    grace = MINUTE if delivery.tries <= SOON_TRIES else 0
    return ListItem(retries_of(endpoint), Instant(delivery.next_at + grace), sort)
