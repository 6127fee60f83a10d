"""The full audit finds what agrees with itself and was never decided so; and raises no other alarm.

Whoever falsifies here rewrites the chain as well, before any head of it is signed: the books agree,
and only deciding every commit again tells.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebate.domain.days import DayFigures
from rebate.domain.errors import Impossible
from rebate.domain.events import EntryJoined
from rebate.domain.fingerprints import fingerprint, order_fingerprint, ticket_fingerprint
from rebate.domain.holds import Hold
from rebate.domain.ledger import BalanceType, Posting, QueueAccount, Reason, wallet
from rebate.domain.money import NOTHING, Amount, Bps
from rebate.domain.names import EntryId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.place_index import Node
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.wallets import Wallet
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.office import OrderPlace
from rebate.usecases.storage.open_days import as_they_are
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import fact_of
from tests.engine import Player
from tests.model.generate import documents
from tests.strategies import examples
from tests.test_against_model import PLANS
from tests.usecases.audit.falsifications import DAY_OF_A_SHOP, Tables

SHARED = Path(__file__).parents[4] / "shared"
MALL = QueueId("mall")

SHOP: dict[str, Any] = {
    "settings": {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {
            "enabled": True,
            "extraction_bps": 1000,
            "entitlement": {"fixed_bps": 10000},
            "hold_days": 7,
        },
    },
    "members": [{"id": name} for name in "ABCD"],
    "steps": [
        *(
            {"buy": {"order": f"o{number}", "member": "ABCD"[number % 4], "paid": 10000}}
            for number in range(6)
        ),
        {"complete": "o0"},
    ],
}


@pytest.fixture(scope="module")
def shop():
    player = Player(SHOP)
    player.play()
    return player.store


def found(store, *, full):
    return {str(each.path): each.message for each in audit_books(store, full=full).differences}


def rechain(tables: Tables, *changed: Journal) -> None:
    """Put rows in place of those of their numbers; all that follow, and the queue, agree."""
    rows = {row.number: row for row in tables.store.scan(Journal) if row.source == MALL}
    rows |= {row.number: row for row in changed}
    head = ""
    for number in sorted(rows):
        row = replace(rows[number], previous=head)
        tables.put(row)
        head = fingerprint(row)
    tables.change(Queue, {"id": MALL}, head=head)


def ticket_of(tables: Tables, order: str) -> Ticket:
    found: Ticket = tables.find(Ticket, queue=MALL, order=order)
    return found


def with_standing(tables: Tables, *tickets: Ticket) -> None:
    """Put tickets, and let the index of places agree with them."""
    queue = tables.find(Queue, id=MALL)
    top = list(queue.top)
    for ticket in tickets:
        tables.put(ticket)
        assert ticket.place is not None
        top[ticket.place] = top[ticket.place]._replace(
            standing=ticket.standing, order=ticket.order, member=ticket.member
        )
    tables.put(replace(queue, top=tuple(top)))


def pay_another(tables: Tables) -> set[str]:
    """The contribution of o2 goes to o1, not to the head of the line."""
    row = tables.find(Journal, source=MALL, number=3)
    (entry,) = row.entries
    to, name = wallet(MemberId("B"), BalanceType.PENDING), EntryId("o1/1")
    amount = next(each.amount for each in entry.postings if each.entry)
    postings = tuple(
        replace(each, account=to, entry=name) if each.entry else each for each in entry.postings
    )
    events = tuple(
        replace(event, entry=name, member=MemberId("B"), order=OrderId("o1"))
        if event.type == "RebatePaid"
        else event
        for event in row.events
    )
    rechain(tables, replace(row, entries=(replace(entry, postings=postings),), events=events))
    less = ticket_of(tables, "o0")
    more = ticket_of(tables, "o1")
    pay = lambda ticket, sum_: ticket.with_entry(  # noqa: E731
        0, lambda each: each.plus(sum_, Reason.QUEUE)
    )
    with_standing(tables, pay(less, -amount), pay(more, amount))
    hold = next(h for h in tables.store.scan(Hold) if h.id.startswith(f"mall#{3:020d}"))
    tables.remove(hold)
    tables.put(
        replace(hold, id=hold.id.replace("#o0", "#o1"), member=MemberId("B"), order=OrderId("o1"))
    )
    told = next(s for s in tables.store.scan(StatementEntry) if s.number == 3)
    tables.remove(told)
    movements = tuple(replace(each, entry=name) for each in told.movements)
    tables.put(replace(told, member=MemberId("B"), movements=movements))
    for member, sum_ in (("A", -amount), ("B", amount)):
        held = tables.find(Wallet, member=member) if member == "A" else Wallet(MemberId("B"), 1)
        balances = {BalanceType.PENDING: held.has(BalanceType.PENDING) + sum_}
        tables.put(replace(held, balances=balances))
    return {"journal.mall.3.entries", "queues.mall.orders.o0.lines.0.entry.paid"}


def swap_places(tables: Tables) -> set[str]:
    """Two that wait change places, as if the later had bought first."""
    one, other = ticket_of(tables, "o3"), ticket_of(tables, "o4")
    ordinal = lambda ticket, to: ticket.with_entry(  # noqa: E731
        0, lambda entry: replace(entry, ordinal=to.lines[0].entry.ordinal)
    )
    moved = [
        replace(ordinal(one, other), place=other.place),
        replace(ordinal(other, one), place=one.place),
    ]
    rows = [
        replace(row, facts={**row.facts, fact_of(each): ticket_fingerprint(each)})
        for each in moved
        for row in tables.store.scan(Journal)
        if row.source == MALL and fact_of(each) in row.facts
    ]
    rechain(tables, *rows)
    with_standing(tables, *moved)
    return {"queues.mall.orders.o3.place", "queues.mall.top.3.order"}


def keep_less(tables: Tables) -> set[str]:
    """What the first order gave, which the platform retained, stands in the pool."""
    row = tables.find(Journal, source=MALL, number=1)
    (entry,) = row.entries
    of = lambda account: f"queue/{account}/mall"  # noqa: E731
    retained, pool = of(QueueAccount.RETAINED), of(QueueAccount.POOL)
    postings = tuple(
        Posting(pool, each.amount) if each.account == retained else each  # type: ignore[arg-type]
        for each in entry.postings
    )
    rechain(tables, replace(row, entries=(replace(entry, postings=postings),)))
    queue = tables.find(Queue, id=MALL)
    kept = queue.tills[QueueAccount.RETAINED]
    tills = {**queue.tills, QueueAccount.RETAINED: 0, QueueAccount.POOL: kept}
    tables.put(replace(queue, tills=tills))
    first = ticket_of(tables, "o0")
    tables.put(first.with_line(0, replace(first.lines[0], retained=NOTHING)))
    return {"journal.mall.1.entries", "queues.mall.tills.pool"}


def promise_more(tables: Tables) -> set[str]:
    """An order's ratio is twice what the settings say, in all that tells of it."""
    order = tables.find(Order, id="o5")
    line = replace(order.lines[0], entitlement_bps=20000)
    order = replace(order, lines=(line,))
    tables.put(order)
    ticket = ticket_of(tables, "o5")
    ticket = ticket.with_line(0, replace(ticket.lines[0], entitlement_bps=Bps(20000)))
    ticket = ticket.with_entry(0, lambda entry: replace(entry, entitlement=Amount(20000)))
    ticket = replace(ticket, order_digest=order_fingerprint(order))
    row = next(r for r in tables.store.scan(Journal) if fact_of(ticket) in r.facts)
    facts = {**row.facts, fact_of(ticket): ticket_fingerprint(ticket)}
    events = tuple(
        replace(event, entitlement=Amount(20000), ratio_bps=Bps(20000))
        if isinstance(event, EntryJoined)
        else event
        for event in row.events
    )
    rechain(tables, replace(row, facts=facts, events=events))
    with_standing(tables, ticket)
    return {"orders.o5.lines.1.entitlement_bps"}


