"""What operators ask of webhooks out (contracts, section 7)."""

import re
from typing import Annotated, Self
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field, model_validator

from rebate.contracts.events_out import EventOutName
from rebate.contracts.scalars import NOT_EMPTY, Count, Flag, Id, Instant
from rebate.contracts.validation import Strict, error_at
from rebate.domain.webhooks import secret_bytes

ADDRESS_CHARS_MAX = 2048
DELIVERIES_MAX = 100
"""Deliveries that one request may name."""

_PLAIN = re.compile(r"[!-~]+")
_SECRET_WORDS = ("new", "retire")


def check_address(text: str) -> str:
    """Return an address that a request can be posted to."""
    if not _PLAIN.fullmatch(text):
        raise ValueError("must be an address of ASCII characters, without spaces")
    parts = _split(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("must be an address that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must name nobody: receivers check the signature")
    if parts.fragment:
        raise ValueError("must have no fragment, which is never sent")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - what is no port is refused when it is looked at
    except ValueError:
        raise ValueError("must be an address that begins with https://") from None
    return parts


def check_secret(text: str) -> str:
    """Return what is asked of an endpoint's secret, or a secret of the receiver's own."""
    if text in _SECRET_WORDS:
        return text
    try:
        secret_bytes(text)
    except ValueError:
        message = "must be new, retire, or whsec_ and 24 to 64 bytes in base64"
        raise ValueError(message) from None
    return text


class SaveWebhook(Strict):
    """An endpoint in place of `version` (0: a new one); `types` null: all events.

    `secret`: `new` adds one beside the one there is, and answers it; `retire` gives the older up;
    one of the receiver's own is added; left out it stays, or is made for a new endpoint.
    """

    id: Id
    version: Count
    address: Annotated[
        str, Field(strict=True, max_length=ADDRESS_CHARS_MAX), AfterValidator(check_address)
    ]
    types: Annotated[tuple[EventOutName, ...], NOT_EMPTY] | None = None
    on: Flag = True
    secret: Annotated[str, Field(strict=True), AfterValidator(check_secret)] | None = None


class Redeliver(Strict):
    """Send deliveries to an endpoint once more: by name, or those since an instant.

    Since an instant, those that were set aside, or with `all` also those that arrived; `after` is
    the `next` of the answer before.
    """

    id: Id
    webhook: Id
    deliveries: Annotated[
        tuple[Annotated[str, Field(strict=True, max_length=100)], ...],
        Field(max_length=DELIVERIES_MAX),
    ] = ()
    since: Instant | None = None
    after: Annotated[str, Field(strict=True, max_length=100)] | None = None
    all: Flag = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.deliveries) == (self.since is not None):
            raise error_at("deliveries", "is required, or since instead")
        if self.since is None and (self.after is not None or self.all):
            raise error_at("after" if self.after else "all", "goes only with since")
        return self
