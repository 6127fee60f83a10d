"""`rebate replay`: real events through the real functions."""

import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.deployment import LocalDeployment
from local.failures import BadInput
from local.files import read_bytes
from local.progress import watched
from local.replaying import Replay, Report, UnreadableLine, entry_of
from local.screen import complain, print_json
from local.settings import demo_settings, read_settings
from local.stores import add_engine_argument, engine_of, opened
from local.summary import figures, sentences
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings

SUMMARY = "deliver the events of a file, one EventBridge entry a line, in their order"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("file", type=Path, metavar="FILE.jsonl")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="default: the demo's")
    parser.add_argument("--json", action="store_true", help="print outcome and summary as JSON")
    parser.add_argument("--store", type=Path, metavar="DIR", help="keep the data in DIR")
    add_engine_argument(parser)


def run(arguments: Namespace) -> int:
    """Replay a file; what cannot be used of it is told, set aside, and no reason to stop.

    1: some queues did not come to rest.
    """
    lines = _lines(arguments.file)
    wanted = read_settings(arguments.settings) if arguments.settings else None
    started = time.monotonic()
    engine = engine_of(arguments.engine, arguments.store)
    with opened(arguments.store, engine) as deployment:
        deployment.recover()
        _put_in_force(deployment, wanted)
        replay = Replay(deployment)
        for _ in watched(replay.run(lines), "events", len(lines)):
            complain(f"{arguments.file}: {aside}" for aside in replay.newly_set_aside())
        in_force = deployment.app.settings.in_force()
        outcome = show_outcome(deployment.app.store, in_force.terms)
        summary = _summary(replay.report, deployment, outcome, time.monotonic() - started)
    if arguments.json:
        print_json({"outcome": outcome, "summary": summary})
    else:
        print("\n".join(_told(summary, outcome, in_force.settings.currency)))
    unsettled = replay.report.unsettled
    complain(f"{arguments.file}: queue {queue} {why}" for queue, why in unsettled.items())
    return 1 if unsettled else 0


def _lines(file: Path) -> list[tuple[int, bytes]]:
    """Return the lines of a file with their numbers, empty ones left out.

    Raises:
        BadInput: none of them is an event.
    """
    numbered = enumerate(read_bytes(file).split(b"\n"), start=1)
    lines = [(number, line) for number, line in numbered if line.strip()]
    if lines and not any(_is_entry(line) for _, line in lines):
        raise BadInput(f"{file}: no line of it is a JSON object")
    return lines


def _is_entry(line: bytes) -> bool:
    try:
        entry_of(line)
    except UnreadableLine:
        return False
    return True


def _put_in_force(deployment: LocalDeployment, wanted: Mapping[str, Any] | None) -> None:
    """Save the settings that are wanted; a store keeps those that it has if none are."""
    app = deployment.app
    now = app.settings.in_force()
    if wanted is None and now.version:
        return
    document = demo_settings() if wanted is None else wanted
    if document != now.document:
        save_settings(app.store, app.clock, document, expects=now.version, by="replay")


def _summary(
    report: Report, deployment: LocalDeployment, outcome: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    metrics = deployment.functions.metrics
    return {
        "events": report.lines,
        "by_type": dict(sorted(report.types.items())),
        "accepted": metrics["accepted"] + metrics["saved"],
        "repeated": metrics["duplicates"],
        "kept": metrics["kept"],
        "set_aside": [
            {"line": aside.line, "code": aside.code, "reason": aside.reason}
            for aside in report.set_aside
        ],
        "queues": figures(outcome),
        "seconds": round(seconds, 3),
    }


def _told(summary: Mapping[str, Any], outcome: Mapping[str, Any], currency: str) -> Iterator[str]:
    types = ", ".join(f"{count} {kind}" for kind, count in summary["by_type"].items())
    yield f"{summary['events']} events in {summary['seconds']:.1f} s: {types or 'none'}."
    yield (
        f"{summary['accepted']} accepted, {summary['repeated']} known already, "
        f"{summary['kept']} kept until their order comes, {len(summary['set_aside'])} set aside."
    )
    yield from sentences(outcome, currency)
