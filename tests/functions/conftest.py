"""The tables on moto, the application wired to them, and real envelopes.

moto runs in this process and this thread alone: it has no locks. Its transactions copy a table for
every item, so tests stay small.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from rebate import bootstrap
from rebate.adapters.dynamodb import DynamoStore
from rebate.usecases.settings import save_settings

EVENTS = Path(__file__).parent.parent / "events"
REGION = "eu-central-1"
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10000},
        "exchange": {"points_bps": 10000},
        "clearing": {"every": "day", "at": "00:00"},
    },
}


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One account that is empty but for the deployment's tables, queue and bus."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "REBATE_TABLE_PREFIX": "rebate-test-",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("REBATE_DYNAMODB_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        bootstrap.app.cache_clear()
        store = bootstrap.app().store
        assert isinstance(store, DynamoStore)
        for table in store.tables.values():
            table.create_table(wait=False)
        yield
    bootstrap.app.cache_clear()
