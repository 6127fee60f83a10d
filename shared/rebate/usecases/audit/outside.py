"""What an audit reaches outside the tables, where who may write to them may not."""

from collections.abc import Iterable
from typing import Protocol


class MacKey(Protocol):
    """A key that signs and never shows itself; who may verify need not be who may sign."""

    def sign(self, message: bytes) -> bytes:
        """Return the message authentication code of at most 4 096 bytes."""

    def verifies(self, message: bytes, mac: bytes) -> bool:
        """Tell whether this key signed that message."""


class Archive(Protocol):
    """Texts by name that nobody changes nor removes once they are kept."""

    def keep(self, name: str, text: str) -> None:
        """Keep a text; of a name that is known the first stays what is read."""

    def read(self, name: str) -> str | None:
        """Return what was kept first under a name, or None."""

    def names(self, prefix: str) -> Iterable[str]:
        """Return the names that begin so, in order."""
