"""What a later release stored is survived by this one, which is still rolled out, or back again.

Rows are altered in their table to what that release would have written.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest

from functions.notify_members.handler import handler as notify_members
from functions.publish_events.handler import handler as publish_events
from functions.scheduled_sweep.handler import handler as sweep
from functions.settle.handler import handler as settle
from rebate.adapters import shapes, telemetry
from rebate.adapters.bodies import text_of
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import app
from rebate.domain.errors import Unreadable
from rebate.domain.ledger import BalanceType
from rebate.domain.names import QueueId
from rebate.domain.orders import Order
from rebate.domain.plans import referral
from rebate.domain.queues import Queue
from rebate.domain.terms import EDITION
from rebate.domain.tickets import Status, Ticket
from rebate.domain.wallets import Wallet
from rebate.domain.wire import Unknown
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.keys import Key, inbox_key, joined, number
from rebate.usecases.storage.rows.settings import SettingsVersion
from tests.functions.cloud import REGION, SETTINGS, bought, context, envelope, failed

STORE = {"channel": "store", "store_id": "W"}


@pytest.fixture(autouse=True)
def alarms(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str]]]:
    """What is told of rows that are not understood."""
    told: list[tuple[str, str]] = []
    shapes._alarm.cache_clear()
    shapes._later.cache_clear()
    monkeypatch.setattr(telemetry, "count", lambda *_: None)
    monkeypatch.setattr(
        telemetry.logger,
        "warning",
        lambda _, extra: told.append((extra.get("kind", ""), extra.get("what", ""))),
    )
    yield told
    shapes._alarm.cache_clear()


def tables() -> Mapping[type, Any]:
    store = app().store
    assert isinstance(store, DynamoStore)
    return store.tables


def rewrite(row: Any, change: Callable[[dict[str, Any]], object]) -> None:
    """Store a row as a later release would have."""
    table = tables()[type(row)]
    item = {**table.item(row)}
    text = json.loads(text_of(item))
    change(text)
    item.pop("packed", None)
    item["body"] = {"S": json.dumps(text)}
    client = boto3.client("dynamodb", region_name=REGION)
    client.put_item(TableName=f"rebate-test-{table.name}", Item=item)


def the(kind: Any, **known: Any) -> Any:
    """Return the one row of a kind that has such fields."""
    rows: list[Any] = [
        row
        for row in app().store.scan(kind)
        if all(getattr(row, name) == value for name, value in known.items())
    ]
    assert len(rows) == 1
    return rows[0]


def command(queue: str, at: int, kind: str = "freeze", said: Any = None) -> Inbox:
    """Put a command of a later release into a queue's inbox."""
    sort = joined(number(at), number(app().clock.now()), kind)
    row = Inbox(QueueId(queue), sort, Unknown(kind, {"at": at, "type": kind} | (said or {})))
    app().store.commit([Put(row)])
    return row


# Settings


def later_settings(document: dict[str, Any], change: Callable[[Any], object] | None = None) -> None:
    """Put settings in force that the next release saved."""
    version = app().settings.in_force().version
    save_settings(app().store, app().clock, SETTINGS, expects=version, by="next")
    row = the(SettingsVersion, number=version + 1)

    def alter(text: dict[str, Any]) -> None:
        text |= {"document": document, "edition": EDITION + 1}
        text["terms_by_plan"]["plans"]["queue_rebate"]["colour"] = "red"
        if change:
            change(text)

    rewrite(row, alter)


def test_orders_are_accepted_under_settings_with_fields_and_plans_of_a_later_release(cloud, alarms):
    plan = {**SETTINGS["queue_rebate"], "colour": "red", "limits": {"per_hour": 3}}
    later_settings({**SETTINGS, "queue_rebate": plan, "group_buying": {"enabled": True}})
    assert cloud.send(bought("o1", "A"), bought("o2", "B")) == []
    cloud.settle()
    assert cloud.wallets() == {"A": {"cash": 1000}}
    paths = {what for kind, what in alarms if kind == "settings 2"}
    assert paths == {"group_buying", "queue_rebate.colour", "queue_rebate.limits.per_hour"}
    assert app().settings.in_force().settings.plan("queue_rebate").extraction_bps == 1000


