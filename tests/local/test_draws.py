"""`rebate draws` on a store: commitments are published, and a day that is over is recomputed."""

import hashlib
import json

import pytest

from local.cli import main
from tests.plans import mall_with

pytestmark = pytest.mark.engine

SETTINGS = mall_with(exchange={"points_bps": 10000}, random_return={"cash": 1, "points": 1})


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store in which four orders of one day shared places of random return."""
    folder = tmp_path_factory.mktemp("draws")
    settings, events = folder / "settings.json", folder / "day.jsonl"
    settings.write_text(json.dumps(SETTINGS), encoding="utf-8")
    events.write_text("".join(json.dumps(_paid(n)) + "\n" for n in range(4)), encoding="utf-8")
    made = str(folder / "store")
    assert main(["replay", str(events), "--settings", str(settings), "--store", made]) == 0
    return made


def _paid(number):
    at = f"2026-03-01T10:0{number}:00+08:00"
    detail = {"order_id": f"o{number}", "member": {"id": "A"}, "channel": "mall", "paid_at": at}
    lines = [{"line_id": "1", "paid": 10000}]
    return {"detail-type": "OrderPaid", "time": at, "detail": {**detail, "lines": lines}}


def test_a_day_that_is_over_is_recomputed(store, capsys):
    assert main(["draws", "verify", "--day", "2026-03-01", "--store", store, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["holds"], said["lottery"], said["random_return"]) == (True, 0, 4)
    assert hashlib.sha256(bytes.fromhex(said["seed"])).hexdigest() == said["commitment"]


def test_coming_days_are_committed_to(store, capsys):
    assert main(["draws", "publish", "--store", store, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [(day["seed"], day["late"]) for day in said["days"]] == [(None, False)] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--day", "2999-01-01"], "its seed is still secret"),
        (["--day", "2026-02-01"], "nothing was drawn"),
    ],
)
def test_a_day_that_cannot_be_checked_is_refused_in_one_line(store, capsys, arguments, message):
    assert main(["draws", "verify", *arguments, "--store", store]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert message in printed.err
    assert printed.err.count("\n") == 1
