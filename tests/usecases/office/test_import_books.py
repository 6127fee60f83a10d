"""Members, balances and waiting places of an older system count once each, whole (contracts, 5)."""

import itertools
import json
from typing import Any

import pytest

from rebate.contracts.imports import InvalidImport, decoded, read_import
from rebate.domain.errors import Conflict
from rebate.domain.names import QueueId
from rebate.domain.queues import Queue
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.office.import_books import BookImport
from rebate.usecases.storage.office import ImportedLine
from rebate.usecases.storage.ports import Remove
from rebate.usecases.storage.rows.catalog import Member
from rebate.usecases.storage.rows.journal import Journal
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from tests.books import check_books
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL

AT = "2026-02-01T10:00:00+08:00"
SETTINGS: dict[str, Any] = {
    **MALL,
    "alliance": {"enabled": True, "dividend_bps": 1000, "heads_bps": [10000]},
    "order_queue": {"enabled": True, "reward_bps": 3000},
}


def member(name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"m-{name}", "kind": "member", "member": name, **more}


def balance(name: str, asset: str = "cash", amount: Any = 500, **more: Any) -> dict[str, Any]:
    line = {"kind": "balance", "member": name, "asset": asset, "amount": amount}
    return {"id": f"b-{name}-{asset}", **line, **more}


def place(order: str, name: str, entitlement: int = 10000, **more: Any) -> dict[str, Any]:
    line = {"kind": "place", "queue": "mall", "order": order, "line": "1", "member": name}
    return {"id": f"p-{order}", **line, "entitlement": entitlement, "paid_at": AT, **more}


BOOKS = [
    member("A", nickname="张小美", level="gold"),
    member("B", referrer="A"),
    balance("A"),
    balance("A", "points", 700),
    balance("B", "love_frozen", 90),
    place("old-2", "B", 8000, paid=3000, order_paid=16000),
    place("old-1", "A", 1000, completed_at=AT),
]


