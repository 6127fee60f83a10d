"""Every test has a deployment of its own."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from rebate import bootstrap
from tests.functions.cloud import BUS, REGION, SETTINGS, Cloud

_UNWANTED = ("REBATE_DYNAMODB_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN")


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Yield a deployment with settings in force and nothing else."""
    for name in _UNWANTED:
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "REBATE_TABLE_PREFIX": "rebate-test-",
        "REBATE_BUS": BUS,
        "REBATE_SHOP_SECRET": "old secret\nnew secret",
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        made = Cloud()
        monkeypatch.setenv("REBATE_DEAD_LETTER_QUEUE_URL", made.dead_letter_url)
        bootstrap.app.cache_clear()
        made.create_tables()
        made.use(SETTINGS)
        yield made
    bootstrap.app.cache_clear()
