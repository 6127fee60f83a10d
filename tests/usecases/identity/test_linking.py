"""Linking who signs in with who bought: one to one, for good (contracts, section 6)."""

from itertools import count

import pytest

from rebate.adapters.memory import MemoryStore
from rebate.bootstrap import App, wire
from rebate.contracts.events_in import MemberSaved
from rebate.domain.errors import Mismatch, Rejected
from rebate.domain.ledger import BalanceType
from rebate.domain.links import CODE_CHARS, CODE_MINUTES, LETTERS
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, StoreId
from rebate.domain.times import MINUTE, SECOND, Instant
from rebate.usecases.identity.find_link import linked_member
from rebate.usecases.identity.offer_link import offer_link
from rebate.usecases.identity.use_link import use_link
from rebate.usecases.merchants.decide_application import approve
from rebate.usecases.merchants.rights import change_staff
from rebate.usecases.people.bind_referrer import bind_by_code
from rebate.usecases.people.invite import invite, inviter_of
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Credit
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.keys import Key
from tests.engine import Player
from tests.usecases.merchants.shop import OLGA, applied

A, B, R = MemberId("A"), MemberId("B"), MemberId("R")
SETTINGS = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": {
        "enabled": True,
        "extraction_bps": 1000,
        "entitlement": {"fixed_bps": 10_000},
    },
}


class Clock:
    """Tells a time that tests move."""

    def __init__(self) -> None:
        self.at = Instant(1_800_000_000 * SECOND)

    def now(self) -> Instant:
        return self.at

    def due_by(self) -> Instant:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(clock: Clock) -> App:
    made = wire(MemoryStore(), clock)
    save_settings(made.store, clock, SETTINGS, expects=0, by="test")
    return made


def offered(app: App, member: MemberId = A, name: str = "l1", caller: str = "shop") -> str:
    return offer_link(app.wallets, name, member, caller=caller).code


def use(app: App, code: str, subject: str = "s-1", *, verified: bool = True) -> MemberId:
    return use_link(app.wallets, subject, code, is_verified=verified).member


def refusal(app: App, code: str, subject: str = "s-1", *, verified: bool = True) -> str:
    with pytest.raises(Rejected) as refused:
        use(app, code, subject, verified=verified)
    return refused.value.code


def referrer_of(app: App, member: str) -> MemberId | None:
    found = app.store.get(Member, Key(member))
    return found.referrer if found else None


def bind(app: App, member: MemberId, referrer: MemberId) -> None:
    app.catalog.save(MemberSaved(member_id=member, referrer_id=referrer))


def test_a_code_makes_subject_and_member_one(app: App) -> None:
    assert linked_member(app.store, "s-1") is None
    assert use(app, offered(app)) == A
    assert linked_member(app.store, "s-1") == A


def test_a_code_cannot_be_guessed_and_can_be_typed(app: App) -> None:
    codes = {offered(app, name=f"l{number}") for number in range(50)}
    assert len(codes) == 50
    assert all(len(code) == CODE_CHARS and {*code} <= {*LETTERS} for code in codes)
    assert len(LETTERS) ** CODE_CHARS >= 2**40
    code = offered(app)
    assert use(app, f" {code[:5].lower()}-{code[5:]} ") == A


def test_the_same_request_has_the_same_code_for_ever(app: App) -> None:
    code = offered(app)
    assert offered(app) == code
    use(app, code)
    assert offered(app) == code
    with pytest.raises(Mismatch):
        offered(app, member=B)
    assert offered(app, member=B, caller="another shop") != code


def test_a_code_works_once(app: App) -> None:
    code = offered(app)
    use(app, code)
    assert use(app, code) == A, "the same again is no second use"
    assert refusal(app, code, "s-2") == "invalid_request"
    assert linked_member(app.store, "s-2") is None


@pytest.mark.parametrize(("late", "works"), [(-1, True), (0, False), (1, False)])
def test_a_code_works_for_ten_minutes(app: App, clock: Clock, late: int, works: bool) -> None:
    code = offered(app)
    clock.at = Instant(clock.at + CODE_MINUTES * MINUTE + late)
    if works:
        assert use(app, code) == A
    else:
        assert refusal(app, code) == "invalid_request"


@pytest.mark.parametrize("code", ["", "nothing", "ABCDEFGHJK"])
def test_a_code_that_there_is_not_is_none(app: App, code: str) -> None:
    offered(app)
    assert refusal(app, code) == "invalid_request"


def test_links_are_one_to_one_and_for_good(app: App) -> None:
    first, second = offered(app, A, "l1"), offered(app, A, "l2")
    use(app, first)
    assert refusal(app, second, "s-2") == "forbidden"
    other = offered(app, B, "l3")
    assert refusal(app, other, "s-1") == "forbidden"
    with pytest.raises(Rejected, match="linked already"):
        offered(app, A, "l4")
    assert use(app, other, "s-2") == B
    assert (linked_member(app.store, "s-1"), linked_member(app.store, "s-2")) == (A, B)


