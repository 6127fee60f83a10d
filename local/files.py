"""Reading what people name on the command line."""

from collections.abc import Iterator
from pathlib import Path

from local.failures import BadInput


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        BadInput: it cannot be read, or is not text.
    """
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text") from error


def read_bytes(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def count_lines(path: Path) -> int:
    """Return how many lines a file has.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) + 1
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file that can be read, however long it is."""
    with path.open("rb") as file:
        yield from file
