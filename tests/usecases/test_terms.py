"""What settings mean is stored with them, and made anew by code of another edition."""

import json
from hashlib import sha256
from typing import Any

import pytest

from rebate.adapters.codec import decode, encode, spelled
from rebate.contracts.settings import parse_settings
from rebate.domain.names import LineId, OrderId
from rebate.domain.orders import Order, OrderLine
from rebate.domain.plans import queue_rebate
from rebate.domain.records import replace
from rebate.domain.terms import EDITION, Terms, TermsByPlan
from rebate.usecases.settings.save_settings import NO_SETTINGS, SettingsReader, save_settings
from rebate.usecases.settings.terms import terms_of
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.settings import SettingsVersion
from tests.fakes import FakeClock, MemoryStore

RICH = {
    "currency": "CNY",
    "timezone": "Europe/Berlin",
    "queue_rebate": {
        "enabled": True,
        "title": "返利",
        "exchange_title": "换",
        "display": {"earned": False},
        "new_products": False,
        "settle_on": "completed",
        "reward_order": "completed_first",
        "surplus": "carry",
        "mall": "per_product",
        "extraction_bps": 1000,
        "entitlement": {
            "fixed_bps": 10000,
            "by_level": {"gold": 12000},
            "lottery": {"kind": "fixed", "prizes": [{"bps": 1000, "weight": 2}], "miss_weight": 1},
        },
        "exchange": {"points_bps": 10000, "love_bps": 8000, "love_as": "frozen"},
        "random_return": {"cash": 1, "points": 2},
        "clearing": {"every": "month", "day": 31, "at": "03:30", "queues": ["mall", "store/W"]},
        "bounds": {"min_paid": 100, "max_entitlement": 50000},
        "windows": [
            {"from": "2026-03-01T00:00:00+08:00", "to": "2026-04-01T00:00:00+08:00"},
            {"weekdays": [6, 7], "start": "20:00", "end": "02:00"},
        ],
        "limits": {"per_day": 1, "total": 3},
        "hold_days": 7,
        "products": {
            "p-9": {
                "part": "funds_only",
                "entitlement": {"cumulative": [{"days": 30, "at_least": 200000, "bps": 5000}]},
            }
        },
        "store_settings": {"W": {"random_return": False, "products": {"p-2": {"part": "off"}}}},
        "cashier_settings": {
            "W": {
                "random_return": {"cash": 2, "points": 1},
                "entitlement": {"lottery": {"kind": "range", "low_bps": 1000, "high_bps": 9000}},
            }
        },
    },
    "order_queue": {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 5},
    "alliance": {
        "enabled": True,
        "dividend_bps": 4000,
        "merchants": {"W": {"concession_bps": 2000}},
        "heads_bps": [5000, 3000, 2000],
        "channels": ["mall", "store"],
        "products": ["p-1"],
        "frequency": {"per": "day", "times": 3},
    },
    "red_packet": {
        "enabled": True,
        "stores": {"W": {"concession_bps": 2000}},
        "shares_bps": {"own": 3000, "queue": 5000, "average": 2000},
        "entitlement_bps": 10000,
        "average_every": "week",
    },
    "union": {
        "enabled": False,
        "profit_share_bps": 6000,
        "quota_bps": 11000,
        "default_margin_bps": 2000,
        "run_at": "00:30",
        "payout_per_day": 30000,
        "products": {"p-1": {"quota_bps": 12000}},
        "net_of_commissions": True,
    },
    "referral": {
        "enabled": True,
        "direct_bps": 500,
        "ranks": [{"rank": "captain", "bps": 300}],
        "merchant_bps": 100,
        "merchant_base": "turnover",
        "max_share_bps": 2000,
        "dividend": {"bps": 100, "rank": "holder", "split": "weight", "weights": {"A": 2}},
    },
    "guards": {"rebates_per_day": 99999, "max_share_of_revenue_bps": 20000},
}
"""Something of everything that the engine goes by."""

WORDED_BY_EDITION = {7: "cd4460213778"}
"""What the terms of `RICH` mean, however they are stored: the first digits of their SHA-256."""


def test_whoever_changes_what_settings_mean_raises_the_edition() -> None:
    """Else functions would go by what was stored with the settings before."""
    worded = json.dumps(spelled(terms_of(parse_settings(RICH))), sort_keys=True)
    begun = WORDED_BY_EDITION.get(EDITION, "an edition that is not in this table")
    assert sha256(worded.encode()).hexdigest()[:12] == begun, f"EDITION is still {EDITION}"


