"""An erased member leaves no name anywhere, and the books hold (Rule 8.10; pitfall 42)."""

from typing import Any

import pytest

from rebate.adapters.codec import encode
from rebate.domain.errors import Conflict, Mismatch, Rejected
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.request_withdrawal import PayoutTo, request_withdrawal
from rebate.usecases.money.settle_payout import mark_failed, mark_paid
from rebate.usecases.notices.notify_members import notify
from rebate.usecases.office.erase_member import erase_member
from rebate.usecases.office.notes import add_note, show_notes
from rebate.usecases.office.search_members import search_members
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.notices import Notice
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL

A = MemberId("A")
PERSONAL = ("张小美", "pictures.example", "6222021234567890", "Bank of Spring", "calls every day")


class Shop:
    """A shop with a member of whom much is known."""

    def __init__(self) -> None:
        self.player = Player({"settings": MALL, "steps": []}, MemoryStore())
        self.player.begin()
        self.app, self.store = self.player.app, self.player.store
        self.saved()
        for order, member in (("o1", "A"), ("o2", "B"), ("o3", "B")):
            self.player.step({"buy": {"order": order, "member": member, "paid": 10000}})
        for name in ("w1", "w2", "w3"):
            account = PayoutTo("Bank of Spring", "6222021234567890")
            now = self.app.clock.now()
            request_withdrawal(self.app.wallets, name, A, Amount(100), now, account)
        decide_withdrawal(self.app.wallets, "w1", approve=True, by="olga")
        mark_paid(self.app.wallets, "w1", "b1")
        add_note(self.store, self.app.clock, "n1", A, "calls every day", by="olga")

    def saved(self, **more: Any) -> None:
        told = {"nickname": "张小美", "avatar_url": "https://pictures.example/a.png"}
        self.player.deliver("MemberSaved", {"member_id": "A", **told, **more})

    def erases(self, name: str = "e1", member: str = "A") -> Any:
        return erase_member(self.app.people, name, MemberId(member), by="olga", reason="asked")

    def rows(self) -> str:
        """All that is stored, keys included."""
        return "\n".join(
            f"{key} {encode(row)}" for (_, key), row in self.store.everything().items()
        )


@pytest.fixture
def shop() -> Shop:
    return Shop()


def test_nothing_personal_is_left_but_what_is_still_to_be_paid_out(shop: Shop) -> None:
    before = shop.player.outcome()
    assert all(told in shop.rows() for told in PERSONAL)
    shop.erases()
    left = [told for told in PERSONAL if told in shop.rows()]
    assert left == ["6222021234567890", "Bank of Spring"]
    decide_withdrawal(shop.app.wallets, "w2", approve=False, by="olga")
    decide_withdrawal(shop.app.wallets, "w3", approve=True, by="olga")
    assert "6222" in shop.rows()
    mark_failed(shop.app.wallets, "w3", None)
    assert not [told for told in PERSONAL if told in shop.rows()]
    assert audit_books(shop.store).differences == []
    assert shop.player.outcome()["queues"] == before["queues"]


def test_what_comes_later_brings_no_name_back(shop: Shop) -> None:
    shop.erases()
    shop.saved(level="gold")
    shop.player.step({"buy": {"order": "o9", "member": "A", "paid": 5000}})
    assert "张小美" not in shop.rows()
    (found,) = search_members(shop.store, "CNY", "A").members
    assert (found.nickname, found.avatar_url, found.level) == (None, None, "gold")
    assert search_members(shop.store, "CNY", "张小美").members == ()


def test_the_inbox_is_empty_afterwards(shop: Shop) -> None:
    for row in list(shop.store.scan(Journal)):
        notify(shop.store, row)
    assert any(notice.audience == "member/A" for notice in shop.store.scan(Notice))
    shop.erases()
    assert not any(notice.audience == "member/A" for notice in shop.store.scan(Notice))
    assert any(notice.audience == "member/B" for notice in shop.store.scan(Notice))


def test_erasing_again_is_allowed_and_an_id_is_one_members(shop: Shop) -> None:
    first = shop.erases()
    assert shop.erases() == first
    again = shop.erases("e2")
    assert (again.id, again.member) == ("e2", "A")
    with pytest.raises(Mismatch):
        shop.erases("e1", "B")
    with pytest.raises(Rejected) as refused:
        shop.erases("e3", "nobody")
    assert refused.value.code == "unknown_member"


def test_an_erasure_that_was_cut_goes_on_when_it_is_asked_for_again(shop: Shop) -> None:
    commits = 0

    def cut(_: Any) -> None:
        nonlocal commits
        commits += 1
        if commits > 1:
            raise KeyboardInterrupt

    shop.store.before_commit = cut
    with pytest.raises(KeyboardInterrupt):
        shop.erases()
    shop.store.before_commit = lambda _: None
    assert show_notes(shop.store, A).notes
    shop.erases()
    assert not show_notes(shop.store, A).notes


def test_a_name_that_is_saved_meanwhile_goes_too(shop: Shop) -> None:
    def first(_: Any) -> None:
        shop.store.before_commit = lambda _: None
        shop.saved(nickname="李雷")

    shop.store.before_commit = first
    shop.erases()
    assert "李雷" not in shop.rows()


def test_a_note_is_not_written_about_who_is_erased_meanwhile(shop: Shop) -> None:
    def first(_: Any) -> None:
        shop.store.before_commit = lambda _: None
        shop.erases()

    shop.store.before_commit = first
    with pytest.raises(Conflict):
        add_note(shop.store, shop.app.clock, "n2", A, "lives in Spring Street", by="olga")
    assert not show_notes(shop.store, A).notes


def test_a_note_counts_once_under_its_id(shop: Shop) -> None:
    def first(_: Any) -> None:
        shop.store.before_commit = lambda _: None
        add_note(shop.store, shop.app.clock, "n2", A, "another", by="otto")

    shop.store.before_commit = first
    with pytest.raises(Conflict):
        add_note(shop.store, shop.app.clock, "n2", A, "prefers mail", by="olga")
    with pytest.raises(Mismatch):
        add_note(shop.store, shop.app.clock, "n2", A, "prefers mail", by="olga")
    known = add_note(shop.store, shop.app.clock, "n2", A, "another", by="olga")
    assert (known.by, len(show_notes(shop.store, A).notes)) == ("otto", 2)


def test_two_erasures_under_one_id_are_one_members(shop: Shop) -> None:
    def first(_: Any) -> None:
        shop.store.before_commit = lambda _: None
        shop.erases("e1", "B")

    shop.store.before_commit = first
    with pytest.raises(Mismatch):
        shop.erases("e1", "A")
    assert "张小美" in shop.rows()
