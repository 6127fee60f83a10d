"""`rebate mcp`, asked by the official SDK's own client over stdio."""

import json
import sys
from pathlib import Path

import anyio
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from local.assistants import of_api, refused, tools
from local.cli import main
from local.http import served
from local.stores import opened
from rebate.contracts.routes import ROUTES
from rebate.contracts.routes.route import Audience
from tests.functions.cloud import SETTINGS

CHECKOUT = Path(__file__).resolve().parents[2]
LOOKS = ("get_order", "get_queues", "get_queue", "get_queue_forecast", "get_settings")
TRIES = ("post_settings_check", "post_simulate")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mcp") / "store"
    assert main(["demo", "--once", "--orders", "30", "--store", str(folder)]) == 0
    return folder


def asked(store, *calls, options=()):
    """Start the command, list its tools and call some; return names and what came of each."""
    command = ["-m", "local.cli", "mcp", "--store", str(store), *options]
    server = StdioServerParameters(
        command=sys.executable,
        args=command,
        cwd=CHECKOUT,
        env={"PYTHONPATH": f"{CHECKOUT}/shared:{CHECKOUT}"},
    )
    found = []

    async def ask():
        async with (
            stdio_client(server) as (reads, writes),
            ClientSession(reads, writes) as session,
        ):
            await session.initialize()
            listed = (await session.list_tools()).tools
            for name, arguments in calls:
                result = await session.call_tool(name, arguments)
                found.append((result.is_error, result.content[0].text))
            return listed

    return anyio.run(ask), found


@pytest.mark.engine
def test_an_order_its_queue_and_settings_are_explained_and_nothing_is_changed(store):
    paused = {**SETTINGS["queue_rebate"], "paused": True}
    change = {"version": 1, "settings": {**SETTINGS, "queue_rebate": paused}}
    listed, answers = asked(
        store,
        ("get_queues", {}),
        ("get_order", {"id": "nobody's"}),
        ("get_queue", {"id": "mall"}),
        ("post_settings_check", {"settings": SETTINGS}),
        ("post_simulate", {"settings": SETTINGS, "orders": 20}),
        ("put_settings", change),
        ("get_settings", {}),
    )
    names = {each.name for each in listed}
    assert names >= {*LOOKS, *TRIES}
    assert all(each.annotations.read_only_hint for each in listed)
    assert not [name for name in names if name.startswith("put_")]
    queues, order, line, check, simulated, refused_, settings = answers
    mall = next(each for each in json.loads(queues[1])["queues"] if each["queue"] == "mall")
    assert mall["waiting"] > 0
    assert order[0]
    assert json.loads(order[1])["code"] == "not_found"
    entry = json.loads(line[1])["line"][0]
    assert check[0] is False
    assert json.loads(check[1])["means"]
    assert simulated[0] is False
    assert refused_ == (
        True,
        "there is no tool put_settings, or it changes something: see --allow-changes",
    )
    assert json.loads(settings[1])["version"] == 1
    _, (trace,) = asked(store, ("get_order", {"id": entry["entry"].split("/")[0]}))
    assert trace[0] is False
    assert entry["member"] in trace[1]


@pytest.mark.engine
def test_changes_are_made_only_where_they_are_allowed(store):
    listed, (saved, wrong) = asked(
        store,
        ("put_notices_wordings", _wording("You are in line.")),
        ("put_notices_wordings", _wording("x", kind="nothing")),
        options=("--allow-changes",),
    )
    tool = next(each for each in listed if each.name == "put_notices_wordings")
    assert tool.annotations.read_only_hint is False
    assert "text" in tool.input_schema["properties"]
    assert saved[0] is False
    assert wrong[0] is True


def _wording(text, kind="joined"):
    return {"locale": "en", "kind": kind, "text": text, "version": 0}


def test_there_is_a_tool_for_each_operation_of_operators():
    routes = [route for route in ROUTES if route.audience is Audience.OPERATOR]
    every, looking = tools(allow_changes=True), tools(allow_changes=False)
    assert len(every) == len(routes), "no two are called the same"
    assert all(each.schema()["type"] == "object" for each in every.values())
    assert looking.keys() < every.keys()
    assert not any(each.changes for each in looking.values())


@pytest.mark.engine
def test_a_stage_is_asked_with_a_token(store):
    with opened(store) as deployment, served(deployment.functions, 0, None) as url:
        answer = tools(allow_changes=False)["get_queues"].ask(of_api(url, "no token"), {})
        assert refused(answer)
        assert answer[0] == 401
    assert refused(tools(allow_changes=False)["get_queues"].ask(of_api(url, "x"), {})), "it is gone"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--store", "nowhere"], "is no store"),
        (["--api", "https://api.example.test"], "REBATE_TOKEN must hold"),
    ],
)
def test_what_cannot_be_asked_is_said(arguments, says, capsys, monkeypatch):
    monkeypatch.delenv("REBATE_TOKEN", raising=False)
    assert main(["mcp", *arguments]) == 2
    assert says in capsys.readouterr().err


def test_a_token_goes_to_no_address_in_the_clear(capsys, monkeypatch):
    monkeypatch.setenv("REBATE_TOKEN", "secret")
    assert main(["mcp", "--api", "http://api.example.test"]) == 2
    assert "secret" not in capsys.readouterr().err
