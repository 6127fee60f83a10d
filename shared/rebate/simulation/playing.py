"""A history played under settings: the kernel, or running sums where those are as good."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from rebate.domain.money import NOTHING, Amount
from rebate.domain.times import Instant
from rebate.simulation import fifo
from rebate.simulation.history import SetAside
from rebate.simulation.kernel import Kernel, order_of
from rebate.simulation.outcome import Outcome, check_books, outcome_of
from rebate.simulation.report import report_of
from rebate.simulation.rules import PLANS, SimulationRules
from rebate.simulation.schedules import due_runs
from rebate.simulation.state import CLEARED, OPEN, SimulatedLine, SimulatedOrder
from rebate.simulation.tape import COMPLETED, ORDER, PLAIN, REFUNDED, SAVED, UNSAID, Tape
from rebate.simulation.world import World

_SAVED_IDS = ("member_id", "store_id", "product_id")

_ROWS_A_LOOK = 10_000
"""Rows between two looks of those who watch."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of a history: outcome, report, what was refused, and orders never paid."""

    outcome: Outcome
    report: dict[str, Any]
    set_aside: tuple[SetAside, ...]
    never_paid: tuple[str, ...]


def play(
    tape: Tape,
    rules: SimulationRules,
    seed_of: Callable[[date], bytes],
    *,
    schedules: bool,
    watch: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Play a history from its first row to its last; `watch` hears how many are done."""
    if len(tape) and fifo.is_enough(tape, rules):
        outcome, every, plan = fifo.play_lines(tape, rules, schedules=schedules)
        return Simulated(outcome, report_of(every, {fifo.PLAN: plan}, [fifo.PLAN]), (), ())
    return play_kernel(tape, rules, seed_of, schedules=schedules, watch=watch)


def play_kernel(
    tape: Tape,
    rules: SimulationRules,
    seed_of: Callable[[date], bytes],
    *,
    schedules: bool,
    watch: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Play a history on the kernel, whatever is in it."""
    player = _Player(tape, Kernel(rules, seed_of), schedules=schedules)
    for row in range(len(tape)):
        player.take(row)
        if row % _ROWS_A_LOOK == 0:
            watch(row)
    return player.result()


class _Player:
    def __init__(self, tape: Tape, kernel: Kernel, *, schedules: bool) -> None:
        self._tape, self._kernel = tape, kernel
        self._runs: Iterator[tuple[Instant, str]] = iter(())
        self._next: tuple[Instant, str] | None = None
        if schedules and len(tape):
            self._runs = due_runs(kernel.world.rules, Instant(tape.at[0] - 1))
            self._next = next(self._runs, None)
        self._set_aside: list[SetAside] = []

    def take(self, row: int) -> None:
        """Let a row happen, and before it what was due by then."""
        tape, kernel = self._tape, self._kernel
        at, kind = Instant(tape.at[row]), tape.kinds[row]
        while self._next is not None and self._next[0] <= at:
            kernel.run(self._next[1], self._next[0])
            self._next = next(self._runs, None)
        kernel.world.arrive(at)
        code = None
        if kind == PLAIN:
            kernel.pay(_plain_order(kernel.world, tape, row))
        elif kind == ORDER:
            kernel.pay(order_of(kernel.world, tape.detail(row), at))
        elif kind == COMPLETED:
            code = kernel.complete(tape.orders[row], at)
        elif kind == REFUNDED:
            code = kernel.refund(tape.detail(row), at)
        elif kind == SAVED:
            code = kernel.save(tape.orders[row], tape.detail(row), at)
        if code is not None:
            self._set_aside.append(_refused(tape, row, code.value))

    def result(self) -> Simulated:
        """Return what it all came to."""
        world = self._kernel.world
        check_books(world)
        world.close_month("")
        _count_unpaid(world)
        on = [plan for plan in PLANS if plan in world.rules.on]
        report = report_of(world.all, world.figures, on)
        aside = (*self._set_aside, *self._dropped())
        return Simulated(outcome_of(world), report, aside, tuple(self._kernel.never_paid()))

    def _dropped(self) -> Iterator[SetAside]:
        """Yield the refunds that came before their order and turned out not to fit it."""
        dropped = set(self._kernel.dropped)
        for row in range(len(self._tape)) if dropped else ():
            if self._tape.kinds[row] != REFUNDED:
                continue
            detail = self._tape.detail(row)
            if (detail["order_id"], detail["refund_id"]) in dropped:
                yield _refused(self._tape, row, "refund_exceeds_paid")


def _refused(tape: Tape, row: int, code: str) -> SetAside:
    kind, name = tape.kinds[row], tape.orders[row]
    if kind == SAVED:
        told, *_ = (text for text in map(tape.detail(row).get, _SAVED_IDS) if text)
        return SetAside(tape.source[row], code, f"{name}: {told} is bound to another referrer")
    told = {COMPLETED: "a completion", REFUNDED: "a refund"}[kind]
    return SetAside(
        tape.source[row], code, f"{told} of order {name} does not fit what is known of it"
    )


def _plain_order(world: World, tape: Tape, row: int) -> SimulatedOrder:
    name = tape.product_names.name(tape.products[row])
    line = SimulatedLine(tape.line(row), name, "self", Amount(tape.paid[row]), NOTHING, None)
    member = tape.member_names.name(tape.members[row])
    level = None
    if member is not None:
        number = tape.levels[row]
        saved = number == UNSAID
        level = world.member(member).level if saved else tape.member_names.name(number)
    return SimulatedOrder(
        tape.orders[row], member, level, "mall", None, Instant(tape.at[row]), [line]
    )


def _count_unpaid(world: World) -> None:
    for queue in world.queues.values():
        unpaid = sum(1 for e in queue.entries if e.status in OPEN or e.status == CLEARED)
        world.figures[queue.plan].unpaid += unpaid
        world.all.unpaid += unpaid