def tell_of_more_sales(tables: Tables) -> set[str]:
    """A day is said to be over, and to have come to more."""
    (day,) = as_they_are(tables.store, tables.store.scan(DayFigures))
    tables.put(replace(day, sums=replace(day.sums, sales=Amount(day.sums.sales + 1))))
    return {f"days.{day.day}.mall.sums.sales"}


def tell_of_more_sales_today(tables: Tables) -> set[str]:
    """The day that goes on is told by the queue's own row."""
    queue = tables.find(Queue, id=MALL)
    assert queue.day is not None
    sums = replace(queue.day.sums, sales=Amount(queue.day.sums.sales + 1))
    tables.put(replace(queue, day=replace(queue.day, sums=sums)))
    return {f"days.{queue.day.day}.mall.sums.sales"}


def owe_less(tables: Tables) -> set[str]:
    queue = tables.find(Queue, id=MALL)
    ages = {month: replace(age, waiting=1) for month, age in queue.ages.items()}
    tables.put(replace(queue, ages=ages))
    return {"queues.mall.ages.2026-03.waiting"}


def hold_for_another(tables: Tables) -> set[str]:
    """Pending money of A's first order is said to be of A's second, which completed later."""
    hold = next(hold for hold in tables.store.scan(Hold) if hold.order == "o0")
    tables.put(replace(hold, order=OrderId("o4")))
    return {"holds.A"}


