"""The platforms that there are connectors for: the one list that commands and functions go by."""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from rebate.connectors import shopify, woocommerce, youzan
from rebate.connectors.delivery import ConnectorRules, PlatformDelivery
from rebate.connectors.heard import Heard

SECRET_CHARS_MIN = 16
"""A connector with a shorter secret takes nothing: an empty one is valid on some platforms."""


def hmac_in_base64(secret: bytes, body: bytes) -> bytes:
    """Return how most platforms sign a body: HMAC-SHA256 in base64."""
    return base64.b64encode(hmac.digest(secret, body, sha256))


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: how its deliveries are signed and what they tell.

    `hear` raises UnreadableDelivery where a delivery has another shape than is documented.
    `hear_refunds` tells what refunds say that were fetched, by order and its currency; None: orders
    bring theirs along. `sign` returns how a secret signs a body. `reads`: its own API says what
    changed since an instant.
    """

    name: str
    topic_header: str
    signature_header: str
    hear: Callable[[PlatformDelivery, ConnectorRules], Heard]
    is_ping: Callable[[object], bool] = lambda _payload: False
    hear_refunds: Callable[[str, str, Sequence[Any]], Heard] | None = None
    sign: Callable[[bytes, bytes], bytes] = hmac_in_base64
    reads: bool = True

    def signs(self, secrets: Iterable[bytes], signature: str | None, body: bytes) -> bool:
        """Tell whether one of `secrets` signed the body, byte for byte as it was sent.

        Secrets that are too short sign nothing.
        """
        given = (signature or "").encode()
        good = [secret for secret in secrets if len(secret) >= SECRET_CHARS_MIN]
        valid = [self.sign(secret, body) for secret in good]
        return any([hmac.compare_digest(expected, given) for expected in valid])  # noqa: C419


PLATFORMS: Mapping[str, Platform] = {
    platform.name: platform
    for platform in (
        Platform("shopify", shopify.TOPIC_HEADER, shopify.SIGNATURE_HEADER, shopify.hear),
        Platform(
            "woocommerce",
            woocommerce.TOPIC_HEADER,
            woocommerce.SIGNATURE_HEADER,
            woocommerce.hear,
            woocommerce.is_ping,
            woocommerce.hear_refunds,
        ),
        Platform(
            "youzan",
            youzan.TOPIC_HEADER,
            youzan.SIGNATURE_HEADER,
            youzan.hear,
            sign=youzan.sign,
            reads=False,
        ),
    )
}
