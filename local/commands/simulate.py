"""`rebate simulate`: what settings would come to, before they are switched on (contracts, 9)."""

import json
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from local.commands.simulate_demand import add_demand, demand_of
from local.failures import BadInput
from local.files import count_lines, lines_of
from local.progress import metered, watched
from local.screen import complain
from local.settings import demo_settings, read_settings
from local.simulating import Case, Simulation, SimulationPlayed
from local.simulation_page import page
from local.simulation_words import told
from local.stores import books
from rebate.contracts.problems import Invalid
from rebate.contracts.settings import InvalidSettings, parse_settings, settings_document
from rebate.domain.terms import Terms
from rebate.simulation.demand import made_up
from rebate.simulation.exactness import notes_of
from rebate.simulation.history import History, read_history
from rebate.simulation.sweep import differing, read_sweep, swept
from rebate.simulation.tape import Tape
from rebate.usecases.orders.admit_event import OpenDoor
from rebate.usecases.queries.past_orders import past_orders
from rebate.usecases.queries.simulate_settings import AS_NOW
from rebate.usecases.settings.save_settings import SettingsReader
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.storage.ports import Store

SUMMARY = "play settings over past or made-up orders: cost, waits, who gets what"
_TOLD_MAX = 20
_NAMED_MAX = 5


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument(
        "--settings",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="default: those in force with --store and --stage, else the demo's",
    )
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--orders", type=int, metavar="N", help="make up so many (default 10000)")
    source.add_argument("--history", type=Path, metavar="FILE", help="as for replay")
    source.add_argument("--store", type=Path, metavar="DIR", help="the orders of a store")
    source.add_argument("--stage", metavar="S", help="the orders of a deployment on AWS, read-only")
    parser.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="PATH=V1,V2,…",
        help="try each value of a number of the settings; several: every combination",
    )
    parser.add_argument("--no-schedules", action="store_true", help="no clearings and payouts")
    parser.add_argument("--json", action="store_true", help="print outcome and report as JSON")
    parser.add_argument("--no-outcome", action="store_true", help="with --json: the report alone")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with charts")
    parser.add_argument(
        "--skip-bad", action="store_true", help="go on without events that would be set aside"
    )
    parser.add_argument("--seed", default="1", metavar="TEXT", help="of all that is drawn")
    add_demand(parser)


def run(arguments: Namespace) -> int:
    """Play the cases; tell or print what they came to."""
    with ExitStack() as stack:
        own = None
        if arguments.store or arguments.stage:
            own = stack.enter_context(books(arguments.store, arguments.stage))
        cases = list(_cases(arguments, own))
        cases, tapes = _tapes(arguments, cases, own)
        folder = None
        if arguments.json and not arguments.no_outcome:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rebate-")))
        simulation = Simulation(tapes, arguments.seed, not arguments.no_schedules, folder)
        played = list(_played(simulation, cases))
        complain(sorted({note for case in cases for note in notes_of(case.document)}))
        _complain(arguments, played[0])
        if arguments.html:
            _write(arguments.html, page(played))
        if arguments.json:
            _print_json(played)
        else:
            print("\n".join(told(played)))
    return 0


def _cases(arguments: Namespace, own: Store | None) -> Iterator[Case]:
    """Yield the settings to play, each checked.

    Raises:
        BadInput: a file cannot be read, is not valid, or a sweep is over no number of it.
    """
    named = list(_read(arguments.settings or [], own))
    try:
        sweeps = [read_sweep(text) for text in arguments.sweep]
        found = [
            (name, settings_document(parse_settings(each)))
            for name, document in named
            for each in swept(document, sweeps)
        ]
    except InvalidSettings as invalid:
        raise BadInput(map(str, invalid.problems)) from invalid
    except Invalid as invalid:
        raise BadInput(f"--sweep: {problem}" for problem in invalid.problems) from invalid
    differs = differing([document for _, document in found])
    for (name, document), differ in zip(found, differs, strict=True):
        if sweeps:
            changed = ", ".join(f"{sweep.path} {differ.get(sweep.path)}" for sweep in sweeps)
            yield Case(f"{name}: {changed}", document, differ)
        else:
            yield Case(name, document, differ)


