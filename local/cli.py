"""The command line: `rebate COMMAND …`."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn

from local.engine import EngineUnavailable
from local.failures import Failure
from local.screen import complain
from local.settling import DeliveryFailed
from rebate.domain.errors import Unavailable

COMMANDS: Mapping[str, str] = {
    "demo": "demo",
    "replay": "replay",
    "scenario": "scenario",
    "simulate": "simulate",
    "audit": "audit",
    "report": "report",
    "parked": "parked",
    "settings": "settings",
    "draws": "draws",
    "convert": "convert",
    "erase": "erase",
    "export": "export",
    "import": "importing",
    "products": "products",
    "dead-letters": "dead_letters",
    "mcp": "mcp",
}
"""Commands by name: modules of `local.commands`, of which only the one that is asked for is loaded.
Some bring a server and cryptography along, which takes others a second to wait for."""

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 2 for bad input."""
    words = sys.argv[1:] if arguments is None else arguments
    given = _parser(COMMANDS.keys() & words[:1] or COMMANDS).parse_args(words)
    try:
        status: int = given.run(given)
    except Failure as failure:
        complain(f"rebate {given.command}: {line}" for line in failure.lines)
        return failure.status
    except (EngineUnavailable, DeliveryFailed, Unavailable) as error:
        complain([f"rebate {given.command}: {error}"])
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


class _Parser(ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        complain([f"{self.prog}: {message}"])
        sys.exit(2)


def _parser(names: Iterable[str]) -> ArgumentParser:
    """Return what reads these commands and no others."""
    parser = _Parser(prog="rebate", description="A queue-rebate engine for shops (排队返利).")
    commands = parser.add_subparsers(title="commands", dest="command", required=True)
    for name in names:
        command = import_module(f"local.commands.{COMMANDS[name]}")
        own = commands.add_parser(name, help=command.SUMMARY, description=command.SUMMARY)
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