def written(lines: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


class Shop:
    """A shop that has moved in with its books."""

    def __init__(self, settings: Any = SETTINGS) -> None:
        self.player = Player({"settings": settings, "steps": []}, MemoryStore())
        self.player.begin()
        self.store: MemoryStore = self.player.store
        self.imports: BookImport = self.player.app.imports

    def brings(self, lines: list[dict[str, Any]]) -> int:
        counted = sum(self.imports.carry_out(read_import(written(lines))))
        self.settles()
        return counted

    def settles(self) -> None:
        self.player.settle(map(QueueId, ["mall", "alliance"]))

    def line(self, queue: str = "mall") -> list[tuple[str, int]]:
        entries = self.player.outcome()["queues"].get(queue, {"entries": []})["entries"]
        return [(entry["entry"], entry["entitlement"] - entry["paid"]) for entry in entries]

    def holds(self) -> None:
        assert audit_books(self.store).differences == []
        check_books(self.store)


def test_what_is_brought_is_there_and_the_books_hold() -> None:
    shop = Shop()
    assert shop.brings(BOOKS) == len(BOOKS)
    assert shop.line() == [("old-2/1", 5000), ("old-1/1", 1000)]
    outcome = shop.player.outcome()
    assert outcome["wallets"] == {
        "A": {"cash": 500, "points": 700},
        "B": {"love_frozen": 90},
    }
    assert outcome["platform"]["adjusted"] == 500
    known = {str(row.id): row for row in shop.store.scan(Member)}
    assert (known["A"].nickname, known["A"].level, known["B"].referrer) == ("张小美", "gold", "A")
    opened = [row for row in shop.store.scan(Journal) if row.source.startswith("import/")]
    assert [entry.kind for row in opened for entry in row.entries] == ["opening"] * 3
    shop.holds()


def test_places_are_paid_in_their_order_by_what_is_sold_from_now_on() -> None:
    shop = Shop(MALL)
    shop.brings(BOOKS)
    shop.player.step({"buy": {"order": "new", "member": "C", "paid": 55000}})
    assert shop.line() == [("old-2/1", 0), ("old-1/1", 500), ("new/1", 55000)]
    shop.holds()


def test_an_imported_order_is_completed_and_refunded_like_any() -> None:
    shop = Shop(MALL)
    shop.brings(BOOKS)
    shop.player.step({"complete": "old-2"})
    shop.player.step({"refund": {"order": "old-2", "line": "1", "amount": 8000, "id": "r"}})
    assert shop.line() == [("old-2/1", 1000), ("old-1/1", 1000)]
    shop.holds()
    shop.player.step({"buy": {"order": "old-2", "member": "B", "paid": 100}})
    assert shop.player.refusals[-1] == "conflicting_event"


def test_a_place_that_goes_on_in_another_queue_lacks_no_more_than_before() -> None:
    """What an older system had paid of it is not promised again (Rule 1.4.1)."""
    shop = Shop()
    shop.brings([member("B"), place("old-2", "B", 8000, paid=3000, product="p1")])
    accepted = {"acknowledged": ["queue_rebate.mall=per_product"]}
    shop.player.step({"set": {"queue_rebate": {"mall": "per_product"}, "guards": accepted}})
    shop.player.step({"move": {"queue": "mall"}})
    assert shop.player.store.get(Queue, Key("product/p1")).standing.owed == 5000
    shop.holds()


def test_places_of_other_plans_are_brought_along() -> None:
    shop = Shop()
    whole = place("old-3", "A", 700, queue="alliance", completed_at=AT, order_paid=1000)
    del whole["line"]
    shop.brings([member("A"), whole])
    assert shop.line("alliance") == [("old-3", 700)]
    shop.holds()


def pool(queue: str, amount: Any = 700, **more: Any) -> dict[str, Any]:
    return {"id": f"pool-{queue}", "kind": "pool", "queue": queue, "amount": amount, **more}


def test_what_a_pool_held_is_paid_to_those_who_wait() -> None:
    """Rule 0.8: a surplus that is carried is for the next who can be paid."""
    plan = {**SETTINGS["queue_rebate"], "surplus": "carry"}
    shop = Shop({**SETTINGS, "queue_rebate": plan})
    brought = [member("A"), place("old", "A", 9000), pool("mall")]
    told = shop.imports.check(read_import(written(brought)))
    assert told.pools == {"mall": 700}
    assert shop.brings(brought) == 3
    shop.holds()
    assert shop.brings(brought) == 0
    outcome = shop.player.outcome()
    assert (outcome["queues"]["mall"]["pool"], outcome["platform"]["adjusted"]) == (700, 700)
    shop.player.step({"buy": {"order": "new", "member": "B", "paid": 1000}})
    assert 9000 - shop.line()[0][1] == 700 + 1000 // 10
    assert shop.player.outcome()["queues"]["mall"]["pool"] == 0
    shop.holds()


def test_a_pool_that_nobody_brought_is_found() -> None:
    shop = Shop()
    shop.brings([member("A"), place("old", "A"), pool("mall")])
    (line,) = [row for row in shop.store.scan(ImportedLine) if row.amount]
    shop.store.commit([Remove(ImportedLine, key_of(line))])
    (found,) = audit_books(shop.store).differences
    assert str(found.path) == "pools.merged"


def test_again_nothing_counts_twice() -> None:
    """Pitfall 35."""
    shop = Shop()
    shop.brings(BOOKS)
    before = shop.player.outcome()
    assert shop.brings(BOOKS) == 0
    assert shop.brings([*BOOKS, balance("B", "cash", 1)]) == 1
    after = shop.player.outcome()
    assert after["wallets"]["B"] == {"cash": 1, "love_frozen": 90}
    assert after["queues"] == before["queues"]
    shop.holds()


@pytest.mark.parametrize("lost_reply", [False, True])
def test_cut_off_anywhere_and_repeated_it_is_as_if_never_cut(*, lost_reply: bool) -> None:
    many = [member(f"M{n}") for n in range(30)] + [balance(f"M{n}") for n in range(30)]
    many += [place(f"o{n}", f"M{n % 30}") for n in range(40)]
    whole = Shop(MALL)
    whole.brings(many)
    for cut_at in itertools.count(1):
        shop, commits = Shop(MALL), 0

        def cut(_: Any) -> None:
            nonlocal commits
            commits += 1
            if commits == cut_at:  # noqa: B023 - it is called in this round
                raise KeyboardInterrupt

        if lost_reply:
            shop.store.after_commit = cut
        else:
            shop.store.before_commit = cut
        try:
            shop.brings(many)
        except KeyboardInterrupt:
            shop.store.before_commit = shop.store.after_commit = lambda _: None
            shop.brings(many)
        if commits < cut_at:
            break
        assert shop.player.outcome() == whole.player.outcome()
        if cut_at % 10 == 0:
            shop.holds()


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([member("A"), balance("A", amount="10.00")], "line 2.amount: must be a whole number"),
        ([member("A"), balance("A", amount=1.5)], "line 2.amount: must be a whole number"),
        ([member("A"), balance("A", amount=-5)], "line 2.amount: must be at least 1"),
        ([member("A"), balance("A", "held")], "line 2.asset"),
        ([{**member("A"), "member": 7}], "line 1.member: must be text"),
        ([member("A"), member("B", id="m-A")], 'line 2: id: "m-A" is that of line 1 too'),
        ([member("A"), member("A", id="x")], "line 2.member: A is that of line 1 too"),
        ([balance("A")], "line 1.member: there is no member A"),
        ([{"id": "1", "kind": "balanse"}], 'the nearest is "balance"'),
        ([member("A", referrer="B"), member("B", referrer="A")], "would close a loop"),
        ([member("A", referrer="A")], "would close a loop"),
        ([member("A"), place("o", "A", queue="malls")], "there is no such queue: malls"),
        ([member("A"), place("o", "A", queue="referral/o")], "there is no such queue"),
        ([member("A"), place("o", "A", queue="order_queue")], "counts rewards"),
        ([member("A"), place("o", "A", queue="alliance")], "line 2.line: goes only with"),
        ([member("A"), place("o", "A", paid=10000)], "line 2.paid: must be less than"),
        ([member("A"), place("o", "A", paid_at="01/02/2026")], "line 2.paid_at"),
        ([member("A"), place("o", "A"), place("o", "A", id="x")], "has this place twice"),
        ([member("A", nick="x")], 'the nearest is "nickname"'),
        ([pool("malls")], "line 1.queue: there is no such queue: malls"),
        ([pool("referral/o")], "there is no such queue"),
        ([pool("mall", 0)], "line 1.amount: must be at least 1"),
        ([pool("mall", member="A")], "unknown field"),
    ],
)
def test_a_file_is_refused_whole_by_line_and_field(lines: list[Any], problem: str) -> None:
    shop = Shop()
    before = shop.store.everything()
    with pytest.raises(InvalidImport) as refused:
        shop.brings(lines)
    assert problem in str(refused.value)
    assert shop.store.everything() == before


