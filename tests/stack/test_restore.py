"""Tables of an earlier second take over: same bus, same accounts, and nothing that came in is lost.

docs/operations.md, "Restoring from a point in time", as far as the emulator goes.
"""

import logging
import time
from typing import Any

from rebate.adapters.tables import TABLES
from rebate.usecases.audit.audit_books import audit_books
from tests.stack.cloud import running
from tests.stack.deployment import PREFIX, create, synthesised
from tests.stack.examples import QUEUE_REBATE, paid
from tests.stack.people import Api

RESTORED = "r1"
GONE_SECONDS_MAX = 60

log = logging.getLogger("stack")


def test_restored_tables_take_over(templates, tmp_path_factory):
    with running(templates, tmp_path_factory.mktemp("restore")) as cloud:
        cloud.put_in_force(QUEUE_REBATE)
        ann = cloud.sign_in_member("ann")
        cloud.send("OrderPaid", paid("first", ann.id))
        cloud.send("OrderPaid", paid("second", "Bo", 1))
        cloud.settle()

        log.info("restoring the tables as they are, while orders go on")
        restore(cloud)
        since = [paid("third", "Cleo", 2), paid("fourth", "Dan", 3)]
        cloud.send("OrderPaid", since[0])
        cloud.settle()
        assert len(entries_of(cloud)) == 3

        log.info("taking away what works, and everything that stood in the tables")
        take_away(cloud)
        lose_tables(cloud)
        cloud.send("OrderPaid", since[1])

        cloud.prefix = f"{PREFIX}-{RESTORED}-"
        assert differences(cloud) == []
        assert entries_of(cloud) == {"first/1": 1000, "second/1": 0}

        log.info("deploying what works, on the restored tables")
        restored = synthesised(tmp_path_factory.mktemp("cdk.out"), restored=RESTORED)
        create(cloud.clients, cloud.emulator, restored, PREFIX)
        for detail in since:  # stands in for a replay of the archive
            cloud.send("OrderPaid", detail)
        cloud.settle()
        assert entries_of(cloud) == {
            "first/1": 3000,
            "second/1": 0,
            "third/1": 0,
            "fourth/1": 0,
        }
        assert differences(cloud) == []
        wallet = Api(cloud.clients, cloud.emulator.endpoint).ask("GET", "/v1/me/wallet", ann.token)
        assert wallet.body["balances"]["cash"] == 3000


def restore(cloud) -> None:
    """Copy all tables under another prefix, as DynamoDB does; two get their streams back."""
    dynamodb = cloud.clients.dynamodb
    for table in TABLES:
        old, new = f"{PREFIX}-{table.name}", f"{PREFIX}-{RESTORED}-{table.name}"
        described = dynamodb.describe_table(TableName=old)["Table"]
        definition: dict[str, Any] = {
            name: described[name] for name in ("AttributeDefinitions", "KeySchema")
        }
        indexes = described.get("LocalSecondaryIndexes")
        if indexes:
            named = ("IndexName", "KeySchema", "Projection")
            definition["LocalSecondaryIndexes"] = [
                {name: index[name] for name in named} for index in indexes
            ]
        if table.stream:
            definition["StreamSpecification"] = {
                "StreamEnabled": True,
                "StreamViewType": "NEW_IMAGE",
            }
        made = dynamodb.create_table(TableName=new, BillingMode="PAY_PER_REQUEST", **definition)
        for item in _items(cloud, old):
            dynamodb.put_item(TableName=new, Item=item)
        if table.stream:
            # what the stack of restored tables says once they are imported into it
            cloud.clients.parameters.put_parameter(
                Name=f"/rebate/streams/{new}",
                Value=made["TableDescription"]["LatestStreamArn"],
                Type="String",
            )


def lose_tables(cloud) -> None:
    for table in TABLES:
        name = f"{PREFIX}-{table.name}"
        schema = cloud.clients.dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
        keys = [each["AttributeName"] for each in schema]
        for item in _items(cloud, name):
            key = {each: item[each] for each in keys}
            cloud.clients.dynamodb.delete_item(TableName=name, Key=key)


def take_away(cloud) -> None:
    """Destroy the stack of what works; tables, bus and accounts are not in it."""
    cloud.clients.stacks.delete_stack(StackName=PREFIX)
    deadline = time.monotonic() + GONE_SECONDS_MAX
    while time.monotonic() < deadline:
        listed = cloud.clients.stacks.list_stacks()["StackSummaries"]
        states = {each["StackStatus"] for each in listed if each["StackName"] == PREFIX}
        if states <= {"DELETE_COMPLETE"}:
            return
        time.sleep(0.5)
    raise AssertionError(f"the stack is still there: {states}")


def differences(cloud) -> list[str]:
    return [str(each) for each in audit_books(cloud.store).differences]


def entries_of(cloud) -> dict[str, int]:
    return {each["entry"]: each["paid"] for each in cloud.outcome()["queues"]["mall"]["entries"]}


def _items(cloud, table: str) -> list[dict[str, Any]]:
    pages = cloud.clients.dynamodb.get_paginator("scan").paginate(TableName=table)
    return [item for page in pages for item in page["Items"]]
