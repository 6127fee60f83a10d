"""The secrets with which shops sign what they send over HTTP."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable
from rebate.domain.senders import SHARED_KEY

KEPT_SECONDS = 300
"""How long secrets are used before they are read again: so long a replaced one is still good."""


class ShopSecrets:
    """Secrets by key, one a line so that one can be replaced by another while both are good.

    Each key's lie in a parameter of their own: that of the shared key has the name that the
    environment gives, those of others `{name}/{key}`.
    """

    def __init__(
        self, region: str, *, parameter: str | None, text: str | None, keys: str | None = None
    ) -> None:
        """Read from SSM parameters of this name, or take texts, for want of one.

        `text` is the shared key's; `keys` has those of others, in lines `KEY:SECRET`.
        """
        self._region = region
        self._parameter = parameter
        self._text, self._keys = text or "", keys or ""
        self._known: dict[str, tuple[bytes, ...]] = {}
        self._read_at: dict[str, float] = {}

    def __call__(self, key: str = SHARED_KEY) -> tuple[bytes, ...]:
        """Return the secrets of a key that are good now; none: nobody's signature is.

        Raises:
            Unavailable: the parameter could not be read.
        """
        if self._parameter is None:
            return _lines(self._text) if key == SHARED_KEY else _lines_of(key, self._keys)
        now, read_at = time.monotonic(), self._read_at.get(key)
        if read_at is None or now > read_at + KEPT_SECONDS:
            shared = key == SHARED_KEY
            name = self._parameter if shared else f"{self._parameter}/{key}"
            self._known[key] = _lines(self._read(name, or_none=not shared))
            self._read_at[key] = now
        return self._known[key]

    def _read(self, parameter: str, *, or_none: bool) -> str:
        """Return a parameter; a key whose secret nobody has stored yet has none."""
        try:
            found = client("ssm", self._region).get_parameter(Name=parameter, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            missing = getattr(error, "response", {}).get("Error", {}).get("Code")
            if or_none and missing == "ParameterNotFound":
                return ""
            raise Unavailable(f"SSM: {error}") from error
        return str(found["Parameter"]["Value"])


def _lines(text: str) -> tuple[bytes, ...]:
    return tuple(line.strip().encode() for line in text.splitlines() if line.strip())


def _lines_of(key: str, text: str) -> tuple[bytes, ...]:
    before = f"{key}:".encode()
    return tuple(line.removeprefix(before) for line in _lines(text) if line.startswith(before))