def _read(files: Sequence[Path], own: Store | None) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each settings file by name; without any, those in force, or else the demo's."""
    for file in files:
        yield str(file), settings_document(parse_settings(read_settings(file)))
    in_force = SettingsReader(own).in_force() if own and not files else None
    if in_force and in_force.version:
        yield "the settings in force", settings_document(parse_settings(in_force.document))
    elif not files:
        yield "the demo's settings", settings_document(parse_settings(demo_settings()))


def _tapes(
    arguments: Namespace, cases: Sequence[Case], own: Store | None
) -> tuple[list[Case], list[Tape]]:
    """Return what happened, once for all who let in the same, and which is of which case.

    Raises:
        BadInput: a history has what would be set aside.
    """
    if own is not None:
        complain([AS_NOW])
        return list(cases), [past_orders(own)]
    if arguments.history:
        doors = [_door(case) for case in cases]
        different = [door for at, door in enumerate(doors) if door not in doors[:at]]
        every = [_history(arguments.history, door) for door in different]
        aside = dict.fromkeys(str(each) for history in every for each in history.set_aside)
        lines = _too_many([f"{arguments.history}: {each}" for each in aside])
        if lines and not arguments.skip_bad:
            raise BadInput(lines)
        complain(lines)
        numbered = zip(cases, doors, strict=True)
        placed = [replace(case, tape=different.index(door)) for case, door in numbered]
        return placed, [history.tape for history in every]
    zone = ZoneInfo(cases[0].document["timezone"])
    fit = _history(arguments.fit, _door(cases[0])).tape if arguments.fit else None
    return list(cases), [made_up(demand_of(arguments, cases, fit, zone), zone)]


def _door(case: Case) -> OpenDoor:
    """Return what lets events in under a case: its senders and its currency, nothing else."""
    terms = terms_of(parse_settings(case.document))
    return OpenDoor(
        Terms(terms.zone, on=frozenset(), currency=terms.currency, senders=terms.senders)
    )


def _history(file: Path, door: OpenDoor) -> History:
    total, history = count_lines(file), History()
    for found in watched(read_history(lines_of(file), door), f"reading {file.name}", total):
        history = found
    return history


def _played(simulation: Simulation, cases: Sequence[Case]) -> Iterator[SimulationPlayed]:
    if len(cases) > 1:
        yield from watched(simulation.all(cases), "settings", len(cases))
        return
    with metered("orders and events", len(simulation.tapes[0])) as watch:
        yield simulation.one(cases[0], watch)


def _complain(arguments: Namespace, played: SimulationPlayed) -> None:
    """Tell what of a history was not played.

    Raises:
        BadInput: something of it would be set aside.
    """
    lines = [f"{_source(arguments)}: {aside}" for aside in played.set_aside]
    if lines and not arguments.skip_bad:
        raise BadInput(_too_many(lines))
    complain(_too_many(lines))
    if played.never_paid:
        named = ", ".join(played.never_paid[:_NAMED_MAX])
        more = "…" if len(played.never_paid) > _NAMED_MAX else ""
        what = f"{len(played.never_paid)} orders that it tells of were never paid: {named}{more}"
        complain([f"{_source(arguments)}: left out: {what}"])


def _source(arguments: Namespace) -> str:
    return str(arguments.history or arguments.store or arguments.stage or "made-up orders")


def _too_many(lines: list[str]) -> list[str]:
    """Return the first lines, and how many more there are."""
    if len(lines) <= _TOLD_MAX:
        return lines
    return [*lines[:_TOLD_MAX], f"and {len(lines) - _TOLD_MAX} more"]


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error


def _print_json(played: Sequence[SimulationPlayed]) -> None:
    """Print one JSON document; outcomes are copied from where they were kept."""
    if len(played) == 1:
        _print_case(played[0], {})
        print()
        return
    print("[")
    for number, each in enumerate(played):
        _print_case(each, {"settings": each.case.name, "differs": each.case.differs})
        print("," if number + 1 < len(played) else "")
    print("]")


def _print_case(played: SimulationPlayed, head: dict[str, object]) -> None:
    out = sys.stdout
    out.write("{")
    for name, value in head.items():
        out.write(f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n")
    if played.outcome is not None:
        out.write('"outcome": ')
        with played.outcome.open(encoding="utf-8") as file:
            while text := file.read(1 << 20):
                out.write(text)
        out.write(",\n")
    out.write(f'"report": {json.dumps(played.report, ensure_ascii=False)}}}')
