"""A plan is a file for the domain, one for its settings, and texts: everything else finds it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions.api.operators import settings_shown
from infra.schedule import starts_of
from local.memory import MemoryLetters
from local.schedules import LocalSchedules
from local.summary import figures
from rebate.adapters.codec import decode, encode
from rebate.contracts.explain import explain
from rebate.contracts.queues import QueueShown
from rebate.contracts.scenarios import parse_scenario
from rebate.contracts.schedules import payouts, read_run
from rebate.contracts.settings import InvalidSettings, parse_settings, settings_model
from rebate.contracts.settings.plans import including
from rebate.contracts.settings.plans.check import check_plan
from rebate.contracts.settings_page import settings_page
from rebate.domain.money import Bps
from rebate.domain.names import MemberId
from rebate.domain.plans.plan_type import PlanType, Pricing
from rebate.domain.plans.registry import PLANS
from rebate.domain.records import replace
from rebate.domain.terms import Terms
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.queries.show_entries import show_entries
from rebate.usecases.queries.show_order import show_order
from rebate.usecases.queries.show_queues import WantedQueues, show_queues
from rebate.usecases.settings.terms import terms_of
from tests.books import check_books
from tests.engine import Player
from tests.plans import MALL
from tests.third_order.plan import PLAN, QUEUE
from tests.third_order.settings import SETTINGS

ROOT = Path(__file__).parent.parent
LOCALES = ("zh-CN", "en")
BOTH = {**MALL, "third_order": {"contribution_bps": 2000}}
"""The base plan and the sixth."""


def texts(folder: Path = ROOT / "tests/third_order") -> dict[str, dict[str, str]]:
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in LOCALES}


PAGES = {
    name: json.loads((ROOT / f"web/texts/{name}/names.json").read_text("utf-8")) for name in LOCALES
}


@pytest.fixture
def sixth() -> Iterator[None]:
    with including(SETTINGS):
        yield


def buy(order: str, member: str, paid: int = 1000) -> dict[str, Any]:
    return {"buy": {"order": order, "member": member, "paid": paid}}


def played(*steps: dict[str, Any], **settings: Any) -> Player:
    player = Player({"settings": {**BOTH, **settings}, "steps": steps})
    player.play()
    check_books(player.store)
    assert audit_books(player.store).differences == []
    return player


def listed(player: Player) -> tuple[QueueShown, ...]:
    terms = player.app.settings.in_force().terms
    return show_queues(player.store, terms, player.app.clock.now(), WantedQueues()).queues


def line(player: Player) -> list[tuple[str, str, int]]:
    entries = player.outcome()["queues"][QUEUE]["entries"]
    return [(each["entry"], each["status"], each["paid"]) for each in entries]


class Called:
    """Functions that remember what they were called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def call(self, function: str, event: dict[str, Any]) -> None:
        self.calls.append((function, event))


THREE = buy("o1", "A"), buy("o2", "B"), buy("o3", "C")


@pytest.mark.usefixtures("sixth")
def test_it_is_priced_and_settled() -> None:
    """Beside the base plan: the third order pays the first what all three have given."""
    player = played(*THREE[:2])
    assert player.outcome()["queues"][QUEUE]["pool"] == 400
    player.step(THREE[2])
    assert line(player) == [("o1", "waiting", 600), ("o2", "waiting", 0), ("o3", "waiting", 0)]
    assert player.outcome()["queues"]["mall"]["entries"][0]["paid"] == 200


@pytest.mark.usefixtures("sixth")
def test_its_orders_are_refunded() -> None:
    """Rule 7a, which no plan writes for itself: the first gives back what it was paid."""
    player = played(*THREE, {"refund": {"order": "o1", "amount": 1000, "id": "r"}})
    assert line(player)[0] == ("o1", "refunded", 0)
    assert player.outcome()["platform"]["clawed_back"] == 600 + 200


@pytest.mark.usefixtures("sixth")
def test_the_base_plans_clearing_leaves_it_alone() -> None:
    player = played(*THREE, {"run": "clear"})
    assert {status for _, status, _ in line(player)} == {"waiting"}
    statuses = {each["status"] for each in player.outcome()["queues"]["mall"]["entries"]}
    assert statuses == {"cleared"}


@pytest.mark.usefixtures("sixth")
def test_its_run_is_started_by_every_schedule() -> None:
    player = played(*THREE[:2], {"run": "thirds"})
    assert [paid for _, _, paid in line(player)] == [200, 200]
    assert "thirds" in payouts()
    assert read_run({"run": "thirds"}, payouts()) == "thirds"
    tick = {"run": "thirds", "if_due": True}
    stage: Any = SimpleNamespace(sweep_minutes=5)
    assert {start.name: start.says for start in starts_of(stage)}["thirds"] == tick
    machine: Any = Called()
    minutes = iter(datetime(2026, 3, 1, 0, minute, tzinfo=UTC) for minute in (0, 1))
    terms = terms_of(parse_settings(BOTH))
    LocalSchedules(machine, MemoryLetters(), lambda: terms, lambda: next(minutes)).tick()
    assert ("scheduled_payouts", {**tick, "at": "2026-03-01T00:01:00+00:00"}) in machine.calls
    assert parse_scenario({"settings": BOTH, "steps": [{"run": "thirds"}]}).steps


