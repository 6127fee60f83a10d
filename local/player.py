"""Plays a scenario through the real functions, each step settled before the next (section 4)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from local.compare import differences
from local.deployment import LocalDeployment
from local.people_steps import PEOPLE_ACTIONS
from local.settling import DeliveryFailed
from local.wallet_steps import WALLET_ACTIONS, TakenStep
from rebate.bootstrap import App
from rebate.contracts.scenario_steps import (
    BuyStep,
    Collect,
    DrawStep,
    EntryStep,
    EventStep,
    ExchangeStep,
    Move,
    RefundStep,
    Step,
)
from rebate.contracts.scenarios import Scenario
from rebate.contracts.schedules import LEVELS
from rebate.contracts.settings import merge_patch
from rebate.domain.errors import Code, Conflict, RebateError, Rejected
from rebate.domain.names import WHOLE_ORDER, EntryId, LineId, MemberId, OrderId, QueueId
from rebate.domain.plans.registry import PLANS
from rebate.domain.times import Instant, day_of, instant_of
from rebate.usecases.draws.seeds import Seeds, repeatable_seed
from rebate.usecases.entries.exchange_entry import Wish
from rebate.usecases.money.thaw import thaw_due
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings

FIRST_STEP = datetime.fromisoformat("2026-03-01T10:00:00+08:00")
STEP = timedelta(minutes=1)
BEFORE_ALL = datetime.fromtimestamp(0, UTC)
"""When the members of a scenario were saved: before whatever a step says of them."""

STEP_COMMANDS_MAX = 20_000
"""Commands in one step after which it is taken for endless."""

_INSTANT_FIELDS = ("paid_at", "completed_at", "refunded_at")


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a scenario; it passed if nothing differs."""

    outcome: dict[str, Any]
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRefusal:
    """Why a step was refused."""

    code: str
    message: str


def play(deployment: LocalDeployment, scenario: Scenario) -> Played:
    """Play a scenario on a deployment that is new."""
    player = _Player(deployment, scenario)
    found: list[str] = []
    try:
        player.begin()
    except Rejected as rejected:
        found.append(f"settings: refused with {rejected.code}: {rejected}")
    else:
        found += player.take_steps()
    app = deployment.app
    outcome = show_outcome(app.store, app.settings.in_force().terms)
    if scenario.expect is not None:
        found += differences(scenario.expect.document(), outcome)
    return Played(outcome, tuple(found))


