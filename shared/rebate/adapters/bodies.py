"""A row's text as attributes of its item: as it is while it is short, compressed once it is long.

DynamoDB charges by the kilobyte, and a transaction twice: long rows are lists of much the same
(a commit's journal, orders that came together), of which compression leaves an eighth to a fifth.
A row that fits into one unit is left readable, since it could not become cheaper.
"""

import zlib
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from rebate.domain.errors import Unreadable

PLAIN, PACKED = "body", "packed"
"""The attributes of a text as it is and of one that is compressed; an item has either."""

SHORT_BYTES_MAX = 850
"""A text of at most so many bytes is left as it is: with its keys it takes one unit (1 024)."""


def body_of(text: str) -> dict[str, str | bytes]:
    """Return the attribute that holds a text."""
    written = text.encode()
    return {PLAIN: text} if len(written) <= SHORT_BYTES_MAX else {PACKED: zlib.compress(written)}


def text_of(item: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the text that an item holds; in events of streams, bytes are Base64.

    Raises:
        Unreadable: it holds none.
    """
    if PLAIN in item:
        return str(item[PLAIN]["S"])
    try:
        packed = item[PACKED]["B"]
        return zlib.decompress(b64decode(packed) if isinstance(packed, str) else packed).decode()
    except (KeyError, ValueError, zlib.error) as error:
        raise Unreadable(f"an item without a text: {error!r}") from error
