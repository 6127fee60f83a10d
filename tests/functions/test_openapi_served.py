"""The description of the API is served openly, and is the one that stands in docs."""

import json
from pathlib import Path

PUBLISHED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_anybody_may_read_what_the_api_is(cloud):
    status, said = cloud.request("GET", "/v1/openapi.json")
    assert status == 200
    assert said == json.loads(PUBLISHED.read_text("utf-8"))
