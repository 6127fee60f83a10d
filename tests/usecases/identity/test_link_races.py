"""Somebody else commits between what linking reads and what it stores (docs/conditions.md)."""

from collections.abc import Callable

import pytest

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import MemberSaved
from rebate.domain.errors import Rejected
from rebate.domain.ledger import BalanceType
from rebate.domain.links import LinkCode
from rebate.domain.money import Amount
from rebate.domain.names import MemberId
from rebate.usecases.identity.find_link import linked_member
from rebate.usecases.identity.offer_link import offer_link
from rebate.usecases.identity.use_link import use_link
from rebate.usecases.people.invite import invite, inviter_of, show_nickname
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Credit
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.fakes import FakeClock, MemoryStore
from tests.usecases.disturbed import without_waiting
from tests.usecases.merchants.shop import applied

A, B = MemberId("A"), MemberId("B")
SETTINGS = {"currency": "CNY", "timezone": "Asia/Shanghai"}


class Desk:
    """Two processes on one store: the second acts in the middle of the first."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = FakeClock()
        self.app, self.other = self._wired(), self._wired()
        save_settings(self.store, self.clock, SETTINGS, expects=0, by="test")

    def _wired(self) -> App:
        return without_waiting(wire(self.store, self.clock))

    def meanwhile(self, action: Callable[[], object]) -> None:
        def before(_writes: object) -> None:
            self.store.before_commit = lambda _: None
            action()

        self.store.before_commit = before

    def offer(self, name: str = "l1", member: MemberId = A) -> str:
        return offer_link(self.other.wallets, name, member, caller="shop").code

    def use(self, code: str, subject: str = "s-1", *, other: bool = False) -> None:
        desk = self.other.wallets if other else self.app.wallets
        use_link(desk, subject, code, is_verified=True)

    def refused(self, code: str, subject: str = "s-1") -> str:
        with pytest.raises(Rejected) as refused:
            self.use(code, subject)
        return refused.value.code


def bind(app: App, member: MemberId, referrer: MemberId) -> None:
    app.catalog.save(MemberSaved(member_id=member, referrer_id=referrer))


def test_two_requests_for_a_code_at_once_have_the_same() -> None:
    desk = Desk()
    codes: list[str] = []
    desk.meanwhile(lambda: codes.append(desk.offer()))
    assert offer_link(desk.app.wallets, "l1", A, caller="shop").code == codes[0]


def test_two_members_at_once_have_two_codes() -> None:
    desk = Desk()
    codes = iter(["AAAAAAAAAA", "BBBBBBBBBB"])

    def other() -> None:
        offer_link(desk.other.wallets, "l2", B, caller="shop", make_code=lambda: "AAAAAAAAAA")

    desk.meanwhile(other)
    offer = offer_link(desk.app.wallets, "l1", A, caller="shop", make_code=lambda: next(codes))
    assert offer.code == "BBBBBBBBBB"
    place = desk.store.get(LinkCode, Key("AAAAAAAAAA"))
    assert place is not None
    assert place.id == "l2"


def test_a_code_is_used_by_one_of_two_at_once() -> None:
    desk = Desk()
    code = desk.offer()
    desk.meanwhile(lambda: desk.use(code, "s-2", other=True))
    assert desk.refused(code) == "invalid_request"
    assert (linked_member(desk.store, "s-1"), linked_member(desk.store, "s-2")) == (None, A)


def test_an_account_uses_one_of_two_codes_at_once() -> None:
    desk = Desk()
    code, other = desk.offer(), desk.offer("l2", B)
    desk.meanwhile(lambda: desk.use(other, other=True))
    assert desk.refused(code) == "forbidden"
    assert linked_member(desk.store, "s-1") == B


def test_a_member_is_linked_to_one_of_two_at_once() -> None:
    desk = Desk()
    code, other = desk.offer(), desk.offer("l2")
    desk.meanwhile(lambda: desk.use(other, "s-2", other=True))
    assert desk.refused(code) == "forbidden"
    assert (linked_member(desk.store, "s-1"), linked_member(desk.store, "s-2")) == (None, A)


def test_an_account_gets_money_while_it_is_given_up() -> None:
    desk = Desk()
    code = desk.offer()
    gift = Credit(MemberId("s-1"), ((BalanceType.POINTS, Amount(5)),))
    desk.meanwhile(lambda: desk.store.commit([gift]))
    assert desk.refused(code) == "forbidden"
    assert linked_member(desk.store, "s-1") is None


def test_somebody_is_bound_to_an_account_while_it_is_given_up() -> None:
    desk = Desk()
    code = desk.offer()
    desk.meanwhile(lambda: bind(desk.other, B, MemberId("s-1")))
    assert desk.refused(code) == "forbidden"
    bound = desk.store.get(Member, Key(B))
    assert bound is not None
    assert bound.referrer == "s-1"
    assert linked_member(desk.store, "s-1") is None


def test_a_member_is_saved_while_a_referrer_is_carried_over() -> None:
    desk = Desk()
    bind(desk.app, MemberId("s-1"), B)
    desk.app.catalog.save(MemberSaved(member_id=A))
    code = desk.offer()
    desk.meanwhile(lambda: desk.other.catalog.save(MemberSaved(member_id=A, nickname="ann")))
    desk.use(code)
    found = desk.store.get(Member, Key(A))
    assert found is not None
    assert (found.referrer, found.nickname) == (B, "ann")


def test_an_account_applies_while_it_is_given_up() -> None:
    desk = Desk()
    code = desk.offer()
    desk.meanwhile(lambda: applied(desk.other, "s-1"))
    assert desk.refused(code) == "forbidden"
    assert linked_member(desk.store, "s-1") is None


def test_a_member_is_saved_while_a_code_is_carried_over() -> None:
    desk = Desk()
    invited = invite(desk.app.people, MemberId("s-1")).code
    desk.app.catalog.save(MemberSaved(member_id=A))
    code = desk.offer()
    desk.meanwhile(lambda: desk.other.catalog.save(MemberSaved(member_id=A, nickname="ann")))
    desk.use(code)
    found = desk.store.get(Member, Key(A))
    assert found is not None
    assert (found.invite, found.nickname) == (invited, "ann")


def test_a_code_is_carried_over_while_its_nickname_is_shown() -> None:
    desk = Desk()
    invited = invite(desk.app.people, MemberId("s-1")).code
    code = desk.offer()
    desk.meanwhile(lambda: show_nickname(desk.other.people, MemberId("s-1"), shows=True))
    desk.use(code)
    found = inviter_of(desk.app.people, invited, tried_by="test")
    assert (found.member, found.shows_nickname) == (A, True)


def test_a_nickname_is_shown_while_its_code_is_carried_over() -> None:
    desk = Desk()
    invited = invite(desk.app.people, MemberId("s-1")).code
    code = desk.offer()
    desk.meanwhile(lambda: desk.use(code, other=True))
    show_nickname(desk.app.people, MemberId("s-1"), shows=True)
    found = inviter_of(desk.app.people, invited, tried_by="test")
    assert (found.member, found.shows_nickname) == (A, True)
