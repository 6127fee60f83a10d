"""Replaying real events, in the order of their file (contracts, section 4).

The outcome is that of settling each event before the next is delivered. Where that provably makes
no difference, several are settled together: payments and completions that happened one after
another, under settings by which what one queue does never rests on what another did.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from local.deployment import LocalDeployment
from local.settling import Unsettled
from rebate.contracts.events_in import OrderCompleted, OrderPaid, UnreadableEvent, parse_event
from rebate.contracts.problems import shown
from rebate.contracts.settings import Settings
from rebate.domain.names import QueueId
from rebate.domain.plan import Plan
from rebate.domain.plans.registry import PLANS
from rebate.domain.terms import Terms
from rebate.domain.times import DAY, Instant, instant_of
from rebate.simulation.history import SetAside

TOGETHER_MAX = 50
"""Events settled together at most."""

_NEVER = Instant(2**63)

BODY_BYTES_MAX = 100_000
"""Of a line that is no event as much is kept."""


class UnreadableLine(Exception):
    """A line is not one JSON object; the message says why."""


@dataclass(slots=True)
class Report:
    """What came of a file: lines by the type of their event, and what was set aside.

    `unsettled` says by queue why it did not come to rest.
    """

    types: Counter[str] = field(default_factory=Counter)
    set_aside: list[SetAside] = field(default_factory=list)
    unsettled: dict[QueueId, str] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many lines had something in them."""
        return self.types.total()


class Replay:
    """Delivers the lines of a file to a deployment."""

    def __init__(self, deployment: LocalDeployment) -> None:
        self.report = Report()
        self._deployment = deployment
        in_force = deployment.app.settings.in_force()
        plans = tuple(_settlements(in_force.settings, in_force.terms))
        self._together = _queues_are_independent(in_force.settings, plans) and not any(
            _waits(in_force.terms)
        )
        self._holds = any(plan.hold_days for plan in plans)
        self._waits = any(_waits(in_force.terms))
        self._played = Instant(0)
        self._next_due: Instant | None = None
        self._unsettled = 0
        self._latest: Instant | None = None
        self._told = 0

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[int]:
        """Deliver numbered lines; yield each number when its line is done with."""
        for number, line in lines:
            self._take(number, line)
            yield number
        self._settle()

    def newly_set_aside(self) -> list[SetAside]:
        """Return what was set aside since the last call."""
        told, self._told = self._told, len(self.report.set_aside)
        return self.report.set_aside[told:]

    def _take(self, number: int, line: bytes) -> None:
        try:
            entry = entry_of(line)
        except UnreadableLine as unreadable:
            self.report.types["unreadable"] += 1
            body = line[:BODY_BYTES_MAX].decode(errors="replace")
            self._deployment.bus.set_aside(body, str(unreadable), UnreadableEvent.code)
        else:
            kind = entry.get("detail-type")
            self.report.types[kind if isinstance(kind, str) else "unreadable"] += 1
            self._deliver(entry)
        self._look_for_letters(number)

    def _deliver(self, entry: dict[str, Any]) -> None:
        at = _instant_of(entry) if self._together else None
        if self._unsettled and (at is None or (self._latest is not None and at < self._latest)):
            self._settle()
        self._let_fall_due(entry)
        self._deployment.bus.deliver({**entry, "replay-name": "file"})
        self._unsettled += 1
        if at is None or self._unsettled == TOGETHER_MAX:
            self._settle()
        else:
            self._latest = self._deployment.unsettled()

    def _let_fall_due(self, entry: dict[str, Any]) -> None:
        """Let happen what falls due by itself before this event, by instant (section 4)."""
        happened = _happened(entry) if self._holds or self._waits else None
        if happened is None:
            return
        self._played = max(self._played, happened)
        if self._holds or self._next_due is None or self._next_due <= self._played:
            self._next_due = self._deployment.let_fall_due(self._played) or _NEVER
        else:
            self._deployment.play_at(self._played)
        if entry.get("detail-type") == "OrderCompleted":
            self._next_due = min(self._next_due, Instant(happened + DAY))

    def _settle(self) -> None:
        try:
            self._deployment.settle()
        except Unsettled as unsettled:
            self.report.unsettled.update(unsettled.why)
        self._unsettled = 0
        self._latest = None

    def _look_for_letters(self, number: int) -> None:
        for letter in self._deployment.bus.newly_set_aside():
            self.report.set_aside.append(SetAside(number, letter.code, letter.reason))


def entry_of(line: bytes) -> dict[str, Any]:
    """Return the entry that a line holds.

    Raises:
        UnreadableLine: it holds none.
    """
    try:
        entry = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnreadableLine("is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableLine(f"is not JSON: {error}") from error
    if not isinstance(entry, dict):
        raise UnreadableLine(f"must be an object, not {shown(entry)}")
    return entry


def _queues_are_independent(settings: Settings, plans: Iterable[Plan]) -> bool:
    """Tell whether no queue's settlement rests on a wallet or a sum that others change.

    A forced repurchase looks at the member's cash (Rule 4.4), a hold at the order's completion
    (Rule 1.2.8), a daily cap at all rebates of the day (Rule 8.4).
    """
    rests = any(plan.repurchase or plan.hold_days for plan in plans)
    guards = settings.guards
    capped = guards.rebates_per_day is not None or guards.max_share_of_revenue_bps is not None
    return not (rests or capped)


def _settlements(settings: Settings, terms: Terms) -> Iterator[Plan]:
    """Yield by which choices the plans that the settings name are settled."""
    for plan in PLANS:
        if plan.settlement is not None and settings.plan(plan.name) is not None:
            yield plan.settlement(terms.of(plan))


def _waits(terms: Terms) -> Iterator[int]:
    """Yield how long plans wait with what completion settles, of those that do."""
    return filter(None, (plan.settle_after_days(terms.of(plan)) for plan in PLANS))


def _instant_of(entry: dict[str, Any]) -> Instant | None:
    """Return the instant of an event that may be settled with others, else None."""
    try:
        event = parse_event(entry.get("detail-type"), entry.get("detail"))
    except UnreadableEvent:
        return None
    match event:
        case OrderPaid():
            return instant_of(event.paid_at)
        case OrderCompleted():
            return instant_of(event.completed_at)
        case _:
            return None


def _happened(entry: dict[str, Any]) -> Instant | None:
    try:
        event = parse_event(entry.get("detail-type"), entry.get("detail"))
    except UnreadableEvent:
        return None
    names = ("paid_at", "completed_at", "refunded_at")
    moments = (getattr(event, name, None) for name in names)
    return next((instant_of(moment) for moment in moments if moment is not None), None)
