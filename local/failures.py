"""How a command ends that cannot do what it was asked to.

Lines of a failure go to stderr, one a line, behind the command's name.
"""

from collections.abc import Iterable


class Failure(Exception):
    """A command cannot go on: `lines` say why, `status` is its exit status."""

    status = 1

    def __init__(self, lines: str | Iterable[str]) -> None:
        self.lines = (lines,) if isinstance(lines, str) else tuple(lines)
        super().__init__("; ".join(self.lines))


class BadInput(Failure):
    """What was given to a command is not usable: exit 2."""

    status = 2