def test_what_is_stored_stands_against_a_file() -> None:
    shop = Shop(MALL)
    shop.brings(BOOKS)
    shop.player.step({"buy": {"order": "sold", "member": "A", "paid": 100}})
    for lines, problem in (
        ([balance("A", amount=501)], "was imported with other content"),
        ([member("B", id="new", referrer="C")], "B is bound to A, not to C"),
        ([member("A", id="new", referrer="B")], "would close a loop"),
        ([place("sold", "A")], "sold is known"),
        ([place("old-1", "A", id="new", line="2")], "old-1 is known"),
    ):
        with pytest.raises(InvalidImport) as refused:
            shop.brings(lines)
        assert problem in str(refused.value)


def test_a_dry_run_tells_what_would_count_and_changes_nothing() -> None:
    shop = Shop()
    before = shop.store.everything()
    told = shop.imports.check(read_import(written(BOOKS)))
    assert (told.new, told.known, told.members) == (7, 0, 2)
    assert told.balances == {"cash": 500, "points": 700, "love_frozen": 90}
    assert told.places == {"mall": 2}
    assert shop.store.everything() == before
    shop.brings(BOOKS)
    assert shop.imports.check(read_import(written(BOOKS))).known == len(BOOKS)


def meanwhile(shop: Shop, happens: Any) -> None:
    """Let something happen between the check of a file and the commit of its first line."""

    def first(_: Any) -> None:
        shop.store.before_commit = lambda _: None
        happens()

    shop.store.before_commit = first


