"""Tokens, signed and checked: RS256, as what HTTP APIs check (PyJWT does the cryptography)."""

import json
import os
from collections.abc import Collection, Mapping
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm

ALGORITHM = "RS256"
KEY_BITS = 2048
_EXPONENT = 65_537


class BadToken(Exception):
    """A token that is not ours, not for this, or over."""


class SigningKey:
    """The key of an issuer; the public half is what everybody may have."""

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    @classmethod
    def kept_in(cls, file: Path | None) -> "SigningKey":
        """Return the key in a file, made if there is none; None: a new one that nothing keeps."""
        if file is not None and file.exists():
            found = serialization.load_pem_private_key(file.read_bytes(), None)
            assert isinstance(found, RSAPrivateKey), f"{file} holds another kind of key"
            return cls(found)
        made = cls(generate_private_key(_EXPONENT, KEY_BITS))
        if file is not None:
            made.keep(file)
        return made

    def keep(self, file: Path) -> None:
        """Write the key where only this user can read it."""
        content = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)

    @cached_property
    def public(self) -> Mapping[str, Any]:
        """The public half as a JWK; `kid` names it by what it is."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        known = {name: key[name] for name in ("e", "kty", "n")}
        text = json.dumps(known, sort_keys=True, separators=(",", ":"))
        return {**known, "kid": sha256(text.encode()).hexdigest()[:16], "alg": ALGORITHM}

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token that says this."""
        return jwt.encode(dict(claims), self._key, ALGORITHM, headers={"kid": self.public["kid"]})

    def read(self, token: str, *, issuer: str, audience: Collection[str]) -> Mapping[str, Any]:
        """Return what a token says.

        Raises:
            BadToken: it is none of this issuer's for this audience, or it is over.
        """
        try:
            said: Mapping[str, Any] = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=[ALGORITHM],
                issuer=issuer,
                audience=list(audience),
                options={"require": ["exp", "iat", "iss", "sub", "aud"]},
            )
        except jwt.InvalidTokenError as error:
            raise BadToken(str(error)) from None
        return said
