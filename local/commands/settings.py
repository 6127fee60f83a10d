"""`rebate settings check`: what settings would mean, in plain words."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.settings import read_settings
from rebate.contracts.api import as_json
from rebate.contracts.notice_texts import LOCALES
from rebate.contracts.settings import parse_settings
from rebate.usecases.settings.check_settings import costs, laws, means

SUMMARY = "validate settings, and say what they mean"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    actions = parser.add_subparsers(title="actions", dest="action", required=True)
    check = actions.add_parser("check", help=SUMMARY, description=SUMMARY)
    check.add_argument("file", type=Path, metavar="FILE", help="JSON or YAML")
    check.add_argument("--margin", type=int, metavar="BPS", help="lowest margin of what is sold")
    check.add_argument("--locale", choices=LOCALES, default="en", help="language of the sentences")
    check.add_argument("--json", action="store_true", help="print it all as JSON")


def run(arguments: Namespace) -> int:
    """Tell what the settings of a file mean; what is wrong with them is a failure."""
    document = read_settings(arguments.file, arguments.margin, arguments.locale)
    settings = parse_settings(document, arguments.margin)
    said = means(settings, arguments.locale)
    costing = costs(settings, arguments.margin, arguments.locale)
    law = laws(settings, arguments.margin, arguments.locale)
    if arguments.json:
        found = {"valid": True, "means": said, "costs": costing, "laws": law}
        print(as_json(found))
        return 0
    print("\n".join(f"{each.part}: {each.text}" for each in said))
    print("\n".join(f"cost: {each.text}" for each in costing))
    print("\n".join(f"law: {text}" for each in law for text in each.text))
    return 0
