"""The API keeps to its own description: requests that it allows, and ones that it does not.

schemathesis makes them of docs/openapi.json; they are asked of what `rebate demo` serves. Nothing
may be a fault of ours, and each answer has a status and a form that stand in the document.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from local.http import served
from local.memory import deployed_in_memory
from local.settings import demo_settings
from rebate.contracts.signatures import sign
from rebate.usecases.settings.save_settings import save_settings
from tests.functions.cloud import bought

SECRET = "a secret for tests only"
EXAMPLES = 6
"""Made-up requests for each operation, beside those at the bounds of each of its fields."""


def _unsigned() -> dict[str, Any]:
    """Return the document without who may call: requests here say so by themselves."""
    path = Path(__file__).parents[2] / "docs" / "openapi.json"
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    del document["components"]["securitySchemes"]
    for operations in document["paths"].values():
        for operation in operations.values():
            del operation["security"]
    return document


schemathesis_document = schemathesis.openapi.from_dict(_unsigned())
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
schemathesis_document.config.phases.coverage.unexpected_methods = set()
"""The table of routes says which methods there are; test_api_access tries others."""

PLATFORMS = "/v1/connect/{platform}/{key}"
"""What platforms send is theirs to describe: their own signatures, and any body."""


class Asking(AuthBase):
    """Says who asks: everybody at once, and a shop that signs what it sends."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        path = request.path_url.split("?")[0]
        is_members = path.startswith("/v1/me/") or (request.method, path) == ("GET", "/v1/gifts")
        who = {"X-Dev-Member": "A"} if is_members else {"X-Dev-Operator": "olga"}
        if path.startswith("/v1/store"):
            who = {"X-Dev-Merchant": "A"}
        now = int(time.time())
        signed = request.body or request.path_url.partition("?")[2]
        signed = signed.encode() if isinstance(signed, str) else signed
        assert isinstance(signed, bytes), "what is signed is at hand"
        request.headers.update(
            {
                **who,
                "X-Rebate-Timestamp": str(now),
                "X-Rebate-Signature": sign(SECRET.encode(), now, signed),
            }
        )
        return request


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Yield where a deployment is served in which something has happened."""
    with pytest.MonkeyPatch.context() as patch, deployed_in_memory() as deployment:
        patch.setenv("REBATE_SHOP_SECRET", SECRET)
        app = deployment.app
        save_settings(app.store, app.clock, demo_settings(), expects=0, by="test")
        for name, member in (("o1", "A"), ("o2", "B")):
            deployment.bus.deliver(bought(name, member))
        deployment.settle()
        with served(deployment.functions, 0, None) as given:
            yield given


@schemathesis_document.exclude(path=PLATFORMS).parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_each_operation_answers_as_the_document_says(case, address: str) -> None:
    case.call_and_validate(
        base_url=address,
        auth=Asking(address),
        checks=CHECKS,
    )
