"""`rebate products enable`: let existing products take part (Rule 1.4 (3))."""

from argparse import ArgumentParser, Namespace
from typing import get_args

from local.screen import print_json
from local.stores import acting_on, add_where_arguments
from rebate.contracts.requests import Supply
from rebate.usecases.catalog.manage_catalog import enable_products

SUMMARY = "let all existing products of some supplies take part"

SUPPLIES: tuple[str, ...] = get_args(Supply)


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    actions = parser.add_subparsers(title="actions", dest="action", required=True)
    enable = actions.add_parser("enable", help=SUMMARY, description=SUMMARY)
    enable.add_argument(
        "--supply",
        action="append",
        choices=SUPPLIES,
        help="may be given several times; default: all of them",
    )
    enable.add_argument("--json", action="store_true", help="print one JSON document")
    add_where_arguments(enable)


def run(arguments: Namespace) -> int:
    """Enable until there are no more; what was done before it was cut off stays done."""
    supplies, enabled, more = arguments.supply or SUPPLIES, 0, True
    while more:
        with acting_on(arguments, "products/enable") as app:
            done = enable_products(app.store, supplies)
        enabled, more = enabled + done.enabled, done.more
    if arguments.json:
        print_json({"enabled": enabled, "supplies": list(supplies)})
    else:
        print(f"{enabled} products take part now ({', '.join(supplies)}).")
    return 0
