"""`rebate convert`: what a shop's platform sent, turned into our events."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from local.failures import BadInput
from local.files import read_text
from local.screen import complain, print_json
from local.settings import read_settings
from rebate.connectors import (
    PLATFORMS,
    ConnectorRules,
    Converted,
    PlatformDelivery,
    UnreadableDelivery,
    convert,
)
from rebate.connectors.delivery import read_headers
from rebate.connectors.heard import Heard
from rebate.contracts.problems import Problem, nearest, one_of, shown
from rebate.contracts.settings import parse_settings

SUMMARY = "turn webhooks of Shopify, WooCommerce and others into our events, one a line"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a JSON array, or an object a line")
    parser.add_argument(
        "--from", dest="platform", required=True, choices=sorted(PLATFORMS), help="the platform"
    )
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="currency and connectors; default: any, none"
    )
    parser.add_argument("--key", metavar="KEY", help="which of the settings' connectors it is")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(arguments: Namespace) -> int:
    """Print the events; what is not converted is told on stderr, and no failure."""
    rules = _rules(arguments)
    converted = convert(_heard(arguments.file, arguments.platform, rules), rules)
    if arguments.json:
        print_json(_document(converted))
    else:
        for event in converted.events:
            print(json.dumps(event.as_json(), ensure_ascii=False))
    complain(
        f"{f'order {each.order}: ' if each.order else ''}{each.reason}"
        for each in converted.not_converted
    )
    return 0


def _document(converted: Converted) -> dict[str, Any]:
    return {
        "events": [event.as_json() for event in converted.events],
        "not_converted": [
            {"order": each.order, "reason": each.reason} for each in converted.not_converted
        ],
    }


def _rules(arguments: Namespace) -> ConnectorRules:
    """Return how to convert, by the settings.

    Raises:
        BadInput: they are not valid, or leave open which connector is meant.
    """
    if arguments.settings is None:
        if arguments.key is not None:
            raise BadInput("--key needs --settings with that connector in them")
        return ConnectorRules()
    settings = parse_settings(read_settings(arguments.settings))
    connectors, key = settings.connectors, arguments.key
    if key is not None and key not in connectors:
        wrong = Problem("--key", f"no connector is called {shown(key)}", nearest(key, connectors))
        raise BadInput(str(wrong))
    wanted = [connectors[key]] if key else connectors.values()
    found = {ConnectorRules(settings.currency, each.guests, each.completed) for each in wanted}
    if len(found) > 1:
        raise BadInput(f"--key is needed, for connectors differ: {one_of(sorted(connectors))}")
    return next(iter(found), ConnectorRules(settings.currency))


def _heard(file: Path, platform: str, rules: ConnectorRules) -> list[Heard]:
    """Return what each delivery of a file tells.

    Raises:
        BadInput: one cannot be read; a line for each field that is wrong.
    """
    heard, problems = [], []
    for place, entry in enumerate(_entries(file)):
        try:
            heard.append(PLATFORMS[platform].hear(_delivery(entry), rules))
        except UnreadableDelivery as unreadable:
            problems += [problem.under(f"[{place}]") for problem in unreadable.problems]
    if problems:
        raise BadInput(f"{file}: {problem}" for problem in problems)
    return heard


def _delivery(entry: Any) -> PlatformDelivery:  # noqa: ANN401 - JSON
    """Return a delivery as it stands in a file.

    Raises:
        UnreadableDelivery: it has no headers or no payload, or its refunds are no list.
    """
    if not isinstance(entry, dict):
        raise UnreadableDelivery([Problem("", f"must be an object, not {shown(entry)}")])
    if missing := [name for name in ("headers", "payload") if name not in entry]:
        raise UnreadableDelivery([Problem(name, "is required") for name in missing])
    refunds = entry.get("refunds")
    if refunds is not None and not isinstance(refunds, list):
        raise UnreadableDelivery([Problem("refunds", f"must be a list, not {shown(refunds)}")])
    fetched = None if refunds is None else tuple(refunds)
    return PlatformDelivery(read_headers(entry["headers"]), entry["payload"], fetched)


def _entries(file: Path) -> list[Any]:
    """Return the deliveries of a file: a JSON array, one object, or one object a line.

    Raises:
        BadInput: it is none of these.
    """
    text = read_text(file)
    try:
        document = _parsed(text)
    except ValueError as error:
        try:
            return [_parsed(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise BadInput(f"{file}: {_why(text, error)}") from None
    return document if isinstance(document, list) else [document]


def _parsed(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says, numbers with a fraction exactly as they were written."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _why(text: str, error: ValueError) -> str:
    """Return why a file cannot be read: by its first line that is no JSON."""
    if text.lstrip().startswith("["):
        return f"is not JSON: {error}"
    return next(_unreadable_lines(text), f"is not JSON: {error}")


def _unreadable_lines(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        try:
            if line.strip():
                _parsed(line)
        except ValueError as error:
            yield f"line {number} is not JSON: {error}"
