"""Reading what people name on the command line."""

from pathlib import Path

from local.failures import BadInput


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises:
        BadInput: it cannot be read, or is not text.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: is not UTF-8 text") from error
