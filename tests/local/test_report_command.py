"""`rebate report liability` reads all pages of a shop with many queues (Rule 8.1)."""

import json
from contextlib import contextmanager

from local.cli import main
from local.commands import report
from rebate.usecases.reports import all_sums
from rebate.usecases.reports import show_liability as pages
from rebate.usecases.reports.all_sums import SumsKeeping
from tests.engine import Player
from tests.fakes import FakeClock
from tests.many_queues import fill, waiting_queue

SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
}


def test_it_tells_of_every_queue_though_they_come_in_pages(monkeypatch, capsys) -> None:
    player = Player({"settings": SETTINGS, "steps": []})
    player.begin()
    fill(player.store, map(waiting_queue, range(12)))
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 4)
    monkeypatch.setattr(pages, "QUEUES_PAGE", 5)
    SumsKeeping(player.store, FakeClock(), player.app.settings).step(lambda: True)

    @contextmanager
    def books(*_where):
        yield player.store

    monkeypatch.setattr(report, "books", books)
    assert main(["report", "liability", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["queue"] for row in told["rows"]] == [f"product/p{n:05d}" for n in range(12)]
    assert sum(row["waiting"] for row in told["rows"]) == told["waiting"] == 1800


def test_sums_that_were_not_made_yet_are_one_sentence(monkeypatch, capsys) -> None:
    player = Player({"settings": SETTINGS, "steps": []})
    player.begin()
    fill(player.store, map(waiting_queue, range(3)))
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 2)

    @contextmanager
    def books(*_where):
        yield player.store

    monkeypatch.setattr(report, "books", books)
    assert main(["report", "liability"]) != 0
    said = capsys.readouterr()
    assert "ask again in a few minutes" in said.err
    assert "Traceback" not in said.err
