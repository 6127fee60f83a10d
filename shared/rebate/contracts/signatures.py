"""How shops sign what they send over HTTP (contracts, section 1).

    X-Rebate-Key: the id of the key that signs; left out, it is the shop's shared one
    X-Rebate-Timestamp: seconds since 1970, as a whole number
    X-Rebate-Signature: v1=HMAC-SHA256(secret, timestamp + "." + body) in hexadecimal

The body is signed as it is sent, byte for byte; of a request without one, the query string is. A
timestamp more than five minutes from the receiver's clock is refused; within them a repetition does
no harm: a repeated event or request is a no-op, and what is saved of members, products and stores
is as of the signed instant, so that nothing that was signed before undoes what was signed since.
"""

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256

KEY_HEADER = "x-rebate-key"
TIMESTAMP_HEADER = "x-rebate-timestamp"
SIGNATURE_HEADER = "x-rebate-signature"
TOLERANCE_SECONDS = 300

_TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


class BadSignature(Exception):
    """A request that nobody who knows the secret has signed just now."""


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """Return the signature of a body sent at `timestamp` (seconds since 1970)."""
    message = f"{timestamp}.".encode() + body
    return f"v1={hmac.digest(secret, message, sha256).hex()}"


def insist_signed(
    secrets: Iterable[bytes], timestamp: str | None, signature: str | None, body: bytes, now: int
) -> int:
    """Insist that one of `secrets` signed the body about `now`, and return when (since 1970).

    There are several while one is being replaced by another.

    Raises:
        BadSignature: none did, or not within the tolerance.
    """
    if timestamp is None or signature is None:
        raise BadSignature(f"{TIMESTAMP_HEADER} and {SIGNATURE_HEADER} are required")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise BadSignature(f"{TIMESTAMP_HEADER} must be whole seconds since 1970")
    if abs(now - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignature(f"{TIMESTAMP_HEADER} is more than {TOLERANCE_SECONDS} seconds off")
    given = signature.encode()
    valid = [sign(secret, int(timestamp), body).encode() for secret in secrets]
    if not any([hmac.compare_digest(expected, given) for expected in valid]):  # noqa: C419
        raise BadSignature(f"{SIGNATURE_HEADER} does not fit the body")
    return int(timestamp)
