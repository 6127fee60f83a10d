"""Playing a history under several settings, on as many processes as there are processors."""

import json
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path
from typing import IO, Any

from rebate.simulation.history import SetAside
from rebate.simulation.outcome import Outcome
from rebate.simulation.playing import Simulated, play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import Tape

_ENTRIES_A_WRITE = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """Settings to play: what to call them, their document, and where they differ from others.

    `tape` is the number of what happened under them: senders may be bound otherwise (Rule 0.13).
    """

    name: str
    document: Mapping[str, Any]
    differs: Mapping[str, Any]
    tape: int = 0


@dataclass(frozen=True, slots=True)
class SimulationPlayed:
    """What a case came to; `outcome` is a file that holds its JSON, where that is wanted."""

    case: Case
    report: dict[str, Any]
    outcome: Path | None
    set_aside: tuple[SetAside, ...]
    never_paid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """How cases are played: what happened, whether schedules run, and where outcomes are kept."""

    tapes: Sequence[Tape]
    seed: str
    schedules: bool
    folder: Path | None

    def one(self, case: Case, watch: Callable[[int], None] = lambda _: None) -> SimulationPlayed:
        """Play a case."""
        rules, seed_of = SimulationRules(case.document), repeatable_seed(self.seed)
        tape = self.tapes[case.tape]
        found = play(tape, rules, seed_of, schedules=self.schedules, watch=watch)
        return SimulationPlayed(
            case, found.report, self._keep(found), found.set_aside, found.never_paid
        )

    def _keep(self, found: Simulated) -> Path | None:
        if self.folder is None:
            return None
        handle, name = tempfile.mkstemp(dir=self.folder, suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            write_outcome(file, found.outcome)
        return Path(name)

    def all(self, cases: Sequence[Case]) -> Iterator[SimulationPlayed]:
        """Play cases beside each other; yield them in their order.

        Workers are forked, so that they share what happened; where there is no forking, one
        process plays all.
        """
        workers = min(len(cases), os.cpu_count() or 1)
        if workers < 2 or "fork" not in multiprocessing.get_all_start_methods():  # noqa: PLR2004
            yield from map(self.one, cases)
            return
        _SHARED.append(self)
        try:
            context = multiprocessing.get_context("fork")
            with ProcessPoolExecutor(workers, mp_context=context) as pool:
                yield from pool.map(_one, cases)
        finally:
            _SHARED.pop()


_SHARED: list[Simulation] = []
"""What forked workers play: it is never sent to them."""


def _one(case: Case) -> SimulationPlayed:
    return _SHARED[-1].one(case)


def write_outcome(out: IO[str], outcome: Outcome) -> None:
    """Write an outcome as JSON, entry by entry: there may be millions."""
    out.write('{"queues": {')
    for number, (name, queue) in enumerate(outcome.queues.items()):
        comma = ",\n" if number else ""
        out.write(f'{comma}{encode_basestring(name)}: {{"pool": {queue.pool}, "entries": [')
        _write_entries(out, (_entry(*entry) for entry in queue.entries()))
        out.write("]}")
    wallets = json.dumps(outcome.wallets, ensure_ascii=False)
    platform = json.dumps(outcome.platform)
    out.write(f'}},\n"wallets": {wallets},\n"platform": {platform}}}')


def _write_entries(out: IO[str], entries: Iterator[str]) -> None:
    batch: list[str] = []
    first = True
    for entry in entries:
        batch.append(entry)
        if len(batch) == _ENTRIES_A_WRITE:
            out.write(("" if first else ",\n") + ",\n".join(batch))
            batch, first = [], False
    if batch:
        out.write(("" if first else ",\n") + ",\n".join(batch))


def _entry(name: str, member: str | None, status: str, entitlement: int | None, paid: int) -> str:
    promised = "null" if entitlement is None else entitlement
    who = "null" if member is None else encode_basestring(member)
    return (
        f'{{"entry": {encode_basestring(name)}, "member": {who}, "status": "{status}", '
        f'"entitlement": {promised}, "paid": {paid}}}'
    )
