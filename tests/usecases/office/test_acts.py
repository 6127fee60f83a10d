"""Whatever a person changes leaves a row, in the same transaction (Rule 8.9)."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from rebate.bootstrap import App, wire
from rebate.domain.errors import Conflict
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.money.settle_payout import mark_paid
from rebate.usecases.office.acts import Acting, acting
from rebate.usecases.office.show_acts import WantedActs, show_acts
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.office import Act
from rebate.usecases.storage.ports import Write
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL


class Office:
    """Operators at work."""

    def __init__(self) -> None:
        self.player = Player({"settings": MALL, "steps": []}, MemoryStore())
        self.player.begin()
        self.app: App = self.player.app
        self.store: MemoryStore = self.player.store
        self.player.deliver("MemberSaved", {"member_id": "A", "nickname": "张小美"})

    def does(self, what: str, who: str = "olga", **more: Any) -> Any:
        return acting(Acting(who, "finance", what, self.app.clock.now(), **more))

    def adjusts(self, name: str, amount: int = 1000, who: str = "olga") -> None:
        with self.does("adjustments", who, reason="start", request=name):
            wish = Adjustment(MemberId("A"), "cash", Amount(amount), "start")
            adjust(self.app.wallets, name, wish, self.app.clock.now(), by=who)

    def acts(self, **wanted: Any) -> list[Any]:
        return list(show_acts(self.store, WantedActs(**wanted)).acts)


@pytest.fixture
def office() -> Office:
    return Office()


def test_an_act_tells_who_what_why_and_from_what_to_what(office: Office) -> None:
    office.adjusts("a1")
    (act,) = office.acts()
    assert (act.who, act.role, act.what) == ("olga", "finance", "adjustments")
    assert (act.reason, act.request) == ("start", "a1")
    (change,) = act.changes
    assert (change.target, change.before) == ("adjustment/a1", {})
    told = {"member": "A", "amount": 1000, "state": "done", "approvals": ["olga"]}
    assert told.items() <= change.after.items()


def test_an_act_stands_in_the_transaction_of_what_it_changed(office: Office) -> None:
    seen: list[Sequence[Write]] = []
    beneath = MemoryStore._commit

    class Watched(MemoryStore):
        def _commit(self, writes: Sequence[Write]) -> None:
            seen.append(writes)
            beneath(self, writes)

    store = Watched()
    app = wire(store)
    with acting(Acting("olga", "admin", "settings", app.clock.now())):
        save_settings(store, app.clock, MALL, expects=0, by="olga")
    (writes,) = seen
    assert sum(isinstance(getattr(write, "row", None), Act) for write in writes) == 1


def test_a_repetition_and_a_refusal_leave_no_row(office: Office) -> None:
    office.adjusts("a1")
    office.adjusts("a1")
    with pytest.raises(Exception, match="is there"):
        office.adjusts("a2", -5000)
    assert [act.request for act in office.acts()] == ["a1"]


def test_an_act_that_others_get_in_the_way_of_is_told_once(office: Office) -> None:
    def first_refused(_: Sequence[Write]) -> None:
        office.store.before_commit = lambda _: None
        raise Conflict("TransactionConflict")

    office.store.before_commit = first_refused
    office.adjusts("a1")
    assert len(office.acts()) == 1


def test_acts_are_found_by_who_and_by_what(office: Office) -> None:
    office.adjusts("a1")
    office.adjusts("a2", who="otto")
    gift = Gift("g", "Cup", BalanceType.POINTS, Amount(100), stock=2)
    with office.does("gifts"):
        save_gift(office.app.wallets, gift, by="olga", expects=0)
    assert [act.request or act.what for act in office.acts(who="olga")] == ["gifts", "a1"]
    assert [act.request for act in office.acts(what="adjustments")] == ["a2", "a1"]
    assert [act.request for act in office.acts(what="adjustments", who="otto")] == ["a2"]
    assert [act.request for act in office.acts(what="adjustment/a1")] == ["a1"]
    assert [act.request for act in office.acts(what="member/A")] == ["a2", "a1"]
    assert [act.what for act in office.acts(what="gift/g")] == ["gifts"]
    assert office.acts(who="nobody") == []


def test_500_acts_of_one_instant_come_each_once(office: Office) -> None:
    """Pitfall 38."""
    now = office.app.clock.now()
    for number in range(500):
        with acting(Acting("olga", "finance", "adjustments", now, request=f"a{number}")):
            wish = Adjustment(MemberId("A"), "points", Amount(1), "start")
            adjust(office.app.wallets, f"a{number}", wish, now, by="olga")
    for wanted in (WantedActs(), WantedActs(who="olga"), WantedActs(what="adjustments")):
        seen: list[str | None] = []
        after = None
        while True:
            page = show_acts(office.store, wanted, after)
            seen += [act.request for act in page.acts]
            if (after := page.next) is None:
                break
        assert sorted(map(str, seen)) == sorted(f"a{number}" for number in range(500))


def test_secrets_and_what_is_personal_are_not_told(office: Office) -> None:
    """Rules 8.9 and 8.10; pitfalls 41 and 42."""
    office.adjusts("a1")
    account = PayoutTo("Bank of Spring", "6222021234567890")
    request_withdrawal(
        office.app.wallets, "w1", MemberId("A"), Amount(500), office.app.clock.now(), account
    )
    with office.does("withdrawals/decide"):
        decide_withdrawal(office.app.wallets, "w1", approve=True, by="olga")
    with office.does("withdrawals/paid"):
        mark_paid(office.app.wallets, "w1", "bank-reference-1")
    with office.does("members"):
        office.player.deliver(
            "MemberSaved", {"member_id": "A", "nickname": "李雷", "level": "gold"}
        )
    told = json.dumps([row.changes for row in office.store.scan(Act)], default=str)
    for secret in ("6222", "Bank of Spring", "bank-reference-1", "李雷", "张小美"):
        assert secret not in told
    of_member, of_payout, of_decision = office.acts()[:3]
    assert of_member.changes[0].hidden == ("nickname",)
    assert of_member.changes[0].after == {"level": "gold"}
    assert of_payout.changes[0].hidden == ("paid",)
    assert of_decision.changes[0].before == {}
    assert of_decision.changes[0].after["approved"] is True


def test_settings_are_told_by_path(office: Office) -> None:
    changed = {**MALL, "queue_rebate": {**MALL["queue_rebate"], "paused": True}}
    with office.does("settings"):
        save_settings(office.store, office.app.clock, changed, expects=1, by="olga")
    (change,) = office.acts()[0].changes
    assert change.target == "settings"
    assert change.before == {"queue_rebate.paused": None}
    assert change.after == {"version": 2, "queue_rebate.paused": True}
