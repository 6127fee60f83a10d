"""Sending deliveries once more: one by one, or all since an instant."""

from collections.abc import Sequence

from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.records import dataclass
from rebate.domain.times import Instant
from rebate.domain.webhooks import DeliveryState, WebhookDelivery, WebhookEndpoint
from rebate.usecases.storage.ports import Clock, Store
from rebate.usecases.storage.rows.keys import ENDPOINTS, Key, number
from rebate.usecases.webhooks.keep_deliveries import keep
from rebate.usecases.webhooks.queue_webhooks import WebhookQueue, again

PAGE = 200
"""Deliveries that one request looks at; `next` goes on."""


@dataclass(frozen=True, slots=True)
class Redelivery:
    """How many were queued again, and after which to go on, if there may be more."""

    queued: int
    next: str | None = None


@dataclass(frozen=True, slots=True)
class RedeliveryWish:
    """What is to be sent once more, under the caller's `id`.

    Deliveries by their keys, or those since an instant, after a key: those set aside, or `all`.
    """

    id: str
    endpoint: str
    deliveries: tuple[str, ...] = ()
    since: Instant | None = None
    after: str | None = None
    all: bool = False


def redeliver(store: Store, clock: Clock, queue: WebhookQueue, wish: RedeliveryWish) -> Redelivery:
    """Queue deliveries again; one that waits, or that this request queued before, stays as it is.

    Raises:
        Rejected: `unknown_entry`: there is no such endpoint, or no such delivery any more;
            `invalid_request`: the endpoint is off.
        Unavailable: the store or the queue did not answer; the same request goes on.
    """
    endpoint = store.get(WebhookEndpoint, Key(ENDPOINTS, wish.endpoint))
    if endpoint is None:
        raise Rejected(Code.UNKNOWN_ENTRY, f"there is no endpoint {wish.endpoint}")
    if not endpoint.on:
        raise Rejected(Code.INVALID_REQUEST, f"endpoint {wish.endpoint} is off: switch it on first")
    found = _named(store, wish) if wish.deliveries else _since(store, wish)
    wanted = [
        each for each in found if each.state != DeliveryState.WAITING and each.asked != wish.id
    ]
    if wish.since is not None and not wish.all:
        wanted = [each for each in wanted if each.state == DeliveryState.SET_ASIDE]
    queued = sum(_once_more(store, clock, queue, each, wish.id) for each in wanted)
    more = wish.since is not None and len(found) == PAGE
    return Redelivery(queued, name_of(found[-1]) if more else None)


def name_of(delivery: WebhookDelivery) -> str:
    """Return by which name a delivery is asked for: where it stands among its endpoint's."""
    return f"{number(delivery.at)}-{delivery.id}"


def sort_of(name: str) -> str:
    """Return where the delivery of a name stands."""
    return name.replace("-", "#", 1)


def _named(store: Store, wish: RedeliveryWish) -> Sequence[WebhookDelivery]:
    keys = {name: Key(wish.endpoint, sort_of(name)) for name in wish.deliveries}
    found = store.get_many(WebhookDelivery, dict.fromkeys(keys.values()))
    for name, key in keys.items():
        if key not in found:
            raise Rejected(Code.UNKNOWN_ENTRY, f"there is no delivery {name} to {wish.endpoint}")
    return list(found.values())


def _since(store: Store, wish: RedeliveryWish) -> Sequence[WebhookDelivery]:
    begin = number(wish.since or 0)
    after = sort_of(wish.after) if wish.after else begin
    return store.query(WebhookDelivery, wish.endpoint, after=max(after, begin), limit=PAGE)


def _once_more(
    store: Store, clock: Clock, queue: WebhookQueue, delivery: WebhookDelivery, request: str
) -> bool:
    """Queue one again; the list has it as well, should the queue not take it."""
    after = delivery.once_more(request, clock.now())
    try:
        keep(store, after, delivery)
    except Conflict:  # somebody else asked for it just now
        return False
    queue.send([again(after)])
    return True
