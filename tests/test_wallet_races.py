"""Eight processes ask for more than there is, on the embedded engine: nothing goes twice."""

import json
import multiprocessing
from pathlib import Path

import pytest

from local.engine import Engine
from rebate.adapters.clock import SystemClock
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import wire
from rebate.contracts.events_in import MemberSaved
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows import Key
from tests.books import check_books
from tests.wallet_worker import SHARED, A, B, work
from tests.worker import PREFIX, REGION

PROCESSES = 8
SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "wallet": {"transfer": ["points"], "withdraw_per_day": 100, "transfer_per_day": 100},
}
CASH, POINTS, STOCK, PRICE = 1000, 2000, 3, 10


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(150)
def test_nothing_is_spent_twice_and_the_last_gift_goes_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pitfalls 1, 2 and 4; a spend and a transfer at once never overdraw."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    engine = Engine.start(tmp_path / "store")
    try:
        store = DynamoStore(PREFIX, REGION, engine.endpoint)
        for table in store.tables.values():
            table.create_table(wait=False)
        _begin(store)
        granted = _race(tmp_path, engine.endpoint)
        check_books(store)
        assert [str(each) for each in audit_books(store).differences] == []
        outcome = show_outcome(store, wire(store).settings.in_force().terms)
        stock = store.get(Gift, Key("g"))
    finally:
        engine.stop()
    own = {kind: len({each for each in granted if each[0] == kind}) for kind, _ in granted}
    assert own["withdraw"] == CASH // 300
    assert own["spend"] + own["transfer"] == POINTS // 300
    assert own["redeem"] == STOCK
    assert stock is not None
    assert stock.stock == 0
    assert outcome["wallets"] == {
        "A": {"cash": CASH % 300, "held": CASH - CASH % 300, "points": POINTS % 300},
        "B": {"points": 1000 + 300 * own["transfer"] - PRICE * STOCK},
    }


def _begin(store: DynamoStore) -> None:
    save_settings(store, SystemClock(), SETTINGS, expects=0, by="test")
    app = wire(store)
    for member, asset, amount in ((A, "cash", CASH), (A, "points", POINTS), (B, "points", 1000)):
        app.catalog.save(MemberSaved(member_id=member))
        wish = Adjustment(member, asset, amount, "start")
        adjust(app.wallets, f"{member} {asset}", wish, app.clock.now(), by="test")
    save_gift(app.wallets, Gift("g", "g", BalanceType.POINTS, PRICE, STOCK), by="test")


def _race(folder: Path, endpoint: str) -> list[tuple[str, str]]:
    """Let all ask at once; return what each was granted, once where they share an id."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.wallet_worker"])
    each = [
        context.Process(target=work, args=(number, folder, endpoint)) for number in range(PROCESSES)
    ]
    for process in each:
        process.start()
    for process in each:
        process.join(120)
        process.kill()
    assert [process.exitcode for process in each] == [0] * PROCESSES
    noted = [
        (kind, name)
        for number in range(PROCESSES)
        for kind, name in json.loads((folder / f"granted-{number}").read_text(encoding="utf-8"))
    ]
    shared = {each for each in noted if each[1] == SHARED}
    return [*shared, *(each for each in noted if each[1] != SHARED)]