@pytest.mark.usefixtures("sixth")
def test_members_and_operators_see_it() -> None:
    player = played(*THREE, third_order={"contribution_bps": 2000, "shows_waiting": False})
    found = player.app.settings.in_force()
    mine = show_entries(player.store, found.terms, MemberId("A")).entries
    assert {entry.queue: entry.waiting for entry in mine} == {QUEUE: None, "mall": 800}
    queues = {each.queue: (each.kind, each.plan) for each in listed(player)}
    assert queues[QUEUE] == ("third_order", "third_order")
    assert settings_shown(found, None).plans[-1] == "third_order"
    trace = show_order(player.store, found.terms, mine[0].order_id)  # type: ignore[arg-type]
    assert trace is not None
    assert {ticket.queue for ticket in trace.tickets} == {QUEUE, "mall"}
    assert list(figures(player.outcome())) == ["mall", "third_order"]


@pytest.mark.usefixtures("sixth")
def test_its_settings_are_read_checked_explained_and_described() -> None:
    said = [each.text for each in explain(parse_settings(BOTH)) if each.part == "third_order"]
    assert said[0] == "20 % of 3 orders at a time goes to the first in line."
    with pytest.raises(InvalidSettings, match=r"third_order\.contribution_bps: is required"):
        parse_settings({**MALL, "third_order": {}})
    with pytest.raises(InvalidSettings, match='the nearest is "third_order"'):
        parse_settings({**MALL, "third_orders": {}})
    assert "## `third_order`" in settings_page()
    assert "third_order" in settings_model().model_json_schema()["properties"]


@pytest.mark.usefixtures("sixth")
def test_its_terms_come_back_from_their_row() -> None:
    terms = terms_of(parse_settings({**MALL, "third_order": {"contribution_bps": 7}}))
    assert terms.of(PLAN).contribution_bps == 7
    assert decode(Terms, encode(terms)) == terms


@pytest.mark.usefixtures("sixth")
def test_a_margin_is_held_against_it() -> None:
    """Rule 8.4: the base plan's 10 % and its 20 % are more than 25 %."""
    parse_settings(BOTH, margin_bps=Bps(3000))
    with pytest.raises(InvalidSettings, match=r"third_order\.contribution_bps 20 %"):
        parse_settings(BOTH, margin_bps=Bps(2500))
    with pytest.raises(InvalidSettings, match=r"max_share_of_revenue_bps"):
        parse_settings({**BOTH, "guards": {"max_share_of_revenue_bps": 2900}})


def test_a_release_that_does_not_know_it_leaves_its_queue_alone() -> None:
    """Nobody's queue: what waits there stays, is not cleared, and is shown."""
    with including(SETTINGS):
        player = played(*THREE)
        player.settles = False
        player.step(buy("o4", "D"))
        before = player.outcome()["queues"][QUEUE]
    assert player.app.settler.settle(QUEUE).unknown
    assert "third_order" not in player.app.scheduler.start("clear", player.now)
    player.app.settler.settle(QUEUE)
    assert player.outcome()["queues"][QUEUE] == before
    assert audit_books(player.store).differences == []
    assert [queue.plan for queue in listed(player)] == ["queue_rebate", None]
    with including(SETTINGS):
        assert player.app.settler.settle(QUEUE).commands == 1


def test_one_more_plan_leaves_no_trace() -> None:
    before = PLANS.plans, settings_model()
    with including(SETTINGS):
        assert PLANS.names[-1] == "third_order"
    assert (PLANS.plans, settings_model()) == before


@pytest.mark.parametrize("name", PLANS.names)
def test_every_plan_is_whole(name: str) -> None:
    plan = PLANS.named(name)
    assert plan is not None
    assert [str(each) for each in check_plan(plan, PAGES)] == []


@pytest.mark.usefixtures("sixth")
def test_the_sixth_plan_is_whole() -> None:
    assert check_plan(PLAN, texts()) == []


def nothing(*_given: Any) -> Iterator[Any]:
    return iter(())


LEFT_OUT: dict[str, dict[str, Any]] = {
    "kinds": {"plan": {"kinds": ()}},
    "price": {"plan": {"price": lambda _terms, order, _facts: Pricing(order)}},
    "settlement": {"plan": {"settlement": None}},
    "display": {"plan": {"display": lambda _terms: None}},
    "problems": {"settings": {"problems": nothing}},
    "costs": {"settings": {"costs": nothing}},
    "terms": {"settings": {"terms": lambda _plan, _settings: None}},
    "words": {"settings": {"words": nothing}},
}


@pytest.mark.parametrize("part", LEFT_OUT)
def test_a_part_that_is_left_out_is_named(part: str) -> None:
    change = LEFT_OUT[part]
    plan: PlanType[Any] = replace(PLAN, **change.get("plan", {}))
    with including(replace(SETTINGS, plan=plan, **change.get("settings", {}))):
        found = check_plan(plan, texts())
    assert part in {each.part for each in found}
    assert all("docs/how-to/add-a-plan.md, step " in str(each) for each in found)


@pytest.mark.usefixtures("sixth")
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["kind.third_order", "plan.third_order"])
def test_a_text_that_is_left_out_is_named(locale: str, key: str) -> None:
    known = texts()
    del known[locale][key]
    (missing,) = check_plan(PLAN, known)
    assert (missing.part, missing.why) == ("texts", f"{locale}.json has no {key}")


def test_a_plan_without_settings_or_place_is_told_so() -> None:
    assert [each.part for each in check_plan(PLAN, texts())] == ["registry"]
    with PLANS.including(PLAN):
        assert [each.part for each in check_plan(PLAN, texts())] == ["settings"]


def test_steps_that_the_check_names_are_in_the_check_list() -> None:
    page = (ROOT / "docs/how-to/add-a-plan.md").read_text("utf-8")
    assert all(f"\n## {step}. " in page for step in range(1, 8))