def list_no_more(tables: Tables) -> set[str]:
    place = tables.find(OrderPlace, order="o1", list="member/B")
    tables.remove(place)
    return {"lists.member/B.o1"}


def list_for_less(tables: Tables) -> set[str]:
    place = tables.find(OrderPlace, order="o1", list="member/B")
    tables.put(replace(place, paid=1))
    return {"lists.member/B.o1.paid"}


ONLY_FULL: list[Callable[[Tables], set[str]]] = [
    *(pay_another, swap_places, keep_less, promise_more, tell_of_more_sales, owe_less),
    tell_of_more_sales_today,
    *(hold_for_another, list_no_more, list_for_less),
]


def test_the_shop_is_sound(shop):
    assert found(shop, full=True) == {}


@pytest.mark.parametrize("falsify", ONLY_FULL, ids=lambda falsify: falsify.__name__)
def test_only_rebuilding_tells(shop, falsify):
    store = shop.fork()
    paths = falsify(Tables(store))
    assert found(store, full=False) == {}
    assert paths <= found(store, full=True).keys()


def test_a_day_in_which_everything_happens_is_sound():
    player = Player(DAY_OF_A_SHOP)
    player.play()
    audit = audit_books(player.store, full=True)
    assert (audit.differences, audit.rebuilt.left_out) == ([], {})
    assert audit.rebuilt.commits
    assert {"Queue", "Ticket", "DayFigures", "Hold", "OrderPlace"} <= audit.rebuilt.rows.keys()


@pytest.mark.parametrize(
    "path",
    sorted([*SHARED.glob("scenarios/*.json"), *SHARED.glob("cases/*.json")]),
    ids=lambda path: path.stem,
)
def test_no_example_of_the_rules_raises_an_alarm(path):
    player = Player(json.loads(path.read_text("utf-8")))
    player.play()
    audit = audit_books(player.store, full=True)
    assert (audit.differences, audit.rebuilt.left_out) == ([], {})


@pytest.mark.parametrize("name", PLANS)
@examples(8)
@given(data=st.data())
def test_no_history_raises_an_alarm(name, data):
    plans, features = PLANS[name]
    player = Player(data.draw(documents(plans=plans, features=features)))
    player.play()
    audit = audit_books(player.store, full=True)
    assert (audit.differences, audit.rebuilt.left_out) == ([], {})


