"""Keys that sign: of AWS KMS, which never shows them, or in files of one machine."""

import hmac
import os
import secrets
from hashlib import sha256
from pathlib import Path

from botocore.exceptions import ClientError

from rebate.adapters.aws import client

_ALGORITHM = "HMAC_SHA_256"


class KmsKey:
    """An HMAC key of KMS, by its id or alias: see `MacKey`."""

    def __init__(self, name: str, region: str) -> None:
        """Sign with the key of that name."""
        self._name = name
        self._kms = client("kms", region)

    def sign(self, message: bytes) -> bytes:
        """Return the message authentication code of a message."""
        made = self._kms.generate_mac(KeyId=self._name, Message=message, MacAlgorithm=_ALGORITHM)
        mac: bytes = made["Mac"]
        return mac

    def verifies(self, message: bytes, mac: bytes) -> bool:
        """Tell whether the key signed that message."""
        try:
            self._kms.verify_mac(
                KeyId=self._name, Message=message, MacAlgorithm=_ALGORITHM, Mac=mac
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "KMSInvalidMacException":
                raise
            return False
        return True


class SecretKey:
    """A key that this process holds: see `MacKey`."""

    def __init__(self, secret: bytes) -> None:
        """Sign with a secret."""
        self._secret = secret

    def sign(self, message: bytes) -> bytes:
        """Return the message authentication code of a message."""
        return hmac.digest(self._secret, message, sha256)

    def verifies(self, message: bytes, mac: bytes) -> bool:
        """Tell whether the key signed that message."""
        return hmac.compare_digest(self.sign(message), mac)


def key_in(file: Path) -> SecretKey:
    """Return the key in a file that only its owner may read, which is made if it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(made, "wb") as opened:
            opened.write(secrets.token_bytes(32))
    return SecretKey(file.read_bytes())
