"""Saving where events go, and the secrets that they are signed with."""

from collections.abc import Callable

from rebate.domain.errors import Code, Conflict, Rejected
from rebate.domain.records import dataclass
from rebate.domain.webhooks import WebhookEndpoint, WebhookHealth, WebhookSecret, secret_of
from rebate.usecases.storage.ports import Clock, Put, Remove, Store, Write
from rebate.usecases.storage.rows.keys import ENDPOINTS, Key, webhook_secret_key
from rebate.usecases.webhooks.queue_webhooks import endpoints_of

ENDPOINTS_MAX = 50
"""Endpoints of a deployment: each event goes to all that want it."""

SECRETS_MAX = 2
"""Secrets that are good at the same time: one, and the one that replaces it."""

NEW, RETIRE = "new", "retire"
"""What may be asked of the secret: another beside it, or that the older is given up."""


@dataclass(frozen=True, slots=True)
class EndpointWish:
    """An endpoint as somebody wants it, in place of `version` (0: a new one).

    `secret` is `new`, `retire`, a secret of the receiver's own, or None: as it is.
    """

    id: str
    version: int
    address: str
    types: tuple[str, ...] | None
    on: bool
    secret: str | None = None


def save_endpoint(
    store: Store, clock: Clock, wish: EndpointWish, *, by: str, random: Callable[[int], bytes]
) -> tuple[WebhookEndpoint, str | None]:
    """Save an endpoint; return it, and the secret that was made, which nobody is shown again.

    However often it failed before, it is tried anew.

    Raises:
        Rejected: `over_limit`, or `invalid_request`: the secret cannot be what is asked for.
        Conflict: it is not at that version, or somebody saved it just now.
        Unavailable: the store did not answer.
    """
    known = store.get(WebhookEndpoint, Key(ENDPOINTS, wish.id))
    version = known.version if known else 0
    if version != wish.version:
        message = f"endpoint {wish.id} is not at version {wish.version}: read it again"
        raise Conflict(message)
    if known is None and len(endpoints_of(store)) >= ENDPOINTS_MAX:
        raise Rejected(Code.OVER_LIMIT, f"there are {ENDPOINTS_MAX} endpoints: use one of them")
    secrets, made, rows = _secrets(wish, known, random)
    saved = WebhookEndpoint(
        wish.id, wish.address, wish.types, wish.on, secrets, clock.now(), by, version + 1
    )
    forgotten = Remove(WebhookHealth, Key(wish.id))
    store.commit([Put(saved, expects=version), forgotten, *rows])
    return saved, made


def _secrets(
    wish: EndpointWish, known: WebhookEndpoint | None, random: Callable[[int], bytes]
) -> tuple[tuple[int, ...], str | None, list[Write]]:
    """Return the numbers of an endpoint's secrets, the new one if it was made here, and writes."""
    now = known.secrets if known else ()
    if known and wish.secret is None:
        return now, None, []
    if wish.secret == RETIRE:
        if len(now) < SECRETS_MAX:
            raise Rejected(Code.INVALID_REQUEST, "secret: there is only one: add a new one first")
        return now[1:], None, [Remove(WebhookSecret, webhook_secret_key(wish.id, now[0]))]
    if len(now) == SECRETS_MAX:
        message = "secret: two are good already: retire the older one first"
        raise Rejected(Code.INVALID_REQUEST, message)
    made = secret_of(random(32)) if wish.secret in {None, NEW} else None
    number = max(now, default=0) + 1
    row = WebhookSecret(wish.id, number, made or wish.secret or "")
    return (*now, number), made, [Put(row)]
