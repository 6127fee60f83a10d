"""Making the tables on an engine, from the same models that AWS's are made from."""

from collections.abc import Mapping
from typing import Any

from local.message_store import TABLE as LETTERS
from local.message_store import MessageStore
from rebate.adapters.tables import TABLES, Table

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}


def create_tables(client: Any, prefix: str, letters: MessageStore) -> bool:  # noqa: ANN401 - botocore's
    """Create the tables that are missing; tell whether all were.

    `client` is a client of the engine's DynamoDB.
    """
    pages = client.get_paginator("list_tables").paginate()
    known = {name for page in pages for name in page["TableNames"] if name.startswith(prefix)}
    for table in TABLES:
        name = f"{prefix}{table.name}"
        if name not in known:
            client.create_table(TableName=name, **_definition(table))
    if f"{prefix}{LETTERS}" not in known:
        letters.create_table()
    return not known


def _definition(table: type[Table[Any]]) -> dict[str, Any]:
    schema = table._get_schema()  # noqa: SLF001 - PynamoDB tells it in no other way
    definition: dict[str, Any] = {
        "AttributeDefinitions": schema["attribute_definitions"],
        "KeySchema": schema["key_schema"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for kind in ("global_secondary_indexes", "local_secondary_indexes"):
        if schema[kind]:
            name = "".join(word.title() for word in kind.split("_"))
            definition[name] = [_index(index) for index in schema[kind]]
    return definition | ({"StreamSpecification": STREAM} if table.stream else {})


def _index(index: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "IndexName": index["index_name"],
        "KeySchema": index["key_schema"],
        "Projection": index["projection"],
    }
