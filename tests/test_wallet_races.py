"""Eight processes ask for more than there is, on the embedded engine: nothing goes twice."""

import json
import multiprocessing
from collections import Counter
from pathlib import Path

import pytest

from local.engine import Engine
from rebate.adapters.clock import SystemClock
from rebate.adapters.dynamodb import DynamoStore
from rebate.bootstrap import wire
from rebate.contracts.events_in import MemberSaved
from rebate.domain.gifts import Gift
from rebate.domain.invitations import TeamMember
from rebate.domain.ledger import BalanceType
from rebate.domain.links import IdentityLink, LinkedMember
from rebate.domain.merchants import Application, Particulars, StoreRight
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.identity.offer_link import offer_link
from rebate.usecases.merchants.apply import (
    edit_application,
    own_application,
    submit_application,
)
from rebate.usecases.merchants.decide_application import Decider, approve
from rebate.usecases.merchants.rights import change_staff
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.request_withdrawal import request_withdrawal
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.wallet_worker import (
    BOUND,
    LINK_CODE,
    LINKED,
    MERCHANTS,
    OWNED,
    OWNERS,
    PAYOUT,
    SHARED,
    STORE,
    A,
    B,
    work,
)
from tests.worker import PREFIX, REGION

PROCESSES = 8
SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "wallet": {"transfer": ["points"], "withdraw_per_day": 100, "transfer_per_day": 100},
}
C = MemberId("C")
PARTICULARS = Particulars("Tea house", "Mr Li", "9131-0000", "West Lake 1", "tea")
CASH, POINTS, STOCK, PRICE = 1000, 2000, 3, 10


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.timeout(150)
def test_nothing_is_spent_twice_and_the_last_gift_goes_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pitfalls 1, 2 and 4; a spend and a transfer at once never overdraw.

    A code links one account, a member is bound to one referrer, one of two applications has the
    store, a payout is decided once, and of two owners who depose each other one stays.
    """
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
        _check_people(store)
    finally:
        engine.stop()
    own = Counter(kind for kind, _ in set(granted))
    assert (own["link"], own["bind"]) == (1, 1)
    assert len({name.endswith(("0", "2")) for kind, name in granted if kind == "depose"}) == 1
    assert len({len(name) % 2 for kind, name in granted if kind == "approve"}) == 1
    assert len({name.endswith("0") for kind, name in granted if kind == "decide"}) == 1
    assert own["withdraw"] == CASH // 300
    assert own["spend"] + own["transfer"] == POINTS // 300
    assert own["redeem"] == STOCK
    assert stock is not None
    assert stock.stock == 0
    assert outcome["wallets"] == {
        "A": {"cash": CASH % 300, "held": CASH - CASH % 300, "points": POINTS % 300},
        "B": {"points": 1000 + 300 * own["transfer"] - PRICE * STOCK},
        **({} if outcome["platform"]["withdrawn"] else {"C": {"cash": 100}}),
    }


def _check_people(store: DynamoStore) -> None:
    """Insist that one of all who asked for the same has it."""
    (link,) = store.scan(IdentityLink)
    linked = store.get(LinkedMember, Key(LINKED))
    assert linked is not None
    assert (link.member, link.subject) == (LINKED, linked.subject)
    bound = store.get(Member, Key(BOUND))
    assert bound is not None
    (place,) = store.scan(TeamMember)
    assert (place.referrer, place.member) == (bound.referrer, BOUND)
    approved = [each for each in store.scan(Application) if each.store == STORE]
    (right,) = (each for each in store.scan(StoreRight) if each.store == STORE)
    assert [(each.member, each.store) for each in approved] == [(right.member, STORE)]
    roles = sorted(each.role for each in store.scan(StoreRight) if each.store == OWNED)
    assert roles == ["nobody", "owner"]


def _begin(store: DynamoStore) -> None:
    save_settings(store, SystemClock(), SETTINGS, expects=0, by="test")
    app = wire(store)
    for member, asset, amount in ((A, "cash", CASH), (A, "points", POINTS), (B, "points", 1000)):
        app.catalog.save(MemberSaved(member_id=member))
        wish = Adjustment(member, asset, Amount(amount), "start")
        adjust(app.wallets, f"{member} {asset}", wish, app.clock.now(), by="test")
    for member in (C, LINKED, *OWNERS):
        app.catalog.save(MemberSaved(member_id=member))
    adjust(
        app.wallets, "C", Adjustment(C, "cash", Amount(100), "start"), app.clock.now(), by="test"
    )
    request_withdrawal(app.wallets, PAYOUT, C, Amount(100), app.clock.now())
    offer_link(app.wallets, "l1", LINKED, caller="shop", make_code=lambda: LINK_CODE)
    for merchant in (*MERCHANTS, OWNERS[0]):
        edit_application(app.people, merchant, PARTICULARS)
        submit_application(app.people, merchant)
    owner = own_application(app.people, OWNERS[0])
    approve(app.people, owner.id, OWNED, Decider("test"))
    change_staff(app.people, OWNED, OWNERS[0], OWNERS[1], "owner")
    save_gift(app.wallets, Gift("g", "g", BalanceType.POINTS, Amount(PRICE), STOCK), by="test")


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
