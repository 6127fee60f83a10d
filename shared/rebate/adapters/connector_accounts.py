"""The accounts of connectors: with what shops sign, and how their own API is asked.

    {"my-shop": {"platform": "woocommerce", "secrets": ["…"],
                 "url": "https://shop.example", "user": "ck_…", "password": "cs_…"},
     "other":   {"platform": "shopify", "secrets": ["…"],
                 "url": "https://other.myshopify.com", "token": "shpat_…"}}

One JSON document in one encrypted parameter; of each only `platform` and `secrets` are needed for
webhooks. Two secrets are good while one is being replaced by the other.
"""

import json
import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable

KEPT_SECONDS = 300
"""How long accounts are used before they are read again."""


class ConnectorAccount(BaseModel):
    """How one shop is spoken with; secrets are never shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    platform: str
    secrets: tuple[str, ...] = ()
    url: str | None = None
    user: str | None = None
    password: str | None = None
    token: str | None = None

    def __repr__(self) -> str:
        """Say which platform it is of, and nothing else."""
        return f"Account({self.platform})"

    __str__ = __repr__

    def signing(self) -> tuple[bytes, ...]:
        """Return what deliveries are signed with."""
        return tuple(secret.encode() for secret in self.secrets)


class ConnectorAccounts:
    """Accounts by the keys of connectors."""

    def __init__(self, region: str, *, parameter: str | None, text: str | None) -> None:
        """Read from the SSM parameter of this name, or take `text`, for want of one."""
        self._region = region
        self._parameter = parameter
        self._known = _accounts(text or "{}")
        self._read_at: float | None = None

    def __call__(self, key: str) -> ConnectorAccount | None:
        """Return the account of a connector, None where there is none.

        Raises:
            Unavailable: the parameter could not be read, or does not hold accounts.
        """
        now = time.monotonic()
        if self._parameter and (self._read_at is None or now > self._read_at + KEPT_SECONDS):
            self._known = _accounts(self._read(self._parameter))
            self._read_at = now
        return self._known.get(key)

    def _read(self, parameter: str) -> str:
        try:
            found = client("ssm", self._region).get_parameter(Name=parameter, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SSM: {error}") from error
        return str(found["Parameter"]["Value"])


def _accounts(text: str) -> Mapping[str, ConnectorAccount]:
    try:
        document: Any = json.loads(text)
        return {key: ConnectorAccount.model_validate(value) for key, value in document.items()}
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise Unavailable(f"an account of a connector is wrong in: {fields}") from None
    except (AttributeError, ValueError):
        raise Unavailable("the accounts of connectors are no JSON object") from None
