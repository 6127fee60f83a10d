"""Making the tables on an engine, from the same models that AWS's are made from."""

from typing import Any

from pynamodb.connection import Connection

from local.environment import REGION
from local.letters import TABLE as LETTERS
from local.letters import Letters
from rebate.adapters.tables import TABLES

STREAM_VIEW = "NEW_IMAGE"


def create_tables(client: Any, prefix: str, letters: Letters) -> bool:  # noqa: ANN401 - botocore's
    """Create the tables that are missing; tell whether all were.

    `client` is a client of the engine's DynamoDB.
    """
    pages = client.get_paginator("list_tables").paginate()
    known = {name for page in pages for name in page["TableNames"] if name.startswith(prefix)}
    connection = Connection(region=REGION, host=client.meta.endpoint_url)
    for table in TABLES:
        name = f"{prefix}{table.name}"
        if name not in known:
            stream = {"stream_enabled": True, "stream_view_type": STREAM_VIEW}
            connection.create_table(
                name,
                **table._get_schema(),  # noqa: SLF001 - PynamoDB tells it in no other way
                billing_mode="PAY_PER_REQUEST",
                stream_specification=stream if table.stream else None,
            )
    if f"{prefix}{LETTERS}" not in known:
        letters.create_table()
    return not known