@pytest.mark.parametrize("document", [RICH, dict(NO_SETTINGS)], ids=["rich", "none"])
def test_terms_come_back_from_their_row(document: dict[str, object]) -> None:
    terms = terms_of(parse_settings(document))
    assert decode(Terms, encode(terms)) == terms


def test_saved_settings_are_read_as_they_mean() -> None:
    store = MemoryStore()
    saved = save_settings(store, FakeClock(), RICH, expects=0, by="test")
    found = SettingsReader(store).in_force()
    assert (found.version, found.terms) == (1, saved.terms) == (1, terms_of(parse_settings(RICH)))
    assert found.settings == parse_settings(RICH)


@pytest.mark.parametrize("changes", [{"edition": EDITION - 1}, {"terms": None, "edition": 0}])
def test_terms_of_another_edition_are_made_anew(changes: dict[str, Any]) -> None:
    """Also those of settings that were saved before any terms were stored."""
    store = MemoryStore()
    save_settings(store, FakeClock(), RICH, expects=0, by="test")
    (row,) = store.scan(SettingsVersion)
    wrong = terms_of(parse_settings(dict(NO_SETTINGS)))
    store.commit([Put(replace(row, terms=wrong))])
    assert SettingsReader(store).in_force().terms == wrong, "what is stored is not used"
    store.commit([Put(replace(row, **{"terms": wrong, **changes}))])
    assert SettingsReader(store).in_force().terms == terms_of(parse_settings(RICH))


def test_terms_of_an_earlier_edition_can_be_read() -> None:
    """They are passed over with their row and made anew: the terms of each plan were a field."""
    store = MemoryStore()
    save_settings(store, FakeClock(), RICH, expects=0, by="test")
    (row,) = store.scan(SettingsVersion)
    text = json.loads(encode(row))
    terms = text.pop("terms_by_plan")
    text |= {"terms": terms | terms.pop("plans"), "edition": 3}
    store.commit([Put(decode(SettingsVersion, json.dumps(text)))])
    assert SettingsReader(store).in_force().terms == terms_of(parse_settings(RICH))


def test_terms_that_lack_those_of_a_plan_are_made_anew() -> None:
    """As when a release brings a plan: nobody need raise the edition for that."""
    store = MemoryStore()
    save_settings(store, FakeClock(), RICH, expects=0, by="test")
    (row,) = store.scan(SettingsVersion)
    assert row.terms is not None
    fewer = {name: its for name, its in row.terms.plans.items() if name != "union"}
    store.commit([Put(replace(row, terms=replace(row.terms, plans=TermsByPlan(fewer))))])
    assert SettingsReader(store).in_force().terms == terms_of(parse_settings(RICH))


def test_terms_of_a_plan_that_a_later_release_brought_are_passed_over() -> None:
    terms = terms_of(parse_settings(RICH))
    text = json.loads(encode(terms))
    text["plans"]["of a later release"] = {"some": "thing"}
    assert decode(Terms, json.dumps(text)) == terms


def test_nothing_is_on_before_any_settings_were_saved() -> None:
    found = SettingsReader(MemoryStore()).in_force()
    assert (found.version, found.terms.on) == (0, frozenset())


@pytest.mark.parametrize(
    ("channel", "store", "product", "scopes", "places"),
    [
        ("mall", None, "p-9", ["product p-9", "the plan"], (1, 2)),
        ("mall", None, "p-1", ["product p-1", "the plan"], (1, 2)),
        ("store", "W", "p-2", ["product p-2 of store W", "store W", "the plan"], None),
        ("store", "V", "p-2", ["product p-2 of store V", "store V", "the plan"], (1, 2)),
        ("cashier", "W", "p-9", ["cashier W", "the plan"], (2, 1)),
        ("cashier", "V", "p-9", ["cashier V", "the plan"], (1, 2)),
    ],
)
def test_a_line_has_the_scopes_of_its_channel(channel, store, product, scopes, places):
    """Rule 1.3, and random return of Rule 1.5.2."""
    terms = terms_of(parse_settings(RICH)).of(queue_rebate.PLAN)
    line = OrderLine(LineId("1"), 100, product=product)
    order = Order(OrderId("o"), channel=channel, store=store)
    assert [scope.name for scope in terms.scopes_of(order, line)] == scopes
    assert terms.random_return_of(order) == places
