"""`rebate report` reads all of a shop with many queues, where a request could not (Rule 8.1)."""

import json
from contextlib import contextmanager

from local.cli import main
from local.commands import report
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.domain.wallets import Wallet
from rebate.usecases.reports import all_sums
from rebate.usecases.storage.ports import Put
from tests.engine import Player
from tests.many_queues import fill, waiting_queue

SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {"extraction_bps": 1000, "entitlement": {"fixed_bps": 10000}},
}


def test_it_tells_of_every_queue_as_it_is_now(monkeypatch, capsys) -> None:
    player = Player({"settings": SETTINGS, "steps": []})
    player.begin()
    fill(player.store, map(waiting_queue, range(12)))
    monkeypatch.setattr(all_sums, "COUNTED_MAX", 4)
    monkeypatch.setattr(all_sums, "WALLETS_MAX", 0)
    wallet = Wallet(MemberId("A"), 1, {BalanceType.POINTS: Amount(7)})
    player.store.commit([Put(wallet)])

    @contextmanager
    def books(*_where):
        yield player.store

    monkeypatch.setattr(report, "books", books)
    assert main(["report", "liability", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["queue"] for row in told["rows"]] == [f"product/p{n:05d}" for n in range(12)]
    assert sum(row["waiting"] for row in told["rows"]) == told["waiting"] == 1800
    assert told["outstanding"]["points"] == 7
    assert told["future"]
    for name, words in (("liability", "All"), ("liability-by-age", "合计")):
        locale = "en" if words == "All" else "zh-CN"
        assert main(["report", name, "--locale", locale]) == 0
        (whole,) = (line for line in capsys.readouterr().out.splitlines() if words in line)
        assert "18.00 CNY" in whole
    assert main(["report", "promises"]) == 0
