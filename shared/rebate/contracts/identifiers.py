"""Names that other systems give: which characters they hold, and how long they are.

What is within these bounds can be stored and settled (contracts, section 1), so whatever comes in
is held against them at the door. This module loads nothing: whoever only looks needs no more.
"""

import re
import unicodedata
from collections.abc import Iterator

CHARS_MAX = 128
"""Characters of an id, after NFC, its sender's prefix included."""
BYTES_MAX = 256
"""Bytes of an id in UTF-8, after NFC, its sender's prefix included."""

PATTERN = (
    r"^[^\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+"
    r"( [^\s\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+)*$"
)
"""The characters of an id as a regular expression, as far as one can say it (JSON Schema)."""

_USUAL = re.compile(r"[!-~]+(?: [!-~]+)*")
_ALLOWED = frozenset("LMNPS")
"""First letters of the general categories of Unicode: letters, marks, digits, and so on."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
"""Letters and marks without a shape and a width."""


class BadIdentifier(ValueError):
    """Not an id; the message says why, and begins where a sentence about the field goes on."""


def identifier(text: str, *, further_chars: int = 0) -> str:
    """Return an id in NFC, if it is one.

    `further_chars`: so many may stand in it beside an id (`store/` of a queue's).

    Raises:
        BadIdentifier: it is too long, or holds what an id may not hold.
    """
    chars_max, bytes_max = CHARS_MAX + further_chars, BYTES_MAX + further_chars
    if len(text) <= chars_max and _USUAL.fullmatch(text):
        return text
    for problem in _problems(text, chars_max, bytes_max):
        raise BadIdentifier(problem)
    return unicodedata.normalize("NFC", text)


def _problems(text: str, chars_max: int, bytes_max: int) -> Iterator[str]:
    if not text:
        yield "must not be empty"
    if len(text) > 4 * chars_max:
        yield f"must have at most {chars_max} characters"
    composed = unicodedata.normalize("NFC", text)
    yield from map(_unfit, filter(_is_unfit, composed))
    if len(composed) > chars_max:
        yield f"must have at most {chars_max} characters"
    if len(composed.encode()) > bytes_max:
        yield f"must have at most {bytes_max} bytes of UTF-8"
    if composed != composed.strip() or "  " in composed:
        yield "must not begin or end with a space, nor hold two in a row"


def _is_unfit(char: str) -> bool:
    if char == " ":
        return False
    return unicodedata.category(char)[0] not in _ALLOWED or char in _UNSEEN


def _unfit(char: str) -> str:
    return f"must not hold control characters, nor others that have no shape: U+{ord(char):04X}"
