"""The secrets with which shops sign what they send over HTTP."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from rebate.adapters.aws import client
from rebate.domain.errors import Unavailable

KEPT_SECONDS = 300
"""How long secrets are used before they are read again: so long a replaced one is still good."""


class ShopSecrets:
    """Secrets, one a line so that one can be replaced by another while both are good."""

    def __init__(self, region: str, *, parameter: str | None, text: str | None) -> None:
        """Read from the SSM parameter of this name, or take `text`, for want of one."""
        self._region = region
        self._parameter = parameter
        self._known = _lines(text or "")
        self._read_at: float | None = None

    def __call__(self) -> tuple[bytes, ...]:
        """Return the secrets that are good now; none: nobody's signature is.

        Raises:
            Unavailable: the parameter could not be read.
        """
        now = time.monotonic()
        if self._parameter and (self._read_at is None or now > self._read_at + KEPT_SECONDS):
            self._known = _lines(self._read(self._parameter))
            self._read_at = now
        return self._known

    def _read(self, parameter: str) -> str:
        try:
            found = client("ssm", self._region).get_parameter(Name=parameter, WithDecryption=True)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"SSM: {error}") from error
        return str(found["Parameter"]["Value"])


def _lines(text: str) -> tuple[bytes, ...]:
    return tuple(line.strip().encode() for line in text.splitlines() if line.strip())
