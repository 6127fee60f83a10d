"""Somebody else acts between what a use case about people reads and what it writes."""

import secrets
from typing import Any

import pytest

from rebate.contracts.events_in import MemberSaved, OrderRefunded
from rebate.domain.errors import Code, Rejected
from rebate.domain.invitations import Invitation, Tries
from rebate.domain.levels import TeamOrder, TeamUpline
from rebate.domain.names import MemberId, OrderId
from rebate.usecases.people.bind_referrer import bind_referrer
from rebate.usecases.people.correct_binding import Correction, correct_binding
from rebate.usecases.people.invite import invite, inviter_of
from rebate.usecases.people.show_team import show_team
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.usecases.people.desk import REFERRAL
from tests.usecases.test_conditions import Shop

A, B = MemberId("A"), MemberId("B")


def saved(member: str, **more: Any) -> MemberSaved:
    return MemberSaved(member_id=member, **more)


def correct(app: Any, name: str, member: str, referrer: str) -> None:
    wish = Correction(MemberId(member), MemberId(referrer), "a test")
    correct_binding(app.people, name, wish, by="olga")


def referrers(shop: Shop) -> dict[str, str | None]:
    return {member.id: member.referrer for member in shop.store.scan(Member)}


def test_a_member_is_saved_while_they_follow_a_link() -> None:
    shop = Shop({})
    shop.app.catalog.save(saved("A"))
    shop.meanwhile(lambda: shop.other.catalog.save(saved("A", level="gold")))
    bind_referrer(shop.app.people, A, B)
    row = shop.store.get(Member, Key("A"))
    assert (row.level, row.referrer) == ("gold", "B")


def test_a_line_that_is_corrected_in_its_middle_meanwhile() -> None:
    """A, above X, is bound below B, and M above B is corrected to stand below X."""
    shop = Shop({})
    for member, above in (("X", "A"), ("B", "M"), ("M", "T")):
        shop.app.catalog.save(saved(member, referrer_id=above))
    shop.meanwhile(lambda: correct(shop.other, "c1", "M", "X"))
    shop.app.catalog.save(saved("A", referrer_id="B"))
    assert (referrers(shop)["M"], referrers(shop)["A"]) == ("X", None)


def test_two_corrections_that_would_make_a_loop_together() -> None:
    """A, above X, goes below Y, whose line is B and T, while B goes below X."""
    shop = Shop({})
    for member, above in (("X", "A"), ("Y", "B"), ("B", "T")):
        shop.app.catalog.save(saved(member, referrer_id=above))
    shop.meanwhile(lambda: correct(shop.other, "c1", "B", "X"))
    with pytest.raises(Rejected) as refused:
        correct(shop.app, "c2", "A", "Y")
    assert refused.value.code is Code.REFERRER_BOUND
    assert (referrers(shop)["B"], referrers(shop)["A"]) == ("X", None)


def test_a_member_asks_for_the_code_twice_at_once() -> None:
    shop = Shop({}, [{"id": "A"}])
    shop.meanwhile(lambda: invite(shop.other.people, A))
    given = invite(shop.app.people, A)
    assert [each.code for each in shop.store.scan(Invitation)] == [given.code]


def test_two_members_draw_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbits", lambda _: next(drawn))
    shop = Shop({}, [{"id": "A"}, {"id": "B"}])
    first, second = invite(shop.app.people, A), invite(shop.app.people, B)
    assert (first.code, second.code) == ("00000007", "00000008")
    assert inviter_of(shop.app.people, "0000-0007", tried_by="x").member == "A"


def test_codes_tried_at_once_all_count() -> None:
    shop = Shop({})

    def try_one(app: Any) -> None:
        with pytest.raises(Rejected):
            inviter_of(app.people, "0000 0000", tried_by="1.2.3.4")

    shop.meanwhile(lambda: try_one(shop.other))
    try_one(shop.app)
    assert [each.count for each in shop.store.scan(Tries)] == [2]


def test_two_orders_that_settle_at_once_are_both_in_the_figures() -> None:
    shop = Shop({"referral": REFERRAL}, [{"id": "B", "referrer": "A"}])
    shop.settles = False
    shop.buy("o1", "B", 1000)
    shop.buy("o2", "B", 3000)
    shop.meanwhile(lambda: shop.other.settler.settle("referral/o2"))  # type: ignore[arg-type]
    shop.app.settler.settle("referral/o1")  # type: ignore[arg-type]
    (person,) = show_team(shop.store, "CNY", A).members
    assert (person.earned, person.orders) == (400, 2)


GOLD = {"members": [{"level": "gold", "orders": 1}]}
CAPTAIN = {"ranks": [{"rank": "captain", "team_spent": 600}]}


def test_a_member_is_saved_while_they_rise() -> None:
    shop = Shop({"levels": GOLD})
    shop.buy("o1", "A", 1000)
    # the first commit stores the completion, the second the level
    shop.meanwhile(lambda: shop.other.catalog.save(saved("A", nickname="n")), commit=2)
    shop.step({"complete": "o1"})
    row = shop.store.get(Member, Key("A"))
    assert (row.level, row.nickname) == ("gold", "n")


def test_an_order_is_refunded_while_it_is_counted_for_the_team() -> None:
    shop = Shop({"levels": CAPTAIN}, [{"id": "B", "referrer": "A"}])
    shop.buy("o1", "B", 1000)
    back = OrderRefunded.model_validate(
        {
            "order_id": "o1",
            "refund_id": "r",
            "refunded_at": shop.at.isoformat(),
            "lines": [{"line_id": "1", "amount": 500}],
        }
    )
    shop.meanwhile(lambda: shop.other.orders.accept(back), commit=2)
    shop.step({"complete": "o1"})
    assert [each.amount for each in shop.store.scan(TeamOrder)] == [500]
    assert shop.store.get(Member, Key("A")).rank is None


def test_a_binding_is_corrected_while_an_order_is_counted() -> None:
    shop = Shop({"levels": CAPTAIN}, [{"id": "B", "referrer": "A"}, {"id": "C"}])
    shop.buy("o1", "B", 1000)

    def correct_and_count() -> None:
        correct(shop.other, "c1", "B", "C")
        shop.other.levels.rise(OrderId("o1"))

    shop.meanwhile(correct_and_count, commit=2)
    shop.step({"complete": "o1"})
    (upline,) = shop.store.scan(TeamUpline)
    assert {each.above for each in shop.store.scan(TeamOrder)} == set(upline.above) == {"C"}
