"""What commands print: results on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Iterable
from typing import Any


def complain(lines: Iterable[str]) -> None:
    """Print lines to stderr, each on one line whatever it holds."""
    for line in lines:
        print(" ".join(line.split()), file=sys.stderr)


def print_json(document: Any) -> None:  # noqa: ANN401 - JSON
    """Print one JSON document on stdout."""
    print(json.dumps(document, ensure_ascii=False, indent=1))
