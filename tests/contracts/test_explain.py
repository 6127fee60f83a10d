"""What settings mean, in words."""

import pytest

from rebate.contracts.explain import explain
from rebate.contracts.figures import money, part_percent, percent
from rebate.contracts.law_words import law_sentences, laws_of
from rebate.contracts.settings import parse_settings
from tests.contracts.documents import BARE, FULL, MINIMAL, changed


def text_of(document: object, part: str) -> str:
    found = explain(parse_settings(document))
    return "\n".join(statement.text for statement in found if statement.part == part)


@pytest.mark.parametrize(
    ("bps", "text"),
    [(0, "0 %"), (1, "0.01 %"), (1250, "12.5 %"), (10000, "100 %"), (13000, "130 %")],
)
def test_ratios_are_percentages(bps, text):
    assert percent(bps) == text


def test_parts_are_rounded_down():
    assert part_percent(1, 3) == "33.33 %"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (0, "CNY", "0.00 CNY"),
        (120050, "CNY", "1 200.50 CNY"),
        (-5, "EUR", "-0.05 EUR"),
        (1200, "JPY", "1 200 JPY"),
        (1200, "KWD", "1.200 KWD"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount, currency, text):
    assert money(amount, currency) == text


def test_plans_that_are_on_and_off_are_named():
    assert "on: none; off: queue_rebate" in text_of(BARE, "plans")
    assert "on: alliance;" in text_of({**BARE, "alliance": MINIMAL["alliance"]}, "plans")


def test_only_e_over_r_of_what_is_promised_can_ever_be_paid():
    text = text_of(MINIMAL, "queue_rebate")
    assert "At most 10 % of all that is promised can ever be paid (e/r = 10 % / 100 %)" in text
    assert "the rest, 90 %, waits for ever" in text


def test_e_over_r_is_told_for_levels_products_stores_tiers_and_prizes():
    text = text_of(FULL, "queue_rebate")
    assert "Level gold: at most 8.33 %" in text
    assert "Product p-9: at most 50 %" in text
    assert "Product p-9: Spend of the last 30 days: orders give as much" in text
    assert "Store W: at most 20 %" in text
    assert "Cash desk W: at most 20 %" in text
    assert "Highest prize: at most 20 %" in text


def test_a_product_inherits_the_ratios_of_its_store():
    store = {"extraction_bps": 2000, "products": {"p": {"entitlement": {"fixed_bps": 5000}}}}
    text = text_of(changed(MINIMAL, "queue_rebate.store_settings.W", store), "queue_rebate")
    assert "Store W, product p: at most 40 %" in text


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("off", "takes no part"),
        ("funds_only", "earns no entry"),
        ("queues_only", "contributes nothing"),
    ],
)
def test_how_a_product_takes_part_is_told(part, text):
    document = changed(MINIMAL, "queue_rebate.products.p.part", part)
    assert text in text_of(document, "queue_rebate")


@pytest.mark.parametrize(
    ("clearing", "text"),
    [
        ({}, "every day at 00:00"),
        ({"every": "week", "weekday": 7}, "every Sunday at 00:00"),
        ({"every": "month", "day": 31}, "on day 31 of every month at 00:00"),
        ({"every": "once", "at": "2026-03-01T00:00:00Z"}, "once at 2026-03-01T00:00:00Z"),
    ],
)
def test_a_clearing_is_told_with_what_it_ends(clearing, text):
    found = text_of(changed(MINIMAL, "queue_rebate.clearing", clearing), "queue_rebate")
    assert f"Clearing {text} ends all that waits in all queues, unpaid." in found


def test_a_pause_is_told():
    assert "PAUSED" in text_of(changed(MINIMAL, "queue_rebate.paused", True), "queue_rebate")


def test_what_members_see_promises_neither_a_date_nor_a_full_return():
    for statement in explain(parse_settings(changed(FULL, "queue_rebate.extraction_bps", 20000))):
        assert "guarantee" not in statement.text
        assert "will be paid" not in statement.text


def test_the_other_plans_are_told():
    assert "at most one in 5 can ever leave" in text_of(FULL, "order_queue")
    assert "At most 40 % of all that is promised" in text_of(FULL, "alliance")
    assert "At merchant W: at most 20 %" in text_of(FULL, "alliance")
    assert "At store W: at most 14 %" in text_of(FULL, "red_packet")
    assert "At the default margin, 20 %: at most 10.9 %" in text_of(FULL, "union")


def test_where_no_margin_is_known_nothing_is_said_of_one():
    unknown = changed(FULL, "union.default_margin_bps", None)
    assert "default margin" not in text_of(unknown, "union")
    assert "names a profit or margin gives nothing" in text_of(unknown, "union")
    settings = parse_settings(unknown)
    (law,) = (law for plan, law in laws_of(settings) if plan == "union")
    assert "no margin is known" in next(law_sentences(law))
    assert law.gives_bps == settings.plan("union").profit_share_bps
    (known,) = (law for plan, law in laws_of(settings, 2000) if plan == "union")
    assert not any("no margin" in text for text in law_sentences(known))
    assert known.gives_bps * 5 == law.gives_bps


def test_that_settled_orders_stay_where_they_are_is_said():
    told = text_of(changed(MINIMAL, "archive_days", 365), "archive_days")
    assert "after 365 days: this release leaves them where they are" in told
    assert text_of(MINIMAL, "archive_days") == ""


def test_two_referral_levels_are_no_safe_harbour():
    assert "even two levels are no safe harbour" in text_of(FULL, "referral")


def test_three_referral_levels_are_warned_of():
    deep = changed(FULL, "referral.max_depth", 3)
    deep = changed(deep, "guards.acknowledged", ["referral.max_depth"])
    assert "pyramid selling" in text_of(deep, "referral")
    assert "Acknowledged risks: referral.max_depth" in text_of(deep, "guards")


def test_guards_are_told_where_there_are_none_too():
    assert "No cap on rebates" in text_of(BARE, "guards")
    capped = changed(BARE, "guards.rebates_per_day", 100000)
    assert "At most 1 000.00 CNY of rebates are paid a day." in text_of(capped, "guards")
    assert "worth at most 50 000.00 CNY" in text_of(BARE, "guards")


def test_a_statement_is_one_line():
    for statement in explain(parse_settings(FULL)):
        assert len(str(statement).splitlines()) == 1
        assert str(statement) == f"{statement.part}: {statement.text}"
