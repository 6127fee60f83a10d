"""`rebate settings check`: what settings would mean, in plain words."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.screen import print_json
from local.settings import read_settings
from rebate.contracts.explain import explain
from rebate.contracts.settings import parse_settings

NAME = "settings"
SUMMARY = "validate settings, and say what they mean"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    actions = parser.add_subparsers(title="actions", dest="action", required=True)
    check = actions.add_parser("check", help=SUMMARY, description=SUMMARY)
    check.add_argument("file", type=Path, metavar="FILE", help="JSON or YAML")
    check.add_argument("--margin", type=int, metavar="BPS", help="lowest margin of what is sold")
    check.add_argument("--json", action="store_true", help="print the sentences as JSON")


def run(arguments: Namespace) -> int:
    """Tell what the settings of a file mean; what is wrong with them is a failure."""
    document = read_settings(arguments.file, arguments.margin)
    statements = explain(parse_settings(document, arguments.margin))
    if arguments.json:
        means = [{"part": each.part, "text": each.text} for each in statements]
        print_json({"valid": True, "means": means})
    else:
        print("\n".join(map(str, statements)))
    return 0
