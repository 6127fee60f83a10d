"""One engine for all tests of a worker; each gets a deployment of its own on it."""

from uuid import uuid4

import pytest

from local.deployment import Clients, deployed
from local.engine import dynamodb


@pytest.fixture(scope="session")
def clients():
    with dynamodb() as endpoint:
        yield Clients(endpoint)


@pytest.fixture
def deployment(clients):
    with deployed(clients, f"{uuid4().hex[:8]}-") as made:
        yield made
