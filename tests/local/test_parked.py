"""`rebate parked`: what an operator does about a command that cannot be carried out, in a store."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from local.cli import main
from local.deployment import LocalDeployment
from local.settling import Unsettled
from local.stores import opened
from rebate.domain.errors import Impossible
from rebate.domain.tickets import Ticket
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Put, Write
from tests.plans import MALL


def buy(deployment: LocalDeployment, order: str, minute: int) -> None:
    detail = {
        "order_id": order,
        "member": {"id": f"member of {order}"},
        "channel": "mall",
        "paid_at": f"2026-03-01T10:{minute:02d}:00+08:00",
        "lines": [{"line_id": "1", "paid": 1000}],
    }
    deployment.bus.deliver({"detail-type": "OrderPaid", "detail": detail})


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store in which two orders could not be settled between two others."""
    folder = tmp_path_factory.mktemp("parked") / "store"
    with opened(folder) as deployment:
        app = deployment.app
        save_settings(app.store, app.clock, MALL, expects=0, by="test")
        commit = app.store.commit

        def refusing(writes: Sequence[Write]) -> None:
            rows = [write.row for write in writes if isinstance(write, Put)]
            names = [row.order for row in rows if isinstance(row, Ticket)]
            if any(name.startswith("bad") for name in names):
                raise Impossible("Item size has exceeded")
            commit(writes)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(app.store, "commit", refusing)
            for minute, order in enumerate(("o1", "bad1", "bad2", "o2")):
                buy(deployment, order, minute)
            with pytest.raises(Unsettled, match="queue mall goes on without order bad1: Item size"):
                deployment.settle()
        assert set(outcome(deployment)) == {"o1/1", "o2/1"}
    return folder


def outcome(deployment: LocalDeployment) -> list[str]:
    terms = deployment.app.settings.in_force().terms
    entries = show_outcome(deployment.app.store, terms)["queues"]["mall"]["entries"]
    return [each["entry"] for each in entries]


def run(capsys: pytest.CaptureFixture[str], *arguments: Any) -> tuple[int, str, str]:
    try:
        status = main([str(each) for each in arguments])
    except SystemExit as exit_:
        status = int(exit_.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def listed(capsys: pytest.CaptureFixture[str], store: Path, *more: str) -> list[dict[str, Any]]:
    status, out, _ = run(capsys, "parked", "--store", store, "--json", *more)
    assert status == 0
    found: list[dict[str, Any]] = json.loads(out)["parked"]
    return found


def test_what_is_parked_is_listed_audited_released_and_dropped(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = listed(capsys, store)
    assert (first["order"], second["order"]) == ("bad1", "bad2")
    assert first["reason"] == "Item size has exceeded"
    status, out, err = run(capsys, "audit", "--store", store)
    assert status == 0
    assert "add up" in out
    assert "queue mall: the join of order bad1 is parked since Item size has exceeded" in err
    decided = ("--reason", "tried", "--by", "ann", "--store", store)
    assert run(capsys, "parked", "release", first["id"], *decided)[0] == 0
    assert run(capsys, "parked", "drop", second["id"], *decided)[0] == 0
    assert listed(capsys, store) == []
    (dropped,) = listed(capsys, store, "--state", "dropped")
    assert (dropped["order"], dropped["by"], dropped["why"]) == ("bad2", "ann", "tried")
    with opened(store) as deployment:
        assert outcome(deployment) == ["o1/1", "o2/1", "bad1/1"]
    status, _, err = run(capsys, "audit", "--store", store)
    assert status == 0
    assert "the join of order bad2 is dropped by ann: tried" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("drop", "nothing", "--reason", "x"), "no command is parked as nothing"),
        (("release", "nothing"), "--reason"),
        (("release",), "takes the id of a parked command"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    arguments: Sequence[str], says: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "parked", *arguments, "--store", store)
    assert (status, out) == (2, "")
    assert says in err