class _Player:
    def __init__(self, deployment: LocalDeployment, scenario: Scenario) -> None:
        self._deployment = deployment
        self._scenario = scenario
        self._seeded: set[date] = set()
        self._number = 0
        self._at = FIRST_STEP - STEP
        self._actions: dict[str, Callable[[Any], None]] = {
            "buy": self._buy,
            "complete": self._complete,
            "refund": self._refund,
            "draw": self._draw,
            "exchange": self._exchange,
            "run": self._run,
            "set": self._set,
            "collect": self._collect,
            "move": self._move,
            "event": self._event,
            **{kind: partial(self._ask, take) for kind, take in WALLET_ACTIONS.items()},
            **{kind: partial(self._of_people, take) for kind, take in PEOPLE_ACTIONS.items()},
        }

    @property
    def _instant(self) -> Instant:
        return instant_of(self._at)

    def begin(self) -> None:
        """Put the settings in force and make the members known."""
        app = self._deployment.app
        save_settings(app.store, app.clock, self._scenario.settings, expects=0, by="scenario")
        for member in self._scenario.members:
            detail = {
                "member_id": member.id,
                "level": member.level,
                "rank": member.rank,
                "referrer_id": member.referrer,
            }
            self._deliver("MemberSaved", detail, time=BEFORE_ALL.isoformat())

    def take_steps(self) -> list[str]:
        """Take all steps; return where one was refused, or not, against what was said.

        After one that does not come to an end none is taken.
        """
        found: list[str] = []
        for number, step in enumerate(self._scenario.steps):
            self._number = number
            self._at = step.at or self._at + STEP
            try:
                refusal = self._take(step)
            except DeliveryFailed as failed:
                return [*found, f"steps[{number}]: {step.kind} was not settled: {failed}"]
            unexpected = _unexpected(step, refusal)
            if unexpected:
                found.append(f"steps[{number}]: {unexpected}")
        return found

    def _take(self, step: Step) -> StepRefusal | None:
        self._deployment.let_fall_due(self._instant, STEP_COMMANDS_MAX)
        self._fall_due()
        self._keep_seeds([self._at, *_instants_in(step)])
        try:
            self._actions[step.kind](step.action)
        except Rejected as rejected:
            return StepRefusal(rejected.code, str(rejected))
        except Conflict as conflict:  # nobody else writes: it cannot be asked for as things stand
            return StepRefusal(Code.INVALID_REQUEST, str(conflict))
        except RebateError as error:
            return StepRefusal(type(error).__name__, str(error))
        finally:
            self._deployment.settle(STEP_COMMANDS_MAX)
            self._fall_due()
        return self._refused_by_functions()

    def _fall_due(self) -> None:
        """Do what falls due by itself by now."""
        app = self._deployment.app
        app.holds.release(self._instant)
        thaw_due(app.wallets, self._instant)

    def _refused_by_functions(self) -> StepRefusal | None:
        """Return why the event of this step was set aside, if it was.

        What came before its order and does not fit it is set aside with the order, which stands.
        """
        letters = self._deployment.bus.newly_set_aside()
        own = (each for each in letters if "accepted_from" not in json.loads(each.body))
        return next((StepRefusal(each.code, each.reason) for each in own), None)

    def _keep_seeds(self, moments: list[datetime]) -> None:
        """Have the seeds of these days made from the scenario's, before a function wants them."""
        if self._scenario.draw_seed is None:
            return
        app = self._deployment.app
        seeds = Seeds(app.store, app.clock, repeatable_seed(self._scenario.draw_seed))
        zone = app.settings.in_force().settings.zone
        for day in {day_of(instant_of(moment), zone) for moment in moments} - self._seeded:
            seeds.of(day)
            self._seeded.add(day)

    # One method for each action

    def _buy(self, buy: BuyStep) -> None:
        self._deliver("OrderPaid", buy.event_detail(self._at.isoformat()))

    def _complete(self, order: str) -> None:
        detail = {"order_id": order, "completed_at": self._at.isoformat()}
        self._deliver("OrderCompleted", detail)

    def _refund(self, refund: RefundStep) -> None:
        detail = {
            "order_id": refund.order,
            "refund_id": refund.id or f"step {self._number}",
            "refunded_at": self._at.isoformat(),
            "lines": [{"line_id": refund.line, "amount": refund.amount}],
        }
        self._deliver("OrderRefunded", detail)

    def _draw(self, draw: DrawStep) -> None:
        self._deployment.app.entries.draw(_wish(draw), by=_asker(draw), at=self._instant)

    def _exchange(self, wish: ExchangeStep) -> None:
        entries = self._deployment.app.entries
        entries.exchange(_wish(wish), wish.into, by=_asker(wish), at=self._instant)

    def _run(self, run: str) -> None:
        if run == "dividend":
            self._deployment.app.dividends.run(self._instant)
            return
        if run == LEVELS:
            self._deployment.app.levels.fall(self._instant)
            return
        _, what = PLANS.run(run)
        function = "scheduled_payouts" if what.pays else "scheduled_clear"
        self._deployment.functions.call(function, {"run": run, "at": self._at.isoformat()})

    def _set(self, patch: dict[str, Any]) -> None:
        app = self._deployment.app
        now = app.settings.in_force()
        document = merge_patch(now.document, patch)
        save_settings(app.store, app.clock, document, expects=now.version, by="scenario")

    def _ask(self, take: Callable[[TakenStep, Any], None], wish: Any) -> None:  # noqa: ANN401 - a step's
        take(TakenStep(self._deployment.app.wallets, self._instant, f"step {self._number}"), wish)

    def _of_people(self, take: Callable[[App, str, Any], None], wish: Any) -> None:  # noqa: ANN401
        take(self._deployment.app, f"step {self._number}", wish)

    def _collect(self, wish: Collect) -> None:
        self._deployment.app.holds.collect(MemberId(wish.member))

    def _move(self, wish: Move) -> None:
        self._deployment.app.stalls.merge(QueueId(wish.queue))

    def _event(self, event: EventStep) -> None:
        time = (event.time or self._at).isoformat()
        self._deliver(event.detail_type, event.detail, time=time, source=event.source)

    def _deliver(self, kind: str, detail: Any, **envelope: Any) -> None:  # noqa: ANN401 - JSON
        at = {"time": self._at.isoformat(), "replay-name": "scenario", **envelope}
        self._deployment.bus.deliver({"detail-type": kind, "detail": detail, **at})


def _wish(step: EntryStep) -> Wish:
    queue = QueueId(step.queue)
    if step.order is None:
        return Wish(queue, EntryId(step.entry or ""))
    line = WHOLE_ORDER if step.line is None else LineId(step.line)
    return Wish.of(queue, OrderId(step.order), line)


def _asker(step: EntryStep) -> MemberId | None:
    return MemberId(step.member) if step.member else None


def _unexpected(step: Step, refusal: StepRefusal | None) -> str | None:
    """Return what was not as the step says, or None."""
    name = f"{step.kind} "
    if refusal is None:
        return f"{name}was to be refused with {step.refused}" if step.refused else None
    if refusal.code == step.refused:
        return None
    wanted = f", not with {step.refused}" if step.refused else ""
    return f"{name}was refused with {refusal.code}{wanted}: {refusal.message}"


def _instants_in(step: Step) -> list[datetime]:
    """Return the instants that an event of the step tells of, as far as they can be read."""
    detail = step.event.detail if step.event else None
    if not isinstance(detail, dict):
        return []
    texts = (detail.get(name) for name in _INSTANT_FIELDS)
    moments = (_moment(text) for text in texts if isinstance(text, str))
    return [moment for moment in moments if moment is not None]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
