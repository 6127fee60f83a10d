"""The command line: `rebate COMMAND …`."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from local.commands import (
    audit,
    convert,
    dead_letters,
    demo,
    draws,
    erase,
    export,
    importing,
    mcp,
    parked,
    products,
    replay,
    report,
    scenario,
    settings,
    simulate,
)
from local.engine import EngineUnavailable
from local.failures import Failure
from local.screen import complain
from local.settling import DeliveryFailed

COMMANDS: tuple[ModuleType, ...] = (
    demo,
    replay,
    scenario,
    simulate,
    audit,
    report,
    parked,
    settings,
    draws,
    convert,
    erase,
    export,
    importing,
    products,
    dead_letters,
    mcp,
)
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 2 for bad input."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given)
    except Failure as failure:
        complain(f"rebate {given.command}: {line}" for line in failure.lines)
        return failure.status
    except (EngineUnavailable, DeliveryFailed) as error:
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


def _parser() -> ArgumentParser:
    parser = _Parser(prog="rebate", description="A queue-rebate engine for shops (排队返利).")
    commands = parser.add_subparsers(title="commands", dest="command", required=True)
    for command in COMMANDS:
        own = commands.add_parser(command.NAME, help=command.SUMMARY, description=command.SUMMARY)
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