def test_a_line_of_a_thousand_is_rebuilt_with_its_index():
    buys = [
        {"buy": {"order": f"o{number}", "member": f"m{number % 7}", "paid": 500 + number}}
        for number in range(1100)
    ]
    settings = {
        **SHOP["settings"],
        "queue_rebate": {**SHOP["settings"]["queue_rebate"], "extraction_bps": 10},
    }
    player = Player({**SHOP, "settings": settings, "steps": buys}, settles=False)
    player.begin()
    for step in buys:
        player.step(step)
    player.app.settler.settle(MALL)
    assert found(player.store, full=True) == {}
    node = max(player.store.scan(Node), key=lambda each: each.key.index)
    tables = Tables(store := player.store.fork())
    children = tuple(child._replace(member=MemberId("x")) for child in node.children)
    tables.put(replace(node, children=children))
    path = f"queues.mall.nodes.{node.key.tree}.{node.key.level}.{node.key.index}.children.0.member"
    assert path in found(store, full=True)


def test_a_contribution_over_many_commits_is_rebuilt():
    """Its commits are compared together: what is in transit between them is nobody's."""
    buys = [{"buy": {"order": f"o{n}", "member": f"m{n}", "paid": 10}} for n in range(300)]
    settings = {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {
            "enabled": True,
            "extraction_bps": 1,
            "entitlement": {"fixed_bps": 10000},
            "products": {"p": {"extraction_bps": 10000}},
        },
    }
    big = {"buy": {"order": "big", "member": "x", "product": "p", "paid": 5000}}
    player = Player({"settings": settings, "steps": [*buys, big]})
    player.play()
    rows = [row for row in player.store.scan(Journal) if row.source == MALL]
    assert sum(row.goes_on for row in rows) > 1
    assert found(player.store, full=True) == {}
    tables = Tables(store := player.store.fork())
    first = min(row.number for row in rows if row.goes_on)
    row = next(row for row in rows if row.number > first and row.entries)
    entry = row.entries[0]
    paid = next(each for each in entry.postings if each.entry)
    other = replace(paid, entry="o299/1", account="wallet/cash/m299")
    postings = tuple(other if each is paid else each for each in entry.postings)
    rechain(tables, replace(row, entries=(replace(entry, postings=postings), *row.entries[1:])))
    assert f"journal.mall.{first}" in found(store, full=True)


def test_what_was_written_before_commits_kept_their_commands_is_left_out_and_said(shop):
    store = shop.fork()
    rows = [row for row in store.scan(Journal) if row.source == MALL]
    older = (replace(r, commands=(), settings=0, rests_on={}, holds=()) for r in rows)
    rechain(Tables(store), *older)
    audit = audit_books(store, full=True)
    assert audit.differences == []
    assert audit.rebuilt.left_out == {MALL: "row 1 was written by an earlier release"}


def test_what_waits_or_is_parked_raises_no_alarm():
    player = Player(SHOP)
    player.begin()
    for step in SHOP["steps"][:4]:
        player.step(step)

    def refuse(writes):
        rows = [write.row for write in writes if isinstance(write, Put)]
        if any(isinstance(row, Ticket) and row.order == "bad" for row in rows) and any(
            isinstance(row, Queue) for row in rows
        ):
            raise Impossible("DynamoDB: Item size has exceeded")

    player.store.before_commit = refuse
    player.settles = False
    player.step({"buy": {"order": "bad", "member": "B", "paid": 10000}})
    assert found(player.store, full=True) == {}
    for _ in range(9):
        try:
            player.app.settler.settle(MALL)
        except Impossible:
            continue
    player.step({"complete": "bad"})
    player.settles = True
    player.step({"buy": {"order": "late", "member": "C", "paid": 10000}})
    assert next(iter(player.store.scan(Inbox)), None) is None
    audit = audit_books(player.store, full=True)
    assert audit.differences == []
    assert audit.parked


def test_the_proofs_name_what_only_rebuilding_finds():
    """docs/proofs.md says in how many ways it was tried."""
    text = (Path(__file__).parents[3] / "docs/proofs.md").read_text("utf-8")
    rows = re.findall(r"^\| [^|]+ \| (\d+) \| found by `--full` \|$", text, flags=re.MULTILINE)
    assert sum(map(int, rows)) == len(ONLY_FULL)