def test_a_value_that_is_not_known_is_read_as_the_terms_that_it_was_saved_with(cloud):
    plan = {**SETTINGS["queue_rebate"], "settle_on": "shipped"}
    later_settings({**SETTINGS, "queue_rebate": plan})
    assert cloud.send(bought("o1", "A"), bought("o2", "B")) == []
    cloud.settle()
    assert cloud.wallets() == {"A": {"cash": 1000}}


def test_settings_that_mean_what_this_release_cannot_do_are_not_guessed(cloud):
    plan = {**SETTINGS["queue_rebate"], "settle_on": "shipped"}

    def shipped(text: dict[str, Any]) -> None:
        text["terms_by_plan"]["plans"]["queue_rebate"]["settle_on"] = "shipped"

    later_settings({**SETTINGS, "queue_rebate": plan}, shipped)
    with pytest.raises(Unreadable, match="settle_on"):
        app().settings.in_force()


def test_events_go_out_whatever_those_settings_say_of_the_bus(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    later_settings({**SETTINGS, "publish": {"cheap": ["RebatePaid"]}})
    publish_events(cloud.journal(), context("publish_events"))
    assert [event["detail-type"] for event in cloud.bus.told] == ["EntryJoined"]


# Commands


def test_what_came_before_an_unknown_command_is_settled_and_what_came_after_waits(cloud, alarms):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    command("mall", next(app().store.scan(Inbox)).command.at)
    cloud.send(bought("o3", "C"))
    for _ in range(3):
        assert failed(settle(cloud.rings(), context("settle"))) == []
    assert cloud.wallets() == {"A": {"cash": 1000}}
    assert the(Queue, id="mall").entries == 2
    assert len(list(app().store.scan(Inbox))) == 2
    assert ("queue mall", "waits for a release that knows freeze") in alarms


def test_a_queue_goes_on_once_its_unknown_command_is_carried_out(cloud):
    unknown = command("mall", 1)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    settle(cloud.rings(), context("settle"))
    assert cloud.wallets() == {}
    assert len(list(app().store.scan(Inbox))) == 3, "something is lost"
    table = tables()[Inbox]
    key = inbox_key(unknown.queue, unknown.sort)
    keys = {"partition": {"S": key.partition}, "sort": {"S": key.sort}}
    client = boto3.client("dynamodb", region_name=REGION)
    client.delete_item(TableName=f"rebate-test-{table.name}", Key=keys)
    cloud.settle()
    assert cloud.wallets() == {"A": {"cash": 1000}}


def test_other_queues_of_a_batch_are_settled(cloud):
    command("mall", 1)
    cloud.send(bought("o1", "A"), bought("o2", "B", **STORE), bought("o3", "C", **STORE))
    assert failed(settle(cloud.rings(), context("settle"))) == []
    assert cloud.wallets() == {"B": {"cash": 1000}}
    assert sweep({}, context("sweep"))["queues"] == ["mall"]


def test_nothing_overtakes_a_command_that_a_later_release_has_begun(cloud):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    begun = command("mall", 2**60)
    queue = the(Queue, id="mall")
    rewrite(queue, lambda text: text.update(progress={"command": begun.sort}))
    cloud.send(bought("o2", "B"))
    assert failed(settle(cloud.rings(), context("settle"))) == []
    assert the(Queue, id="mall").entries == 1
    assert len(list(app().store.scan(Inbox))) == 2


def test_a_command_whose_fields_cannot_be_read_waits_as_well(cloud):
    row = command("mall", 1, "clear", {"at": "noon"})
    read = app().store.get(Inbox, inbox_key(row.queue, row.sort))
    assert read.command == Unknown("clear", {"at": "noon", "type": "clear"})
    cloud.send(bought("o1", "A"))
    assert failed(settle(cloud.rings(), context("settle"))) == []
    assert list(app().store.scan(Queue)) == []


def test_commissions_are_paid_past_a_ring_that_is_not_known(cloud):
    terms = {"enabled": True, "direct_bps": 500, "settle_on": "paid"}
    cloud.use({**SETTINGS, "referral": terms})
    cloud.send(envelope("order_paid", order_id="o1", member={"id": "A", "referrer_id": "Z"}))
    unknown = command(referral.queue_of("o1"), 1)
    assert failed(settle(cloud.rings(), context("settle"))) == []
    left = list(app().store.scan(Inbox))
    assert [row.command for row in left] == [unknown.command]


# The journal


def unknown_event(text: dict[str, Any]) -> None:
    text["events"].insert(0, {"type": "EntryFrozen", "entry": "o1/1", "member": "A"})


def test_known_events_of_a_row_go_out_with_the_ids_that_they_have(cloud, alarms):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    row = the(Journal, source="mall", number=1)
    rewrite(row, unknown_event)
    journal = cloud.journal()
    assert failed(publish_events(journal, context("publish_events"))) == []
    assert [event["detail"]["event_id"] for event in cloud.bus.told] == [
        f"mall#1#{place + 1}" for place in range(len(row.events))
    ]
    assert ("row 1 of mall", "not told: EntryFrozen") in alarms
    assert failed(notify_members(journal, context("notify_members"))) == []
    _, page = cloud.as_member("A", "GET", "/v1/me/notices", query="locale=en")
    assert len(page["notices"]) == 2


def test_an_event_of_a_known_type_goes_out_with_a_value_of_a_later_release(cloud):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()

    def other_pocket(text: dict[str, Any]) -> None:
        (paid,) = (each for each in text["events"] if each["type"] == "RebatePaid")
        paid |= {"pocket": "gift_card", "colour": "red"}

    rewrite(the(Journal, source="mall", number=1), other_pocket)
    assert failed(publish_events(cloud.journal(), context("publish_events"))) == []
    (paid,) = (each for each in cloud.bus.told if each["detail-type"] == "RebatePaid")
    assert paid["detail"]["pocket"] == "gift_card"


def test_a_journal_row_that_cannot_be_read_holds_up_no_other(cloud, alarms):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    cloud.send(bought("o2", "B"))
    cloud.settle()
    journal = cloud.journal()
    journal["Records"][0]["dynamodb"]["NewImage"]["body"] = {"S": '{"source":"mall"}'}
    assert failed(publish_events(journal, context("publish_events"))) == []
    assert failed(notify_members(journal, context("notify_members"))) == []
    assert {event["detail"]["event_id"].rpartition("#")[0] for event in cloud.bus.told} == {
        "mall#2"
    }
    assert any("journal lacks" in what for _, what in alarms)


# Tickets, orders, wallets


def test_an_entry_with_a_status_of_a_later_release_is_neither_paid_nor_changed(cloud, alarms):
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()

    def freeze(text: dict[str, Any]) -> None:
        text["lines"][0]["entry"]["status"] = "frozen"

    rewrite(the(Ticket, order="o1"), freeze)
    ticket = the(Ticket, order="o1")
    assert ticket.lines[0].entry.status == "frozen"
    assert not ticket.lines[0].entry.waits
    assert ticket.lines[0].entry.status is the(Ticket, order="o1").lines[0].entry.status
    app().store.commit([Put(ticket)])
    assert the(Ticket, order="o1") == ticket, "it is written back as it was"
    status, page = cloud.as_member("A", "GET", "/v1/me/entries")
    assert status == 200
    assert [entry["status"] for entry in page["entries"]] == ["frozen"]
    assert ("status", "frozen") in alarms
    assert isinstance(ticket.lines[0].entry.status, Status)


def test_rows_with_further_fields_are_settled(cloud, alarms):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    for row in (the(Queue, id="mall"), the(Ticket, order="o1"), the(Order, id="o1")):
        rewrite(row, lambda text: text.update(colour="red"))
    cloud.send(bought("o2", "B"))
    cloud.settle()
    assert cloud.wallets() == {"A": {"cash": 1000}}
    assert {kind for kind, what in alarms if what == "field colour"} >= {"queue", "ticket"}
    assert audit_books(app().store).differences == []


def test_a_wallet_with_a_pocket_of_a_later_release_keeps_it(cloud):
    client = boto3.client("dynamodb", region_name=REGION)
    balances = {"partition": {"S": "A"}, "version": {"N": "1"}, "gift_card": {"N": "500"}}
    client.put_item(TableName="rebate-test-wallets", Item=balances)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert app().store.get(Wallet, Key("A")).balances == {BalanceType.CASH: 1000}
    found = client.get_item(TableName="rebate-test-wallets", Key={"partition": {"S": "A"}})
    assert found["Item"]["gift_card"] == {"N": "500"}
