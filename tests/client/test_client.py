"""The Python client, against what `rebate demo` serves, and against trouble on the way."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.http import served
from local.memory import deployed_in_memory
from local.settings import demo_settings
from rebate.contracts.api import EventTaken as EventTakenAnswer
from rebate.contracts.linking import LinkOffered as LinkOfferedAnswer
from rebate.contracts.money import Balances as BalancesAnswer
from rebate.contracts.money import Receipt as ReceiptAnswer
from rebate.usecases.settings.save_settings import save_settings
from rebate_client import Operator, Refused, Shop, Unanswered, shapes

SECRET = "a secret for tests only"
DOCS = Path(__file__).parents[2] / "docs"
ORDER = {
    "order_id": "o-1",
    "member": {"id": "A"},
    "channel": "mall",
    "paid_at": "2026-03-01T10:00:00+08:00",
    "lines": [{"line_id": "1", "paid": 16800}],
}
OPERATOR = {"X-Dev-Operator": "me"}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, deployed_in_memory() as deployment:
        patch.setenv("REBATE_SHOP_SECRET", SECRET)
        app = deployment.app
        save_settings(app.store, app.clock, demo_settings(), expects=0, by="test")
        with served(deployment.functions, 0, None) as given:
            yield given


def test_a_shop_sends_its_first_event_and_asks_for_the_order(address: str) -> None:
    with Shop(address, secret=SECRET) as shop, Operator(address, headers=OPERATOR) as operator:
        taken = shop.send("OrderPaid", ORDER)
        assert (taken["outcome"], "mall" in taken["queues"]) == ("accepted", True)
        assert shop.send("OrderPaid", ORDER)["outcome"] == "duplicate"
        assert operator.order("o-1")["member"] == "A"


def test_a_shop_asks_all_that_it_may(address: str) -> None:
    with Shop(address, secret=SECRET) as shop:
        assert shop.send("MemberSaved", {"member_id": "小王 & co"})["outcome"] == "saved"
        assert shop.balances("小王 & co") == {"member": "小王 & co", "balances": {}}
        assert shop.offer_link("B", id="l-1")["member_id"] == "B"
        with pytest.raises(Refused) as refused:
            shop.spend("小王 & co", 100, asset="points", order="o-9", id="s-1")
        assert (refused.value.status, refused.value.code) == (422, "insufficient_balance")
        with pytest.raises(Refused, match="spend"):
            shop.give_back("s-1", 100, id="b-1")


def test_a_refusal_names_the_field(address: str) -> None:
    with Shop(address, secret=SECRET) as shop:
        with pytest.raises(Refused) as refused:
            shop.send("OrderPaid", {**ORDER, "paid_at": "yesterday"})
        assert refused.value.status == 422
        assert [each["path"] for each in refused.value.problems] == ["paid_at"]
    with Shop(address, secret="another") as stranger:
        with pytest.raises(Refused) as refused:
            stranger.balances("A")
        assert (refused.value.status, refused.value.code) == (401, "bad_signature")
    with Operator(address, "no token") as nobody, pytest.raises(Refused) as refused:
        nobody.order("o-1")
    assert refused.value.status == 401


class Trouble:
    """A server that answers as it is told, and keeps what it was asked."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer, json={"outcome": "accepted", "queues": []})

    def shop(self, **more: Any) -> Shop:
        http = httpx.Client(transport=httpx.MockTransport(self))
        return Shop("https://api", secret="s", http=http, pause=lambda _: None, **more)


@pytest.mark.parametrize(
    "trouble", [503, 429, 502, httpx.ConnectError("gone"), httpx.ReadTimeout("")]
)
def test_what_may_pass_is_tried_again_with_the_same_body(trouble: int | Exception) -> None:
    server = Trouble(trouble, trouble, 200)
    assert server.shop().send("OrderPaid", ORDER)["outcome"] == "accepted"
    assert len({request.content for request in server.asked}) == 1
    assert len(server.asked) == 3


def test_each_try_is_signed_as_of_its_own_time() -> None:
    times = iter([100.0, 700.0])
    server = Trouble(503, 200)
    server.shop(now=lambda: next(times), key="k1").send("OrderPaid", ORDER)
    stamps = [request.headers["X-Rebate-Timestamp"] for request in server.asked]
    assert stamps == ["100", "700"]
    assert len({request.headers["X-Rebate-Signature"] for request in server.asked}) == 2
    assert {request.headers["X-Rebate-Key"] for request in server.asked} == {"k1"}


def test_what_is_never_answered_says_so() -> None:
    server = Trouble(*[503] * 4)
    with pytest.raises(Unanswered, match="POST /v1/events: status 503"):
        server.shop().send("OrderPaid", ORDER)


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    server = Trouble(status)
    with pytest.raises(Refused):
        server.shop().send("OrderPaid", ORDER)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("shape", "answer"),
    [
        (shapes.EventTaken, EventTakenAnswer),
        (shapes.LinkOffered, LinkOfferedAnswer),
        (shapes.Balances, BalancesAnswer),
        (shapes.Receipt, ReceiptAnswer),
    ],
)
def test_shapes_have_the_fields_of_answers(shape: Any, answer: Any) -> None:
    document = json.loads((DOCS / "openapi.json").read_text("utf-8"))
    assert {*shape.__annotations__} == {
        *document["components"]["schemas"][answer.__name__]["properties"]
    }


def test_the_example_in_the_docs_runs(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "connect.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    here = example.replace("http://127.0.0.1:8787", address).replace(
        "a secret for demonstrations only", SECRET
    )
    exec(compile(here, "docs/connect.md", "exec"), {})
    assert "accepted" in capsys.readouterr().out
