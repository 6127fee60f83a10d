"""Reading what people name on the command line."""

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
