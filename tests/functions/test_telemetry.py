"""Logs that name the order, metrics in CloudWatch's embedded format."""

import json

import pytest

from functions.on_order_paid.handler import handler as on_order_paid
from functions.publish_events.handler import handler as publish_events
from functions.settle.handler import handler as settle
from rebate.adapters import telemetry
from tests.functions.cloud import batch, bought, context, sample


def test_what_came_of_events_is_counted(cloud, capsys):
    events = (bought("o1", "A"), bought("o2", "B"), bought("o1", "A"), "no JSON")
    on_order_paid(batch(*events), context("on_order_paid"))
    assert _metrics(capsys) == {"accepted": 2, "duplicates": 1, "dead_letters": 1}


def test_settlement_is_counted_and_its_lag_measured(cloud, capsys):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    rings = cloud.rings()
    capsys.readouterr()
    settle(rings, context("settle"))
    found = _metrics(capsys)
    assert found["settled"] == 2
    assert 0 <= found["settlement_lag"] < 60_000


def test_what_members_were_paid_is_counted(cloud, capsys):
    cloud.send(bought("o1", "A"), bought("o2", "B"), bought("o3", "B"))
    cloud.settle()
    capsys.readouterr()
    publish_events(cloud.journal(), context("publish_events"))
    assert _metrics(capsys) == {"published": 5, "payouts": 2, "paid": 2000}


def test_metrics_are_in_the_format_that_cloudwatch_reads(cloud, capsys):
    cloud.send(bought("o1", "A"))
    (document,) = _documents(capsys)
    (declared,) = document["_aws"]["CloudWatchMetrics"]
    assert declared["Namespace"] == "Rebate"
    assert declared["Dimensions"] == [["service"]]
    assert declared["Metrics"] == [{"Name": "accepted", "Unit": "Count"}]


def test_logs_name_request_event_and_order(cloud, log):
    on_order_paid(batch(sample("order_paid")), context("on_order_paid"))
    (said,) = log()
    assert said["request_id"] == "request-1"
    assert said["correlation_id"] == sample("order_paid")["id"]
    assert said["order_id"] == "o-1001"
    assert (said["outcome"], said["queues"]) == ("accepted", ["mall"])


def test_one_orders_name_does_not_stick_to_the_next(cloud, log):
    on_order_paid(batch(sample("order_paid"), "no JSON"), context("on_order_paid"))
    _, set_aside = log()
    assert "order_id" not in set_aside
    assert set_aside["code"] == "unreadable_event"


@pytest.fixture
def log(monkeypatch):
    """Return what is logged from now on, as the platform reads it."""
    lines = []

    def keep(record):
        lines.append(json.loads(telemetry.logger.registered_formatter.format(record)))

    (handler,) = telemetry.logger.handlers
    monkeypatch.setattr(handler, "emit", keep)
    level = telemetry.logger.log_level
    telemetry.logger.setLevel("INFO")
    yield lambda: lines
    telemetry.logger.setLevel(level)


def _metrics(capsys):
    """Return the sums of all metrics that came out."""
    sums = {}
    for document in _documents(capsys):
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            name = metric["Name"]
            sums[name] = sums.get(name, 0) + sum(document[name])
    return sums


def _documents(capsys):
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "_aws" in line]
