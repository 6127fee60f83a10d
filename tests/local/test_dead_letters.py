"""`rebate dead-letters`: what was set aside in a store is listed, mended and replayed."""

import json

import pytest

from local.cli import main
from local.stores import opened
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from tests.functions.cloud import SETTINGS, bought

pytestmark = pytest.mark.engine


@pytest.fixture
def store(tmp_path):
    """A store in which an order was set aside."""
    with opened(tmp_path) as deployment:
        app = deployment.app
        save_settings(app.store, app.clock, SETTINGS, expects=0, by="test")
        deployment.bus.deliver(bought("o1", "A", channel="market"))
    return tmp_path


def orders(store):
    with opened(store) as deployment:
        app = deployment.app
        queues = show_outcome(app.store, app.settings.in_force().terms)["queues"]
    return [each["entry"] for each in queues.get("mall", {}).get("entries", [])]


def test_what_was_set_aside_is_listed_mended_and_replayed(store, tmp_path, capsys):
    assert main(["dead-letters", "--store", str(store), "--json"]) == 0
    (letter,) = json.loads(capsys.readouterr().out)["letters"]
    assert (letter["code"], letter["replays_to"]) == ("unreadable_event", "on_order_paid")
    assert main(["dead-letters", "replay", "--store", str(store)]) == 0
    assert "1 replayed" in capsys.readouterr().out
    assert main(["dead-letters", "--store", str(store), "--json"]) == 0
    (again,) = json.loads(capsys.readouterr().out)["letters"]
    assert again["letter"] != letter["letter"], "it failed again, and is kept again"
    file = tmp_path / "mended.json"
    file.write_text(json.dumps(bought("o1", "A")), encoding="utf-8")
    command = ["dead-letters", "replay", again["letter"], "--store", str(store)]
    assert main([*command, "--body", str(file)]) == 0
    assert orders(store) == ["o1/1"]
    capsys.readouterr()
    assert main(["dead-letters", "--store", str(store)]) == 0
    assert capsys.readouterr().out == "0 letters.\n"


def test_a_letter_that_there_is_not_is_named(store, capsys):
    assert main(["dead-letters", "replay", "nothing", "--store", str(store)]) == 1
    assert "there is no letter nothing" in capsys.readouterr().err
