"""How steps are played: when, by whom, and how a refusal is told."""

import pytest
from hypothesis import given

from local.deployment import deployed
from local.player import play
from rebate.contracts.scenarios import parse_scenario
from rebate.domain.orders import Order
from rebate.domain.times import iso
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.model import comparable, play_steps
from tests.model.generate import OTHERS, QUEUE_REBATE, documents
from tests.strategies import examples

pytestmark = pytest.mark.engine

PLAIN = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000, "by_level": {"gold": 20000}},
    },
}
LOTTERY = {"kind": "range", "low_bps": 1, "high_bps": 9999}


def played(deployment, *steps, **document):
    scenario = {"settings": PLAIN, "steps": list(steps)} | document
    return play(deployment, parse_scenario(scenario))


def buy(order="o1", member="A", **more):
    return {"buy": {"order": order, "member": member, "paid": 10000} | more}


def paid_at(deployment, order):
    row = deployment.app.store.get(Order, Key(order))
    return iso(row.paid_at)


def test_steps_follow_each_other_by_a_minute(deployment):
    played(
        deployment,
        buy("o1"),
        buy("o2"),
        buy("o3") | {"at": "2026-05-01T00:00:00+02:00"},
        buy("o4"),
    )
    assert [paid_at(deployment, order) for order in ("o1", "o2", "o3", "o4")] == [
        "2026-03-01T02:00:00+00:00",
        "2026-03-01T02:01:00+00:00",
        "2026-04-30T22:00:00+00:00",
        "2026-04-30T22:01:00+00:00",
    ]


def test_an_omitted_level_is_the_members_and_null_is_none(deployment):
    steps = (
        buy("o1"),
        buy("o2", level=None),
        buy("o3", level="silver"),
        {"event": {"detail-type": "MemberSaved", "detail": {"member_id": "A", "level": None}}},
        buy("o4"),
    )
    outcome = played(deployment, *steps, members=[{"id": "A", "level": "gold"}]).outcome
    entries = outcome["queues"]["mall"]["entries"]
    assert [entry["entitlement"] for entry in entries] == [20000, 10000, 10000, 10000]


def test_members_are_known_with_rank_and_referrer(deployment):
    played(deployment, members=[{"id": "A", "rank": "captain"}, {"id": "B", "referrer": "A"}])
    store = deployment.app.store
    assert store.get(Member, Key("A")).rank == "captain"
    assert store.get(Member, Key("B")).referrer == "A"


def test_an_outcome_has_exactly_three_parts_and_no_zero_balances(deployment):
    outcome = played(deployment, buy("o1"), buy("o2", "B")).outcome
    assert list(outcome) == ["queues", "wallets", "platform"]
    assert outcome["wallets"] == {"A": {"cash": 1000}}
    assert set(outcome["platform"]) == {
        "contributed",
        "retained",
        "borne",
        "clawed_back",
        "repurchased",
        "commissions",
        "withdrawn",
        "fees",
        "adjusted",
    }


def test_an_unexpected_refusal_is_a_difference(deployment):
    twice = buy("o1", paid=1) | {"at": "2026-03-01T10:00:00+08:00"}
    (told,) = played(deployment, buy("o1"), twice).differences
    assert told.startswith("steps[1]: buy was refused with conflicting_event: ")


def test_a_refusal_that_did_not_come_is_a_difference(deployment):
    (told,) = played(deployment, buy("o1") | {"refused": "conflicting_event"}).differences
    assert told == "steps[0]: buy was to be refused with conflicting_event"


def test_another_refusal_is_a_difference(deployment):
    draw = {"draw": {"queue": "mall", "entry": "o1/1"}, "refused": "already_drawn"}
    (told,) = played(deployment, buy("o1"), draw).differences
    assert told.startswith("steps[1]: draw was refused with no_lottery, not with already_drawn")


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"exchange": {"queue": "mall", "entry": "o1/1", "into": "points"}}, "exchange_off"),
        ({"exchange": {"queue": "mall", "entry": "o9/1", "into": "points"}}, "unknown_entry"),
        ({"draw": {"queue": "mall", "entry": "o1/1"}}, "no_lottery"),
        ({"draw": {"queue": "mall", "entry": "o1/1", "member": "B"}}, "not_yours"),
        ({"refund": {"order": "o1", "amount": 10001}}, "refund_exceeds_paid"),
        ({"set": {"queue_rebate": {"extraction_bps": "ten"}}}, "invalid_settings"),
        ({"set": {"referral": {"enabled": True, "max_depth": 3}}}, "needs_acknowledgement"),
        ({"withdraw": {"member": "A", "amount": 1, "id": "w1"}}, "insufficient_balance"),
        ({"transfer": {"from": "A", "to": "B", "asset": "points", "amount": 1}}, "unknown_member"),
        ({"decide": {"id": "w9", "approve": True}}, "unknown_entry"),
    ],
)
def test_refusals_come_with_their_codes(deployment, step, code):
    assert played(deployment, buy("o1"), step | {"refused": code}).differences == ()


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({"detail-type": "OrderPayed", "detail": {}}, "event was refused with unreadable_event"),
        ({"detail-type": "OrderPaid", "detail": {}}, "event was refused with unreadable_event"),
        ({"detail-type": "OrderPaid", "detail": "o1"}, "event was refused with unreadable_event"),
    ],
)
def test_an_event_that_cannot_be_read_is_a_difference(deployment, event, told):
    (difference,) = played(deployment, {"event": event}).differences
    assert difference.startswith(f"steps[0]: {told}: ")


def test_refunds_without_an_id_are_different_refunds(deployment):
    refund = {"refund": {"order": "o1", "amount": 1000}}
    outcome = played(deployment, buy("o1"), refund, refund).outcome
    assert outcome["queues"]["mall"]["entries"][0]["entitlement"] == 8000


def test_settings_are_patched_as_they_were_written(deployment):
    steps = ({"set": {"queue_rebate": {"paused": True}}}, {"set": {"queue_rebate": None}}, buy())
    assert played(deployment, *steps).outcome["queues"] == {}
    assert deployment.app.settings.in_force().version == 3


def test_draws_with_a_seed_are_repeatable(clients):
    """Each deployment draws for itself; the seed alone decides."""
    plan = PLAIN["queue_rebate"] | {"entitlement": {"fixed_bps": 10000, "lottery": LOTTERY}}
    document = {
        "settings": PLAIN | {"queue_rebate": plan},
        "steps": [buy("o1"), {"draw": {"queue": "mall", "entry": "o1/1"}}],
    }
    drawn = []
    for number, seed in enumerate(("one", "one", "two")):
        with deployed(clients, f"draws-{clients.nonce}-{number}-") as made:
            outcome = play(made, parse_scenario(document | {"draw_seed": seed})).outcome
            drawn.append(outcome["queues"]["mall"]["entries"][0]["entitlement"])
    assert drawn[0] == drawn[1] != drawn[2]


@examples(5)
@given(document=documents(features=tuple(sorted({*QUEUE_REBATE, *OTHERS} - {"dividend"}))))
def test_the_functions_come_to_what_the_rules_say(clients, document):
    """The naive model of the rules predicts the outcome and the refusals."""
    model = play_steps(document)
    steps = [
        step | ({"refused": code} if code else {})
        for step, code in zip(document["steps"], model.refusals, strict=True)
    ]
    scenario = parse_scenario(document | {"steps": steps})
    with deployed(clients, f"model-{clients.nonce}-{next(NUMBERS)}-") as made:
        result = play(made, scenario)
    assert comparable(result.outcome) == comparable(model.outcome)


NUMBERS = iter(range(10**6))