def test_whoever_has_verified_nothing_is_not_linked_and_may_come_again(app: App) -> None:
    code = offered(app)
    assert refusal(app, code, verified=False) == "forbidden"
    assert use(app, code) == A


def test_an_account_with_money_of_its_own_is_not_given_up(app: App) -> None:
    app.store.commit([Credit(MemberId("s-1"), ((BalanceType.POINTS, Amount(1)),))])
    code = offered(app)
    assert refusal(app, code) == "forbidden"
    app.store.commit([Credit(MemberId("s-1"), ((BalanceType.POINTS, Amount(-1)),))])
    assert use(app, code) == A


def test_an_account_with_entries_of_its_own_is_not_given_up() -> None:
    steps = [{"buy": {"order": "o1", "member": "s-1", "paid": 100}}]
    player = Player({"settings": SETTINGS, "members": [], "steps": steps})
    player.play()
    assert refusal(player.app, offered(player.app)) == "forbidden"


def test_an_account_to_which_others_are_bound_is_not_given_up(app: App) -> None:
    bind(app, B, MemberId("s-1"))
    assert refusal(app, offered(app)) == "forbidden"
    assert referrer_of(app, B) == "s-1"


def test_a_referrer_is_carried_over_to_a_member_without_one(app: App) -> None:
    bind(app, MemberId("s-1"), R)
    use(app, offered(app))
    assert (referrer_of(app, A), referrer_of(app, "s-1")) == (R, None)


def test_a_member_keeps_the_referrer_they_have(app: App) -> None:
    app.catalog.save(MemberSaved(member_id=A, referrer_id=B))
    bind(app, MemberId("s-1"), R)
    use(app, offered(app))
    assert (referrer_of(app, A), referrer_of(app, "s-1")) == (B, None)


def test_a_member_who_has_bought_is_bound_to_nobody_any_more() -> None:
    steps = [{"buy": {"order": "o1", "member": "A", "paid": 100}}]
    player = Player({"settings": SETTINGS, "members": [], "steps": steps})
    player.play()
    bind(player.app, MemberId("s-1"), R)
    assert use(player.app, offered(player.app)) == A
    assert referrer_of(player.app, A) is None


def test_a_referrer_who_stands_below_the_member_is_not_carried_over(app: App) -> None:
    """Pitfall 17: a loop is refused by every way in; the link is made all the same."""
    bind(app, R, A)
    bind(app, MemberId("s-1"), R)
    assert use(app, offered(app)) == A
    assert referrer_of(app, A) is None


def code_of(app: App, member: str) -> str:
    return invite(app.people, MemberId(member)).code


def owner_of(app: App, code: str) -> MemberId:
    return inviter_of(app.people, code, tried_by="test").member


def test_an_invite_code_follows_the_link(app: App) -> None:
    """Rule 2.5.1: who followed it before the link is bound to who the inviter is since."""
    code = code_of(app, "s-1")
    use(app, offered(app))
    assert owner_of(app, code) == A
    assert bind_by_code(app.people, B, code) == A
    assert referrer_of(app, B) == A
    assert code_of(app, A) == code, "it is the member's one code from then on"


def test_a_member_with_a_code_keeps_it_and_has_the_subjects_too(app: App) -> None:
    own, old = code_of(app, A), code_of(app, "s-1")
    use(app, offered(app))
    assert code_of(app, A) == own
    assert {owner_of(app, code) for code in (own, old)} == {A}


def test_code_and_referrer_are_carried_over_together(app: App) -> None:
    code = code_of(app, "s-1")
    bind(app, MemberId("s-1"), R)
    use(app, offered(app))
    assert (code_of(app, A), referrer_of(app, A)) == (code, R)


def test_an_account_with_a_right_in_a_store_or_an_open_application_is_not_given_up(
    app: App,
) -> None:
    """Nobody may be left behind in it; and neither refusal is for good."""
    asked = applied(app, "s-1")
    code = offered(app)
    assert refusal(app, code) == "forbidden"
    approve(app.people, asked.id, StoreId("W"), OLGA)
    assert refusal(app, code) == "forbidden"
    app.catalog.save(MemberSaved(member_id=B))
    change_staff(app.people, StoreId("W"), MemberId("s-1"), B, "owner")
    change_staff(app.people, StoreId("W"), B, MemberId("s-1"), None)
    assert use(app, code) == A


def test_who_is_called_as_the_member_is_linked_with_all_they_have(app: App) -> None:
    """An issuer of one's own may call people as the shop does."""
    app.store.commit([Credit(A, ((BalanceType.POINTS, Amount(1)),))])
    assert use(app, offered(app), subject="A") == A


def test_codes_that_happen_to_be_the_same_are_made_anew(app: App) -> None:
    numbers = count()
    codes = ["AAAAAAAAAA", "AAAAAAAAAA", "BBBBBBBBBB"]

    def make() -> str:
        return codes[next(numbers)]

    for name, member, code in (("l1", A, "AAAAAAAAAA"), ("l2", B, "BBBBBBBBBB")):
        offer = offer_link(app.wallets, name, member, caller="shop", make_code=make)
        assert offer.code == code
