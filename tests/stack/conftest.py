"""A stage of its own for every test that asks for one, in an emulator of its own."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.cloud import Cloud, running
from tests.stack.deployment import synthesised

log = logging.getLogger("stack")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    log.info("synthesising the templates")
    return synthesised(tmp_path_factory.mktemp("cdk.out"))


@pytest.fixture
def cloud(templates: Path, tmp_path: Path) -> Iterator[Cloud]:
    with running(templates, tmp_path) as cloud:
        yield cloud
