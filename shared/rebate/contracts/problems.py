"""What is wrong with a document from outside, in one line each.

Invalid                 a document with one or more problems
├── InvalidSettings     (settings)
├── UnreadableEvent     (events_in)
├── UnreadableDocument  (documents)
└── InvalidScenario     (scenarios)
"""

import difflib
import json
import re
from collections.abc import Iterable, Sequence

from rebate.domain.records import dataclass, replace

INVALID = "invalid"
NEEDS_ACKNOWLEDGEMENT = "needs_acknowledgement"

Step = str | int
Path = tuple[Step, ...]

_PLAIN_KEY = re.compile(r"[\w\-/]+")
_SHOWN_CHARS_MAX = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    `path` is where (`queue_rebate.products.p-9.extraction_bps`, `alliance.heads_bps[1]`; empty for
    the document as a whole), `message` says what, `nearest` is the valid name or value that comes
    closest to what was written, if any does. `code` is `invalid`, or `needs_acknowledgement` where
    the settings may stand once they are acknowledged (rules 2.5, 8.4): by `acknowledge`, which
    names the risk and its figure.
    """

    path: str
    message: str
    nearest: str | None = None
    code: str = INVALID
    acknowledge: str | None = None

    def __str__(self) -> str:
        """Render the problem as exactly one line."""
        where = f"{self.path}: " if self.path else ""
        hint = f"; the nearest is {shown(self.nearest)}" if self.nearest else ""
        return " ".join(f"{where}{self.message}{hint}".split())

    def under(self, prefix: str) -> "Problem":
        """Tell the same of a document that stands at `prefix` inside a larger one."""
        return replace(self, path=join_paths(prefix, self.path))


class Invalid(Exception):
    """A document from outside that cannot be used; `problems` says why, never empty.

    `code` is that of the refusal which it leads to.
    """

    code: str = INVALID

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Hold the problems in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def nearest(name: object, valid: Iterable[str], likeness_min: float = 0.5) -> str | None:
    """Return the one of `valid` that `name` most resembles, or None if none is that close.

    `likeness_min` is from 0, where any will do, to 1, where only the same will.
    """
    if not isinstance(name, str):
        return None
    by_folded = {choice.casefold(): choice for choice in valid}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=likeness_min)
    return by_folded[close[0]] if close else None


def one_of(choices: Sequence[str]) -> str:
    """Return the choices as a reader would say them: `a, b or c`."""
    return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))


def shown(value: object) -> str:
    """Return `value` as JSON on one line, cut where it is long."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = f"a {type(value).__name__}"
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN_CHARS_MAX else text[: _SHOWN_CHARS_MAX - 1] + "…"


def render_path(steps: Path) -> str:
    """Return the keys and indexes of a path as text, keys with odd characters in brackets."""
    path = ""
    for step in steps:
        path = join_paths(path, _rendered(step))
    return path


def join_paths(prefix: str, path: str) -> str:
    """Return `path` inside what stands at `prefix`."""
    if not prefix or not path or path.startswith("["):
        return prefix + path
    return f"{prefix}.{path}"


def _rendered(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return step if _PLAIN_KEY.fullmatch(step) else f"[{shown(step)}]"
