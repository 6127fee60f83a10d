"""Every test has a new deployment."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from rebate import bootstrap
from rebate.adapters import publisher
from tests.functions.cloud import BUS, REGION, SETTINGS, Cloud

_UNWANTED = ("REBATE_DYNAMODB_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN")
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "REBATE_TABLE_PREFIX": "rebate-test-",
    "REBATE_BUS": BUS,
    "REBATE_SHOP_SECRET": "old secret\nnew secret",
}


@pytest.fixture(scope="module")
def _built() -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        for name in _UNWANTED:
            patch.delenv(name, raising=False)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        with mock_aws():
            bootstrap.app.cache_clear()
            made = Cloud()
            patch.setattr(publisher, "client", lambda *_: made.bus)
            made.create_tables()
            patch.setenv("REBATE_DEAD_LETTER_QUEUE_URL", made.dead_letter_url)
            patch.setenv("REBATE_CONNECT_QUEUE_URL", made.connect_url)
            patch.setenv("REBATE_WEBHOOK_QUEUE_URL", made.webhook_url)
            yield made
    bootstrap.app.cache_clear()


@pytest.fixture(autouse=True)
def cloud(_built: Cloud) -> Iterator[Cloud]:
    """Yield a deployment with settings in force and nothing else."""
    bootstrap.app.cache_clear()
    _built.wipe()
    _built.use(SETTINGS)
    yield _built
    bootstrap.app.cache_clear()
