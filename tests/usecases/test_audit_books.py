"""An audit passes sound books, and names whatever was tampered with."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from rebate.domain.holds import Hold
from rebate.domain.ledger import (
    BalanceType,
    JournalEntry,
    Posting,
    QueueAccount,
    Reason,
    queue_account,
    wallet,
)
from rebate.domain.names import MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.place_index import Node, NodeKey
from rebate.domain.queues import CommandProgress, Queue
from rebate.domain.records import dataclass, replace
from rebate.domain.tickets import Entry, Status, Ticket, WaitingTotals
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.audit.audit_books import Audit, audit_books
from rebate.usecases.storage.ports import Put, Remove
from rebate.usecases.storage.rows.commissions import Commission, DividendRun
from rebate.usecases.storage.rows.inbox import Inbox
from rebate.usecases.storage.rows.journal import Journal, StatementEntry
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key, node_key, owned_key, ticket_key
from rebate.usecases.storage.rows.orders import CompletedSpend
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.model.generate import OTHERS, QUEUE_REBATE, documents
from tests.plans import mall_with
from tests.strategies import examples

MALL = QueueId("mall")
EVERY_PLAN: dict[str, Any] = {
    **mall_with(exchange={"points_bps": 8000}, hold_days=7),
    "order_queue": {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 3},
    "alliance": {
        "enabled": True,
        "dividend_bps": 1000,
        "heads_bps": [6000, 3000],
        "place_by": "paid",
    },
    "union": {
        "enabled": True,
        "settle_on": "paid",
        "profit_share_bps": 5000,
        "quota_bps": 1000,
        "default_margin_bps": 2000,
    },
    "referral": {
        "enabled": True,
        "settle_on": "paid",
        "direct_bps": 500,
        "dividend": {"bps": 100, "rank": "holder", "every": "month", "split": "equal"},
    },
    "wallet": {"withdraw_min": 1},
}


def bought(orders: int) -> list[dict[str, Any]]:
    return [
        {"buy": {"order": f"o{number}", "member": "ABC"[number % 3], "paid": 10000 + number}}
        for number in range(orders)
    ]


DAY: dict[str, Any] = {
    "settings": EVERY_PLAN,
    "members": [{"id": "B", "referrer": "A"}, {"id": "C", "referrer": "B", "rank": "holder"}],
    "steps": [
        *bought(40),
        {"complete": "o1"},
        {"refund": {"order": "o2", "line": "1", "amount": 4000, "id": "r1"}},
        {"exchange": {"queue": "mall", "entry": "o30/1", "into": "points"}},
        {"run": "union"},
        {"run": "dividend"},
        {"withdraw": {"member": "A", "amount": 100, "id": "w1"}},
        {"withdraw": {"member": "A", "amount": 50, "id": "w2"}},
        {"decide": {"id": "w2", "approve": True}},
    ],
}


@dataclass(frozen=True, slots=True)
class Books:
    """Sound books, and ways to spoil them."""

    store: MemoryStore

    def change(self, kind: type[Any], key: Key, spoil: Callable[[Any], Any]) -> None:
        row = self.store.get(kind, key)
        assert row is not None, f"no {kind.__name__} at {key}"
        spoilt = spoil(row)
        self.store.rows[kind][key.partition][key.sort] = spoilt

    def remove(self, kind: type[Any], key: Key) -> None:
        assert self.store.get(kind, key) is not None, f"no {kind.__name__} at {key}"
        self.store.commit([Remove(kind, key)])

    def add(self, row: Any) -> None:
        self.store.commit([Put(row)])

    def ticket(self, order: str, spoil: Callable[[Ticket], Ticket], queue: str = "mall") -> None:
        self.change(Ticket, self.ticket_key(order, queue), spoil)

    def entry(self, order: str, **changes: Any) -> None:
        self.ticket(order, lambda t: t.with_entry(0, lambda entry: replace(entry, **changes)))

    def line(self, order: str, **changes: Any) -> None:
        self.ticket(order, lambda t: t.with_line(0, replace(t.lines[0], **changes)))

    def entry_of(self, order: str) -> Entry:
        ticket = self.store.get(Ticket, self.ticket_key(order))
        assert ticket is not None
        assert ticket.lines[0].entry is not None
        return ticket.lines[0].entry

    def ticket_key(self, order: str, queue: str = "mall") -> Key:
        bought = self.store.get(Order, Key(order))
        assert bought is not None
        assert bought.member is not None
        return ticket_key(QueueId(queue), bought.member, OrderId(order))

    def first(self, kind: type[Any], **wanted: Any) -> Any:
        rows = self.store.scan(kind)
        return next(r for r in rows if all(getattr(r, n) == v for n, v in wanted.items()))

    def audit(self) -> Audit:
        return audit_books(self.store)

    def paths(self) -> set[str]:
        return {difference.path for difference in self.audit().differences}


@pytest.fixture
def books():
    player = Player(DAY)
    player.play()
    assert set(player.refusals) == {None}
    return Books(player.store)


def test_what_a_cap_withheld_is_in_transit_while_the_rest_is_dealt_out() -> None:
    """The shares of sixty heads need several commits; each but the last leaves some in transit."""
    settings = {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "alliance": {
            "enabled": True,
            "dividend_bps": 10_000,
            "heads_bps": [160] * 60,
            "place_by": "paid",
            "surplus": "retain",
        },
        "guards": {"rebates_per_day": 4000},
    }
    player = Player({"settings": settings, "steps": []})
    player.begin()
    for number in range(60):
        player.step({"buy": {"order": f"o{number}", "member": f"m{number}", "paid": 100}})
    withheld = []

    def look(_: object) -> None:
        queue = player.store.get(Queue, Key("alliance"))
        if queue and queue.progress and queue.progress.in_flight:
            withheld.append(queue.progress.in_flight.withheld)
        assert audit_books(player.store).differences == []

    player.store.after_commit = look
    player.step({"buy": {"order": "big", "member": "B", "paid": 100_000}})
    assert any(withheld), withheld


def test_sound_books_add_up(books):
    audit = books.audit()
    assert audit.differences == []
    assert not audit.waiting
    assert not audit.moved
    assert audit.rows["Ticket"] == audit.rows["Ticket"] > 120
    assert {"Journal", "StatementEntry", "Wallet", "Node", "Hold", "Commission"} <= set(audit.rows)


@examples(25)
@given(document=documents(features=tuple(sorted({*QUEUE_REBATE, *OTHERS}))))
def test_whatever_happened_the_books_add_up(document):
    player = Player(document)
    player.play()
    assert [str(difference) for difference in audit_books(player.store).differences] == []


def test_what_is_accepted_and_not_settled_is_no_difference():
    player = Player(DAY | {"steps": bought(3)}, settles=False)
    player.play()
    audit = audit_books(player.store)
    assert audit.differences == []
    assert audit.waiting == 15


def spoil_balance(books):
    books.change(
        Wallet, Key("A"), lambda w: replace(w, balances=w.balances | {BalanceType.CASH: 1})
    )
    return "wallets.A.cash"


def lose_wallet(books):
    books.remove(Wallet, Key("B"))
    return "wallets.B.cash"


def invent_wallet(books):
    books.add(Wallet(MemberId("Z")))
    books.change(Wallet, Key("Z"), lambda w: replace(w, balances={BalanceType.VOUCHER: 5}))
    return "wallets.Z.voucher"


def spoil_till(books):
    books.change(
        Queue, Key("mall"), lambda q: replace(q, tills=q.tills | {QueueAccount.RETAINED.value: 1})
    )
    return "queues.mall.tills.retained"


def spoil_pool(books):
    books.change(
        Queue, Key("union"), lambda q: replace(q, tills=q.tills | {QueueAccount.POOL.value: 7})
    )
    return "queues.union.tills.pool"


def lose_queue(books):
    books.remove(Queue, Key("union"))
    return "queues.union.tills.contributed"


def move_money_between_postings(books):
    """The entry still balances; who has the money differs."""

    def spoil(row):
        cents = (Posting(wallet(MemberId("A"), BalanceType.CASH), 1),)
        back = (Posting(queue_account(MALL, QueueAccount.RETAINED), -1),)
        return replace(row, entries=(*row.entries, JournalEntry("gift", cents + back)))

    books.change(Journal, key_of(books.first(Journal, source="mall", number=3)), spoil)
    return "wallets.A.cash"


def lose_journal_row(books):
    books.remove(Journal, key_of(books.first(Journal, source="mall", number=9)))
    return "queues.mall.orders.o8.lines.1.settled"


def spoil_statement(books):
    row = books.first(StatementEntry, member="C")
    moved = (replace(row.movements[0], amount=1), *row.movements[1:])
    books.change(StatementEntry, key_of(row), lambda r: replace(r, movements=moved))
    return "statements.C"


def lose_statement(books):
    books.remove(StatementEntry, key_of(books.first(StatementEntry, member="A")))
    return "statements.A"


def pay_an_entry_on_paper(books):
    books.entry("o7", paid=books.entry_of("o7").paid + 1)
    return "queues.mall.entries.o7/1.paid"


def pay_for_another_reason_on_paper(books):
    paid = books.entry_of("o0").by_reason[Reason.QUEUE]
    books.entry("o0", by_reason={Reason.DIRECT: paid})
    return "queues.mall.entries.o0/1.by_reason"


def forget_what_was_taken_back(books):
    entry = books.entry_of("o2")
    assert entry.by_reason == {Reason.QUEUE: 10_002, Reason.CLAWED_BACK: -4000}
    books.entry("o2", by_reason={Reason.QUEUE: entry.paid})
    return "queues.mall.entries.o2/1.by_reason"


def book_another_reason(books):
    """The journal's posting says one thing, the entry and the member's statement another."""

    def spoil(row):
        entry = row.entries[0]
        spoilt = [
            replace(each, reason=Reason.DIRECT) if each.reason else each for each in entry.postings
        ]
        return replace(row, entries=(replace(entry, postings=tuple(spoilt)), *row.entries[1:]))

    books.change(Journal, key_of(books.first(Journal, source="mall", number=3)), spoil)
    return "queues.mall.entries.o0/1.by_reason"


def tell_another_reason(books):
    row = books.first(StatementEntry, member="A", source="mall")
    moved = (replace(row.movements[0], reason=Reason.DIRECT), *row.movements[1:])
    books.change(StatementEntry, key_of(row), lambda r: replace(r, movements=moved))
    return "statements.A"


def promise_more(books):
    books.entry("o20", entitlement=20_000)
    return "queues.mall.entries.o20/1.entitlement"


def end_an_entry(books):
    books.entry("o20", status=Status.COMPLETED)
    return "queues.mall.entries.o20/1.status"


def revive_an_entry(books):
    books.entry("o0", status=Status.WAITING)
    return "queues.mall.entries.o0/1.status"


def spoil_conversion(books):
    conversion = books.entry_of("o30").conversion
    books.entry("o30", conversion=replace(conversion, amount=conversion.amount - 1))
    return "queues.mall.entries.o30/1.conversion"


def give_a_place_twice(books):
    books.ticket("o12", lambda ticket: replace(ticket, place=11))
    return "queues.mall.nodes.0.0[12]"


def count_an_entry_twice(books):
    books.entry("o12", ordinal=11)
    return "queues.mall.entries"


def take_a_place_away(books):
    books.ticket("o12", lambda ticket: replace(ticket, place=None))
    return "queues.mall.orders.o12.place"


def spoil_contribution(books):
    books.line("o12", settled=(1,))
    return "queues.mall.orders.o12.lines.1.settled"


def spoil_retained(books):
    books.line("o0", retained=3)
    return "queues.mall.orders.o0.lines.1.retained"


def spoil_basis(books):
    books.line("o20", entitlement_base=10_020, contribution_base=10_021)
    return "queues.mall.orders.o20.lines.1.gives_from"


def lose_ticket(books):
    books.remove(Ticket, books.ticket_key("o25"))
    return "queues.mall.orders.o25"


def invent_ticket(books):
    ticket = books.store.get(Ticket, books.ticket_key("o25"))
    line = replace(ticket.lines[0], settled=(), retained=0, entry=None)
    books.add(replace(ticket, order=OrderId("x1"), lines=(line,), place=None))
    return "queues.mall.orders.x1"


def lose_order(books):
    books.remove(Order, Key("o25"))
    return "queues.mall.orders.o25"


def spoil_order(books):
    books.change(Order, Key("o25"), lambda o: replace(o, lines=(replace(o.lines[0], paid=1),)))
    return "queues.mall.orders.o25.lines.1.gets_from"


def spoil_node(books):
    key = node_key(NodeKey(MALL, 0, 0, 0))

    def spoil(node):
        child = node.children[31]._replace(standing=WaitingTotals(1, 1))
        return replace(node, children=(*node.children[:31], child))

    books.change(Node, key, spoil)
    return "queues.mall.nodes.0.0[31]"


def lose_node(books):
    books.remove(Node, node_key(NodeKey(MALL, 0, 0, 1)))
    return "queues.mall.nodes.0.1"


def spoil_root(books):
    def spoil(queue):
        first, *others = queue.sums
        return replace(queue, sums=(first._replace(owed=1), *others))

    books.change(Queue, Key("mall"), spoil)
    return "queues.mall.nodes.1.0[0]"


def spoil_counters(books):
    books.change(Queue, Key("mall"), lambda queue: replace(queue, tickets=41))
    return "queues.mall.tickets"


def forget_a_begun_command(books):
    books.change(Queue, Key("mall"), lambda queue: replace(queue, progress=CommandProgress("gone")))
    return "queues.mall.progress"


def turn_back_the_version(books):
    books.change(Queue, Key("mall"), lambda queue: replace(queue, version=1))
    return "queues.mall.version"


def spoil_spending(books):
    books.change(
        CompletedSpend,
        key_of(books.first(CompletedSpend)),
        lambda s: replace(s, groups={"mall": 1}),
    )
    return "members.B.spending.o1"


def spoil_hold(books):
    hold = books.first(Hold)
    books.change(Hold, key_of(hold), lambda h: replace(h, amount=h.amount + 1))
    return f"holds.{hold.member}"


def spoil_commission(books):
    row = next(c for c in books.store.scan(Commission) if c.paid and c.paid[0].amount)
    paid = (replace(row.paid[0], amount=row.paid[0].amount + 1), *row.paid[1:])
    books.change(Commission, key_of(row), lambda c: replace(c, paid=paid))
    return f"referral/{row.order}.{row.paid[0].reward.member}"


def lose_dividend(books):
    run = books.first(DividendRun)
    books.remove(DividendRun, key_of(run))
    return f"dividend/{run.id}"


def spoil_withdrawal(books):
    books.change(Withdrawal, owned_key("w1", MemberId("A")), lambda w: replace(w, amount=99))
    return "withdrawals.A"


def approve_on_paper(books):
    w1 = owned_key("w1", MemberId("A"))
    books.change(Withdrawal, w1, lambda w: replace(w, approved=True))
    return "platform.withdrawn"


TAMPERINGS = (
    spoil_balance,
    lose_wallet,
    invent_wallet,
    spoil_till,
    spoil_pool,
    lose_queue,
    move_money_between_postings,
    lose_journal_row,
    spoil_statement,
    lose_statement,
    pay_an_entry_on_paper,
    pay_for_another_reason_on_paper,
    forget_what_was_taken_back,
    book_another_reason,
    tell_another_reason,
    promise_more,
    end_an_entry,
    revive_an_entry,
    spoil_conversion,
    give_a_place_twice,
    count_an_entry_twice,
    take_a_place_away,
    spoil_contribution,
    spoil_retained,
    spoil_basis,
    lose_ticket,
    invent_ticket,
    lose_order,
    spoil_order,
    spoil_node,
    lose_node,
    spoil_root,
    spoil_counters,
    forget_a_begun_command,
    turn_back_the_version,
    spoil_spending,
    spoil_hold,
    spoil_commission,
    lose_dividend,
    spoil_withdrawal,
    approve_on_paper,
)


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_what_was_tampered_with_is_named(books, tamper):
    """Each of these leaves everything else as it was."""
    named = tamper(books)
    assert named in books.paths()


def test_only_the_first_differences_are_told(books):
    for order in range(20, 30):
        books.entry(f"o{order}", paid=1, entitlement=5)
    audit = audit_books(books.store, differences_max=4)
    assert len(audit.differences) == 4
    assert audit.more


def test_books_that_change_meanwhile_are_told_apart(books):
    """Something is settled between the first row that is read and the last."""
    scan = books.store.scan
    changed = []

    def scan_and_change(kind):
        if kind is StatementEntry and not changed:
            changed.append(kind)
            books.change(Queue, Key("mall"), lambda q: replace(q, version=q.version + 1))
        return scan(kind)

    books.store.scan = scan_and_change
    assert books.audit().moved


def test_a_pending_command_excuses_the_orders_that_it_is_about(books):
    """A refund that is accepted and not settled has not yet lowered its ticket."""
    store = books.store
    player = Player(DAY | {"steps": []}, store=store, settles=False)
    detail = {"order_id": "o25", "refund_id": "late", "refunded_at": "2026-03-02T10:00:00+08:00"}
    player.deliver("OrderRefunded", detail | {"lines": [{"line_id": "1", "amount": 25}]})
    audit = books.audit()
    assert audit.differences == []
    assert audit.waiting == len([row for row in store.scan(Inbox) if row.command.order == "o25"])


def test_an_entry_name_is_told_as_people_know_it(books):
    books.entry("o7", paid=5)
    difference = next(d for d in books.audit().differences if d.path.endswith("o7/1.paid"))
    assert str(difference).startswith("queues.mall.entries.o7/1.paid: is 5, should be ")