def test_an_order_of_that_name_is_sold_meanwhile() -> None:
    shop = Shop(MALL)
    shop.brings([member("A")])
    buy = {"buy": {"order": "o1", "member": "A", "paid": 700}}
    meanwhile(shop, lambda: shop.player.step(buy))
    with pytest.raises(Conflict):
        shop.brings([place("o1", "A")])
    shop.settles()
    assert shop.line() == [("o1/1", 700)]
    shop.holds()


ONE_ID = {
    "place": (place("o1", "A", id="x"), place("o2", "B", id="x")),
    "balance": (balance("A", id="x"), balance("B", id="x")),
    "pool": (pool("mall", id="x"), pool("mall", 30, id="x")),
}


@pytest.mark.parametrize("kind", ONE_ID)
def test_two_imports_bring_a_line_of_one_id(kind: str) -> None:
    shop = Shop(MALL)
    shop.brings([member("A"), member("B")])
    mine, other = ONE_ID[kind]
    meanwhile(shop, lambda: shop.brings([other]))
    with pytest.raises(Conflict):
        shop.brings([mine])
    shop.settles()
    assert shop.line() == ([("o2/1", 10000)] if kind == "place" else [])
    outcome = shop.player.outcome()
    assert outcome["wallets"] == ({"B": {"cash": 500}} if kind == "balance" else {})
    assert outcome["queues"].get("mall", {"pool": 0})["pool"] == (30 if kind == "pool" else 0)
    shop.holds()


TEXT = "id,kind,member,nickname\n1,member,007,张小美\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("gb18030", "GB18030"),
    ],
)
def test_a_text_is_the_same_in_every_encoding(encoding: str, told: str) -> None:
    """Pitfall 37."""
    file = read_import(TEXT.encode(encoding))
    ((_, line),) = file.lines
    assert (file.encoding, file.form) == (told, "CSV")
    assert (line.member, line.nickname) == ("007", "张小美")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x81", "is neither UTF-8 nor UTF-16 nor GB18030"),
        (b"\xff\xfe\x00", "is no UTF-16"),
        (
            b"id,kind,member\n1,member,\xd5\xc5".replace(b"\xd5\xc5", b"\xc4\xaa"),
            "UTF-8 or GB18030",
        ),
        (b"", "is empty"),
        (b"id,kind\n", "holds no line"),
        (b"id,kind,id\n1,member,2\n", "must name each column once"),
        (b"id,kind,member\n1,member\n", "has 2 cells, and there are 3 columns"),
        (b"id,kind,member\n1,member,1.23E+15\n", "a spreadsheet has shortened"),
        (b"id,kind,member,nickname\n1,member,A,'=x\n", "begins with an apostrophe"),
        (b"id,kind,member,asset,amount\n1,balance,A,cash,1;000\n", "must be a whole number"),
        (b'{"id": "1", "kind": "member", "kind": "balance"}', "kind: is there twice"),
        (b'{"id": "1"', "is not JSON"),
    ],
)
def test_what_could_be_read_in_two_ways_or_not_at_all_is_refused(
    content: bytes, problem: str
) -> None:
    with pytest.raises(InvalidImport) as refused:
        read_import(content)
    assert problem in str(refused.value)


def test_a_mark_decides_what_could_be_two_things() -> None:
    assert decoded("Ī".encode("utf-8-sig")) == ("Ī", "UTF-8")
