"""Orders that a deployment has, played under its own settings, come to what it came to."""

import json

from rebate.contracts.settings import parse_settings
from rebate.domain.errors import Rejected
from rebate.domain.merchants import NegotiatedTerms
from rebate.domain.times import Instant
from rebate.simulation.history import read_history
from rebate.simulation.playing import play
from rebate.simulation.rules import SimulationRules
from rebate.simulation.seeds import repeatable_seed
from rebate.simulation.tape import ORDER
from rebate.usecases.merchants.decide_application import approve, negotiate
from rebate.usecases.orders.admit_event import OpenDoor
from rebate.usecases.queries.past_orders import past_orders, recent_orders
from rebate.usecases.settings.terms import terms_of
from tests.engine import Player
from tests.kernel.histories import SETTINGS, few_days, settings_in
from tests.usecases.merchants.shop import OLGA, applied

BY_STEM = {file.stem: settings_in(file) for file in SETTINGS}


def deployment(settings, lines):
    player = Player({"settings": settings, "steps": []})
    player.begin()
    for line in lines:
        entry = json.loads(line)
        try:
            player.deliver(entry["detail-type"], entry["detail"])
        except Rejected:
            continue
    return player


def test_the_past_under_the_same_settings_is_the_past():
    settings = BY_STEM["completed-first-with-carry"]
    player = deployment(settings, few_days())
    expected = player.outcome()
    found = play(
        past_orders(player.store), SimulationRules(settings), repeatable_seed("x"), schedules=False
    ).outcome.document()
    found["platform"] = {name: found["platform"][name] for name in expected["platform"]}
    assert found == expected


def test_recent_orders_are_the_last_of_the_last_days():
    settings = BY_STEM["completed-first-with-carry"]
    player = deployment(settings, few_days())
    whole = past_orders(player.store)
    rules = SimulationRules(settings)
    found = recent_orders(player.store, Instant(0), 10_000)
    as_before = play(whole, rules, repeatable_seed("x"), schedules=False)
    again = play(found, rules, repeatable_seed("x"), schedules=False)
    assert again.outcome.document() == as_before.outcome.document()
    few = play(
        recent_orders(player.store, Instant(0), 7), rules, repeatable_seed("x"), schedules=False
    )
    assert few.report["orders"] == 7
    paid = sorted(at for at, kind in zip(whole.at, whole.kinds, strict=True) if kind == ORDER)
    since = recent_orders(player.store, Instant(paid[-3]), 10_000)
    assert sum(kind == ORDER for kind in since.kinds) == 3


def test_the_upline_of_buyers_comes_with_recent_orders():
    referral = {"referral": {"direct_bps": 1000, "indirect_bps": 500, "settle_on": "paid"}}
    document = {"currency": "CNY", "timezone": "Asia/Shanghai", **referral}
    player = Player({"settings": document, "steps": []})
    player.begin()
    for member, above in (("B", "A"), ("C", "B")):
        player.deliver("MemberSaved", {"member_id": member, "referrer_id": above})
    player.step({"buy": {"order": "o1", "member": "C", "paid": 1000}})
    tape = recent_orders(player.store, Instant(0), 10)
    found = play(tape, SimulationRules(document), repeatable_seed("x"), schedules=False)
    assert found.outcome.document()["wallets"] == {"A": {"cash": 50}, "B": {"cash": 100}}


def test_forced_repurchases_are_no_orders_of_the_past():
    settings = BY_STEM["order-queue-with-repurchase"]
    lines = [line for line in few_days(80) if b"OrderRefunded" not in line]
    player = deployment(settings, lines)
    found = play(
        past_orders(player.store), SimulationRules(settings), repeatable_seed("x"), schedules=False
    )
    assert found.report["orders"] == 80
    assert found.outcome.document()["queues"] == player.outcome()["queues"]


def test_levels_are_those_of_the_orders_and_the_catalog_is_as_it_is_now():
    plan = {
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 1000, "by_level": {"gold": 5000}},
        "new_products": False,
    }
    settings = {"currency": "CNY", "timezone": "Asia/Shanghai", "queue_rebate": plan}
    player = Player({"settings": settings, "members": [{"id": "A", "level": "gold"}], "steps": []})
    player.begin()
    player.deliver("ProductSaved", {"product_id": "new", "supply": "self"})
    for order, product, level in (("o1", "p1", "gold"), ("o2", "p1", None), ("o3", "new", None)):
        player.step(
            {
                "buy": {
                    "order": order,
                    "member": "A",
                    "level": level,
                    "paid": 100,
                    "product": product,
                }
            }
        )
    found = play(
        past_orders(player.store), SimulationRules(settings), repeatable_seed("x"), schedules=False
    ).outcome.document()
    entries = found["queues"]["mall"]["entries"]
    assert [(each["entry"], each["entitlement"]) for each in entries] == [
        ("o1/1", 50),
        ("o2/1", 10),
    ]


REFERRED = {"settle_on": "paid", "merchant_bps": 1000, "merchant_base": "turnover"}
DOCUMENT = {"currency": "CNY", "timezone": "Asia/Shanghai", "referral": REFERRED}
SOLD = {"channel": "store", "supply": "store"}


def test_what_was_negotiated_for_who_brought_a_store_in_is_played():
    """Rule 2.7.1: in place of the plan's ratio, also where it is none."""
    player = Player({"settings": DOCUMENT, "steps": [], "members": [{"id": "M"}, {"id": "R"}]})
    player.begin()
    player.deliver("MemberSaved", {"member_id": "M", "referrer_id": "R"})
    for store, agreed in (("W", 300), ("X", 0), ("Y", None)):
        asked = applied(player.app, f"M-{store}")
        terms = NegotiatedTerms(None, agreed)
        negotiate(player.app.people, asked.id, terms, "agreed", OLGA)
        approve(player.app.people, asked.id, store, OLGA)
        player.deliver("StoreSaved", {"store_id": store, "referrer_id": f"R-{store}"})
        sold = {"order": f"o-{store}", "member": "A", "paid": 10_000, **SOLD, "store": store}
        player.step({"buy": sold})
    expected = player.outcome()["wallets"]
    assert expected == {"R-W": {"cash": 300}, "R-Y": {"cash": 1000}}
    rules = SimulationRules(DOCUMENT)
    for tape in (past_orders(player.store), recent_orders(player.store, Instant(0), 10)):
        found = play(tape, rules, repeatable_seed("x"), schedules=False)
        assert found.outcome.document()["wallets"] == expected


def test_an_event_negotiates_nothing():
    """Only operators do; a field that events do not have is ignored, as on the bus."""
    told = {"store_id": "W", "referrer_id": "R", "merchant_bps": 9000}
    paid = {
        "order_id": "o1",
        "member": {"id": "A"},
        "channel": "store",
        "store_id": "W",
        "paid_at": "2026-03-01T10:00:00+08:00",
        "lines": [{"line_id": "1", "paid": 10_000}],
    }
    lines = [
        {"detail-type": "StoreSaved", "detail": told, "time": "2026-03-01T00:00:00Z"},
        {"detail-type": "OrderPaid", "detail": paid, "time": "2026-03-01T02:00:00Z"},
    ]
    door = OpenDoor(terms_of(parse_settings(DOCUMENT)))
    *_, history = read_history((json.dumps(line).encode() for line in lines), door)
    tape = history.tape
    found = play(tape, SimulationRules(DOCUMENT), repeatable_seed("x"), schedules=False)
    assert found.outcome.document()["wallets"] == {"R": {"cash": 1000}}
