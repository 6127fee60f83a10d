"""Deliveries of all kinds come to what was worked out by hand (contracts, section 8)."""

import json

import pytest

from local.cli import main
from rebate.connectors import ConnectorRules
from tests.connectors.cases import CASES, Case
from tests.connectors.sent import item, order, told, wc_line, wc_order

every_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def rules_of(case: Case) -> ConnectorRules:
    return ConnectorRules(case.currency, **dict(case.setting))


@every_case
def test_a_case_comes_to_what_was_worked_out(case):
    converted = told(case.platform, *case.deliveries, rules=rules_of(case))
    assert [event.as_json() for event in converted.events] == list(case.events)
    assert [each.reason for each in converted.not_converted] == list(case.reasons)


@every_case
def test_each_delivery_twice_comes_to_the_same(case):
    twice = [each for delivery in case.deliveries for each in (delivery, delivery)]
    converted = told(case.platform, *twice, rules=rules_of(case))
    assert [event.as_json() for event in converted.events] == list(case.events)


@every_case
def test_the_command_prints_it(case, tmp_path, capsys):
    sent = [
        {
            "headers": dict(each.headers),
            "payload": each.payload,
            **({"refunds": list(each.refunds)} if each.refunds is not None else {}),
        }
        for each in case.deliveries
    ]
    file, settings = tmp_path / "sent.json", tmp_path / "settings.json"
    file.write_text(json.dumps(sent))
    connector = {"sender": "web", **dict(case.setting)}
    document = {"currency": case.currency, "timezone": "UTC", "connectors": {"web": connector}}
    settings.write_text(json.dumps(document))
    command = ["convert", "--from", case.platform, str(file), "--settings", str(settings)]
    assert main([*command, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["events"] == list(case.events)
    assert [each["reason"] for each in printed["not_converted"]] == list(case.reasons)


HALVES = [
    ("shopify", order({"id": 1, "quantity": 1}), "line_items[0].price"),
    ("shopify", order({**item(1, "1.00"), "quantity": None}), "line_items[0].quantity"),
    ("shopify", order({**item(1, "1.00"), "quantity": -1}), "line_items[0].quantity"),
    ("shopify", order({**item(1, "1.00"), "tax_lines": [{}]}), "line_items[0].tax_lines[0].price"),
    (
        "shopify",
        order({**item(1, "1.00"), "discount_allocations": [{"amount_set": None}]}),
        "line_items[0].discount_allocations[0].amount",
    ),
    ("shopify", {**order(), "currency": None}, "currency"),
    ("shopify", {**order(), "line_items": None}, "line_items"),
    ("woocommerce", wc_order({**wc_line(1, "1.00"), "total": None}), "line_items[0].total"),
    ("woocommerce", {**wc_order(), "status": None}, "status"),
]


@pytest.mark.parametrize(("platform", "payload", "path"), HALVES, ids=lambda each: str(each)[:40])
def test_half_a_payload_is_refused_naming_the_field(platform, payload, path, tmp_path, capsys):
    """What money is reckoned by is never taken for nothing where it is not said."""
    topic = {"shopify": "X-Shopify-Topic", "woocommerce": "X-WC-Webhook-Topic"}[platform]
    headers = {topic: "orders/paid" if platform == "shopify" else "order.updated"}
    file = tmp_path / "sent.json"
    file.write_text(json.dumps([{"headers": headers, "payload": payload}]))
    assert main(["convert", "--from", platform, str(file)]) == 2
    assert f"[0].payload.{path}: " in capsys.readouterr().err
