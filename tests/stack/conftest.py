"""A stage of its own for every test that asks for one, in an emulator of its own."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.cloud import Cloud, running
from tests.stack.deployment import synthesised
from tests.stack.emulator import CREDENTIALS

log = logging.getLogger("stack")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    log.info("synthesising the templates")
    return synthesised(tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture(scope="session", autouse=True)
def _credentials() -> Iterator[None]:
    """For the store, which looks for credentials where functions do."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def cloud(templates: Path, tmp_path: Path) -> Iterator[Cloud]:
    with running(templates, tmp_path) as cloud:
        yield cloud
