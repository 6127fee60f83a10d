"""`rebate scenario`: settings tried before they are switched on."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.deployment import LocalDeployment
from local.failures import BadInput
from local.files import read_text
from local.player import play
from local.screen import complain, print_json
from local.stores import StoreEngine, add_engine_argument, deployer, engine_of
from rebate.contracts.scenarios import InvalidScenario, Scenario, load_scenario_text

SUMMARY = "play scenarios through the real functions, and compare with what they expect"

_NOT_PLAYED = "was not played to its end"


def add_arguments(parser: ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON or YAML")
    add_engine_argument(parser)
    parser.add_argument(
        "--json", action="store_true", help="print the outcome, or of several files a list"
    )


def run(arguments: Namespace) -> int:
    """Play all files; 0: as expected, 1: not, 2: one of them is no valid scenario."""
    results = [_Result(file) for file in arguments.files]
    with ExitStack() as stack:
        stack.callback(_report, results, as_json=arguments.json)
        _play(results, engine_of(arguments.engine))
    return max(result.status for result in results)


@dataclass
class _Result:
    file: Path
    scenario: Scenario | None = None
    outcome: dict[str, Any] | None = None
    differences: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        if self.scenario is None:
            return 2
        return 1 if self.differences else 0

    def read(self) -> None:
        try:
            self.scenario = load_scenario_text(read_text(self.file), self.file.name)
        except InvalidScenario as invalid:
            self.differences += map(str, invalid.problems)
        except BadInput as bad:
            prefix = f"{self.file}: "
            self.differences += [line.removeprefix(prefix) for line in bad.lines]
        else:
            self.differences.append(_NOT_PLAYED)

    def play(self, deployments: Callable[[], AbstractContextManager[LocalDeployment]]) -> None:
        assert self.scenario is not None, "only what can be read is played"
        with deployments() as deployment:
            played = play(deployment, self.scenario)
        self.outcome = played.outcome
        self.differences[:] = played.differences


def _play(results: list[_Result], engine: StoreEngine) -> None:
    """Read and play the scenarios, each in a deployment of its own.

    A bug that one of them trips is raised after all others were played.
    """
    for result in results:
        result.read()
    playable = [result for result in results if result.scenario]
    if not playable:
        return
    with deployer(engine) as deployments, ExitStack() as stack:
        for result in reversed(playable):
            stack.callback(result.play, deployments)


def _report(results: list[_Result], *, as_json: bool) -> None:
    for result in results:
        complain(f"{result.file}: {line}" for line in result.differences)
    if as_json:
        print_json(_document(results))
    else:
        _tell(results)


def _document(results: list[_Result]) -> Any:  # noqa: ANN401 - JSON
    if len(results) == 1:
        return results[0].outcome
    return [
        {
            "file": str(result.file),
            "passed": result.status == 0,
            "differences": result.differences,
            "outcome": result.outcome,
        }
        for result in results
    ]


def _tell(results: list[_Result]) -> None:
    for result in results:
        said = {0: "as expected", 1: "not as expected", 2: "no valid scenario"}[result.status]
        title = result.scenario.title if result.scenario else None
        if result.outcome and result.scenario and result.scenario.expect is None:
            print(json.dumps(result.outcome, ensure_ascii=False, indent=1))
            said = "played" if result.status == 0 else said
        print(f"{result.file}: {said}" + (f" ({title})" if title else ""))
