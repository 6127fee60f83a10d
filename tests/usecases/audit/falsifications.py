"""Falsifications by kind: what who may write to the tables could do to the books of a day.

Each changes rows behind everybody's back, most of them several so that they agree, and names the
path under which the audit has to tell of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rebate.domain.caps import DailyRebates
from rebate.domain.draws import Lottery
from rebate.domain.fingerprints import fingerprint
from rebate.domain.gifts import GiftCount, Redemption
from rebate.domain.holds import Hold
from rebate.domain.ledger import (
    COMMISSIONS,
    Account,
    BalanceType,
    JournalEntry,
    Posting,
    QueueAccount,
    Reason,
    adjusted,
    parts_of,
    queue_account,
    wallet,
)
from rebate.domain.money import Amount, Bps
from rebate.domain.names import LineId, MemberId, OrderId, QueueId
from rebate.domain.orders import Order
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.requests import Request
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.reports.all_sums import SumsKeeping
from rebate.usecases.storage.queue_list import TakingIn
from rebate.usecases.storage.rows.commissions import Commission, DividendRun, Holder, Periods, Tally
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem
from rebate.usecases.storage.rows.orders import CompletedSpend, OrderRefund
from rebate.usecases.storage.rows.schedules import SUMS, StoredSums
from rebate.usecases.storage.rows.settings import (
    CurrentSettings,
    PlannedSettings,
    Seed,
    SettingsVersion,
)
from tests.engine import Player
from tests.fakes import FakeClock, MemoryStore

A, B = MemberId("A"), MemberId("B")
CASH = wallet(A, BalanceType.CASH)
RETAINED = queue_account(QueueId("mall"), QueueAccount.RETAINED)

LOTTERY = {"kind": "fixed", "prizes": [{"bps": 20000, "weight": 1}], "miss_weight": 3}

DAY_OF_A_SHOP: dict[str, Any] = {
    "settings": {
        "currency": "CNY",
        "timezone": "Asia/Shanghai",
        "queue_rebate": {
            "enabled": True,
            "extraction_bps": 1000,
            "entitlement": {"fixed_bps": 10000, "lottery": LOTTERY},
            "exchange": {"points_bps": 8000},
            "hold_days": 7,
        },
        "order_queue": {"enabled": True, "reward_bps": 3000, "rewards_to_exit": 3},
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
        "wallet": {"withdraw_min": 1, "withdraw_fee_bps": 1000, "transfer": ["points"]},
        "guards": {"rebates_per_day": 10_000_000},
    },
    "members": [
        {"id": "A"},
        {"id": "B", "referrer": "A"},
        {"id": "C", "referrer": "B", "rank": "holder"},
    ],
    "draw_seed": "a day",
    "steps": [
        {"set": {"queue_rebate": {"title": "排队"}}},
        *(
            {"buy": {"order": f"o{number}", "member": "ABC"[number % 3], "paid": 10000 + number}}
            for number in range(16)
        ),
        {"complete": "o1"},
        {"refund": {"order": "o2", "line": "1", "amount": 4000, "id": "r1"}},
        {"draw": {"queue": "mall", "entry": "o15/1"}},
        {"exchange": {"queue": "mall", "entry": "o12/1", "into": "points"}},
        {"run": "union"},
        {"run": "dividend"},
        {"adjust": {"member": "A", "asset": "cash", "amount": 900, "reason": "x", "id": "a1"}},
        {"withdraw": {"member": "A", "amount": 100, "id": "w1"}},
        {"withdraw": {"member": "A", "amount": 50, "id": "w2"}},
        {"decide": {"id": "w2", "approve": True}},
        {"transfer": {"from": "A", "to": "B", "asset": "points", "amount": 10, "id": "t1"}},
        {"spend": {"member": "A", "asset": "points", "amount": 9, "order": "o0", "id": "s1"}},
        {"give_back": {"spend": "s1", "amount": 3, "id": "b1"}},
        {"gift": {"id": "g", "price": {"points": 7}, "stock": 5}},
        {"redeem": {"member": "A", "gift": "g", "id": "r1"}},
    ],
}


def keep_what_the_clock_does(player: Player) -> None:
    """What the sweep sums up and lists, and what somebody planned for later."""
    app, clock = player.app, player.app.clock
    assert isinstance(clock, FakeClock)
    in_force = app.settings.in_force()
    document = {**in_force.document, "queue_rebate": None}
    at = Instant(clock.now() + DAY)
    app.planning.plan(document, at, expects=in_force.version, by="olga")
    TakingIn(app.store, clock).step(lambda: True)
    clock.advance(DAY)
    SumsKeeping(app.store, clock, app.settings).step(lambda: True)


@dataclass(frozen=True, slots=True)
class Tables:
    """The rows of a store, to be changed as by somebody who may write to the tables."""

    store: MemoryStore

    def find(self, table: type[Any], **wanted: Any) -> Any:
        rows = (
            r for r in self.store.scan(table) if all(getattr(r, n) == v for n, v in wanted.items())
        )
        return next(rows)

    def put(self, row: Any) -> None:
        key = key_of(row)
        self.store.rows[type(row)][key.partition][key.sort] = row

    def change(self, kind: type[Any], wanted: Mapping[str, Any], **changes: Any) -> None:
        row = self.find(kind, **wanted)
        self.put(replace(row, **changes))

    def remove(self, row: Any) -> None:
        key = key_of(row)
        del self.store.rows[type(row)][key.partition][key.sort]

    def post(self, row: Journal, *postings: Posting, kind: str) -> None:
        """Add an entry to a row, and to wallets, statements and queues what it moves."""
        self.put(replace(row, entries=(*row.entries, JournalEntry(kind, postings))))
        for posting in postings:
            place, pocket, owner = parts_of(posting.account)
            if place == "queue":
                queue = self.find(Queue, id=owner)
                tills = {**queue.tills, pocket: queue.tills.get(pocket, 0) + posting.amount}
                self.put(replace(queue, tills=tills))
            if place == "wallet":
                self.credit(row, posting, kind)

    def credit(self, row: Journal, posting: Posting, kind: str) -> None:
        _, pocket, owner = parts_of(posting.account)
        moved = StatementMovement(kind, BalanceType(pocket), posting.amount)
        entry = StatementEntry(MemberId(owner), row.at, row.source, row.number, ())
        key = key_of(entry)
        known = self.store.get(StatementEntry, key) or entry
        self.put(replace(known, movements=(*known.movements, moved)))
        held = self.store.get(Wallet, Key(owner)) or Wallet(MemberId(owner))
        now = held.has(BalanceType(pocket)) + posting.amount
        balances = {**held.balances, BalanceType(pocket): now}
        self.put(replace(held, balances=balances))


Falsify = Callable[[Tables], str]


@dataclass(frozen=True, slots=True)
class Falsification:
    """What is falsified, and how; `falsify` returns the path that the audit has to name."""

    kind: str
    falsify: Falsify


FALSIFICATIONS: list[Falsification] = []


def falsifies(kind: str) -> Callable[[Falsify], Falsify]:
    """Add a falsification of a kind to the table."""

    def add(falsify: Falsify) -> Falsify:
        FALSIFICATIONS.append(Falsification(kind, falsify))
        return falsify

    return add


@falsifies("journal row, queue, wallet and statement forged together")
def forge_a_row(tables: Tables) -> str:
    row = tables.find(Journal, source="mall", number=5)
    tables.post(row, Posting(CASH, Amount(700)), Posting(RETAINED, Amount(-700)), kind="merge")
    return "journal.mall.5"


@falsifies("journal row, queue, wallet and statement forged together")
def forge_the_last_row(tables: Tables) -> str:
    queue = tables.find(Queue, id="mall")
    number = max(row.number for row in tables.store.scan(Journal) if row.source == "mall")
    assert queue.version >= number
    row = tables.find(Journal, source="mall", number=number)
    tables.post(row, Posting(CASH, Amount(700)), Posting(RETAINED, Amount(-700)), kind="pool_run")
    return f"journal.mall.{number}"


@falsifies("journal row, queue, wallet and statement forged together")
def forge_amounts(tables: Tables) -> str:
    """A commission and all that tells of it say more."""
    row = tables.find(Commission, order="o1")
    journal = tables.find(Journal, source="referral/o1")
    tables.post(
        journal, Posting(CASH, Amount(7)), Posting(COMMISSIONS, Amount(-7)), kind="commission"
    )
    paid = (replace(row.paid[0], amount=row.paid[0].amount + 7), *row.paid[1:])
    tables.put(replace(row, paid=paid))
    return "journal.referral/o1.1"


@falsifies("journal row removed")
def lose_a_row_of_events(tables: Tables) -> str:
    """Nothing moved in it."""
    tables.remove(tables.find(Journal, source="settings", number=1))
    return "journal.settings.1"


@falsifies("points from nowhere")
def give_points(tables: Tables) -> str:
    row = Journal("spend/shop#s9", 1, Instant(1), ())
    points = wallet(A, BalanceType.POINTS)
    account = adjusted(BalanceType.POINTS)
    tables.post(row, Posting(points, Amount(9)), Posting(account, Amount(-9)), kind="spend")
    return "spend/shop#s9"


@falsifies("cash from an account that does not exist")
def give_cash(tables: Tables) -> str:
    row = Journal("bonus", 1, Instant(1), ())
    tables.post(
        row,
        Posting(CASH, Amount(9)),
        Posting(Account("treasury/cash/all"), Amount(-9)),
        kind="bonus",
    )
    return "journal.bonus.1"


@falsifies("movement of a kind that does not exist")
def give_a_bonus(tables: Tables) -> str:
    row = Journal("mall", 10**6, Instant(1), ())
    tables.post(row, Posting(CASH, Amount(9)), Posting(RETAINED, Amount(-9)), kind="bonus")
    return "journal.mall.1000000"


@falsifies("movement outside its own queue")
def take_from_another_queue(tables: Tables) -> str:
    row = tables.find(Journal, source="union", number=1)
    tables.post(row, Posting(CASH, Amount(9)), Posting(RETAINED, Amount(-9)), kind="pool_run")
    return "journal.union.1"


@falsifies("withdrawal's member")
def pay_somebody_else(tables: Tables) -> str:
    row = tables.find(Withdrawal, id="w2")
    tables.remove(row)
    tables.put(replace(row, member=B))
    return "withdrawal/B#w2.wallet/cash/B"


@falsifies("withdrawal's fee")
def keep_less(tables: Tables) -> str:
    tables.change(Withdrawal, {"id": "w2"}, fee=0)
    return "platform.fees"


@falsifies("commission's counted mark")
def count_in_another_period(tables: Tables) -> str:
    tables.change(Commission, {"order": "o1"}, period=2)
    return "dividends.period 1.turnover"


@falsifies("commission's counted mark")
def count_nowhere(tables: Tables) -> str:
    tables.change(Commission, {"order": "o1"}, period=None)
    return "dividends.period 1.turnover"


@falsifies("commission's rewards")
def reward_for_ever(tables: Tables) -> str:
    row = tables.find(Commission, order="o1")
    rewarded = replace(row.paid[0].reward, ratio_bps=9999)
    tables.put(replace(row, paid=(replace(row.paid[0], reward=rewarded), *row.paid[1:])))
    return "referral/o1.rewards"


@falsifies("seed")
def choose_a_seed(tables: Tables) -> str:
    seed = next(tables.store.scan(Seed))
    tables.put(replace(seed, secret="00" * 32))
    return f"seeds.{seed.day}"


@falsifies("settings document")
def change_the_document(tables: Tables) -> str:
    row = tables.find(SettingsVersion, number=1)
    changed = {**row.document, "wallet": {"withdraw_fee_bps": 0}}
    tables.put(replace(row, document=changed))
    return "settings.1"


@falsifies("terms of settings")
def change_the_terms(tables: Tables) -> str:
    row = tables.find(SettingsVersion, number=2)
    tables.put(replace(row, terms=replace(row.terms, rebates_per_day=None)))
    return "settings.2.terms"


@falsifies("settings in force")
def turn_settings_back(tables: Tables) -> str:
    tables.put(CurrentSettings(1))
    return "settings.in_force"


@falsifies("cap counter of a day")
def count_less(tables: Tables) -> str:
    day = next(tables.store.scan(DailyRebates))
    tables.put(replace(day, amount=Amount(day.amount - 1)))
    return f"days.{day.day}.paid"


@falsifies("cap counter of a day")
def count_less_everywhere(tables: Tables) -> str:
    """The queue's own count says the same."""
    day, queue = next(tables.store.scan(DailyRebates)), tables.find(Queue, id="mall")
    tables.put(replace(day, amount=Amount(day.amount - 1)))
    tables.put(replace(queue, paid_on={day.day: queue.paid_on[day.day] - 1}))
    return "queues.mall.paid_on"


@falsifies("cap counter of a day")
def count_commissions_less(tables: Tables) -> str:
    day = next(tables.store.scan(DailyRebates))
    tally = next(each for each in tables.store.scan(Tally) if each.paid_on)
    tables.put(replace(day, amount=Amount(day.amount - 1)))
    tables.put(replace(tally, paid_on={day.day: Amount(tally.paid_on[day.day] - 1)}))
    return "tallies.paid_on"


@falsifies("order's referrer")
def refer_alone(tables: Tables) -> str:
    tables.change(Order, {"id": "o1"}, referrer=MemberId("Z"))
    return "orders.o1"


@falsifies("order's referrer")
def refer_with_tickets(tables: Tables) -> str:
    tables.change(Order, {"id": "o1"}, referrer=MemberId("Z"))
    for ticket in [each for each in tables.store.scan(Ticket) if each.order == "o1"]:
        tables.put(replace(ticket, referrer=MemberId("Z")))
    return "queues.mall.orders.o1"


@falsifies("order's time")
def pay_earlier(tables: Tables) -> str:
    tables.change(Order, {"id": "o1"}, paid_at=Instant(1))
    return "orders.o1.paid_at"


@falsifies("order's completion")
def complete_later(tables: Tables) -> str:
    order = tables.find(Order, id="o1")
    tables.put(replace(order, completed_at=Instant(order.completed_at + DAY)))
    return "orders.o1.completed_at"


@falsifies("order's completion")
def complete_on_paper(tables: Tables) -> str:
    order = tables.find(Order, id="o3")
    tables.put(replace(order, completed_at=order.paid_at))
    return "orders.o3.completed_at"


@falsifies("order's lines")
def sell_something_else(tables: Tables) -> str:
    order = tables.find(Order, id="o1")
    line = replace(order.lines[0], decided_by="gold", margin_bps=1)
    tables.put(replace(order, lines=(line,)))
    return "orders.o1"


@falsifies("ticket's odds")
def always_win(tables: Tables) -> str:
    ticket = tables.find(Ticket, queue="mall", order="o14")
    sure = Lottery(prizes=((Bps(50000), 1),))
    tables.put(ticket.with_line(0, replace(ticket.lines[0], lottery=sure)))
    return "queues.mall.orders.o14"


@falsifies("ticket's ratios")
def give_less(tables: Tables) -> str:
    ticket = tables.find(Ticket, queue="union", order="o14")
    line = replace(ticket.lines[0], contribution_bps=1, settled=(0,))
    tables.put(ticket.with_line(0, line))
    return "queues.union.orders.o14"


@falsifies("events that were told")
def tell_something_else(tables: Tables) -> str:
    row = tables.find(Journal, source="mall", number=3)
    events = (replace(row.events[0], member=B), *row.events[1:])
    tables.put(replace(row, events=events))
    return "journal.mall.3"


@falsifies("events that were told")
def tell_nothing(tables: Tables) -> str:
    tables.put(replace(tables.find(Journal, source="settings", number=1), events=()))
    return "journal.settings.1"


@falsifies("refund of an order")
def refund_on_paper(tables: Tables) -> str:
    tables.change(OrderRefund, {"name": "r1"}, amounts={LineId("1"): 1})
    return "orders.o2.lines.1.given_back"


@falsifies("refund of an order")
def forget_a_refund(tables: Tables) -> str:
    tables.remove(tables.find(OrderRefund, name="r1"))
    return "orders.o2.lines.1.given_back"


@falsifies("cumulative spend")
def spend_on_paper(tables: Tables) -> str:
    tables.put(CompletedSpend(A, OrderId("o0"), Instant(1), {"mall": Amount(10**9)}))
    return "members.A.spending.o0"


@falsifies("dividend: turnover")
def share_more(tables: Tables) -> str:
    run = next(tables.store.scan(DividendRun))
    tables.put(replace(run, turnover=Amount(run.turnover + 100)))
    return f"dividend/{run.id}.turnover"


@falsifies("dividend: turnover")
def take_more(tables: Tables) -> str:
    run = next(tables.store.scan(DividendRun))
    taken = {**run.taken, "1": run.taken["1"] + Amount(100)}
    tables.put(replace(run, turnover=Amount(run.turnover + 100), taken=taken))
    return "dividends.period 1.turnover"


@falsifies("dividend: who has a share")
def hold_more(tables: Tables) -> str:
    holder = next(tables.store.scan(Holder))
    tables.put(replace(holder, weight=9))
    return f"dividend/{holder.run}.weights"


@falsifies("dividend: periods and tallies")
def carry_more(tables: Tables) -> str:
    tables.put(replace(next(tables.store.scan(Periods)), carried=Amount(10**6)))
    return "dividends.carried"


@falsifies("dividend: periods and tallies")
def close_again(tables: Tables) -> str:
    tables.put(replace(next(tables.store.scan(Periods)), open=1))
    return "dividends.open"


@falsifies("dividend: periods and tallies")
def turn_over_more(tables: Tables) -> str:
    tally = next(tables.store.scan(Tally))
    tables.put(replace(tally, turnover={"2": Amount(10**6)}))
    return "dividends.period 2.turnover"


@falsifies("hold")
def hold_less(tables: Tables) -> str:
    hold = next(tables.store.scan(Hold))
    tables.put(replace(hold, amount=Amount(hold.amount - 1)))
    return f"holds.{hold.member}"


@falsifies("request of a wallet")
def transfer_to_another(tables: Tables) -> str:
    row = tables.find(Request, kind="transfer")
    tables.put(replace(row, subject="C"))
    return "transfer/member/A#t1.wallet/points/C"


@falsifies("request of a wallet")
def give_back_twice(tables: Tables) -> str:
    tables.change(Request, {"kind": "spend"}, returned=0)
    return "spend/shop/scenario#s1"


@falsifies("redemption of a gift")
def redeem_for_less(tables: Tables) -> str:
    tables.change(Redemption, {"id": "r1"}, price=1)
    return "redemption/A#r1.wallet/points/A"


@falsifies("redemption of a gift")
def forget_a_piece(tables: Tables) -> str:
    count = next(tables.store.scan(GiftCount))
    tables.put(replace(count, count=0))
    return "gifts.g.A"


@falsifies("list that operators work through")
def hide_a_withdrawal(tables: Tables) -> str:
    tables.remove(tables.find(ListItem, list="withdrawals/asked"))
    return "lists.withdrawals/asked"


@falsifies("statement")
def date_back(tables: Tables) -> str:
    row = tables.find(StatementEntry, member="A")
    tables.remove(row)
    tables.put(replace(row, at=Instant(1)))
    return "statements.A"


@falsifies("balance")
def have_more(tables: Tables) -> str:
    held = tables.find(Wallet, member="A")
    tables.put(replace(held, balances={**held.balances, BalanceType.POINTS: 10**6}))
    return "wallets.A.points"


@falsifies("entry")
def be_paid_for_another_reason(tables: Tables) -> str:
    ticket = tables.find(Ticket, queue="mall", order="o0")
    spoilt = ticket.with_entry(0, lambda each: replace(each, by_reason={Reason.DIRECT: each.paid}))
    tables.put(spoilt)
    return "queues.mall.entries.o0/1.by_reason"


@falsifies("place in line")
def jump_the_queue(tables: Tables) -> str:
    """Two change places, the index of places with them."""
    first = tables.find(Ticket, queue="order_queue", order="o14")
    second = tables.find(Ticket, queue="order_queue", order="o15")
    tables.put(replace(first, place=second.place))
    tables.put(replace(second, place=first.place))
    return "queues.order_queue.orders.o14"


@falsifies("chain cut off")
def forget_the_end(tables: Tables) -> str:
    number = max(row.number for row in tables.store.scan(Journal) if row.source == "union")
    row = tables.find(Journal, source="union", number=number)
    queue = tables.find(Queue, id="union")
    tables.put(replace(row, previous=""))
    assert queue.head != fingerprint(replace(row, previous=""))
    return f"journal.union.{number}"


@falsifies("list of all queues")
def hide_a_queue(tables: Tables) -> str:
    tables.remove(tables.find(ListItem, list="queues", id="union"))
    return "lists.queues.union"


@falsifies("list of all queues")
def make_a_queue_up(tables: Tables) -> str:
    tables.put(replace(tables.find(ListItem, list="queues", id="union"), id="mall2"))
    return "queues.mall2.listed"


@falsifies("sums over all queues")
def owe_less(tables: Tables) -> str:
    row = tables.find(StoredSums, id=SUMS)
    plan = row.sums.plans["queue_rebate"]
    plans = {**row.sums.plans, "queue_rebate": replace(plan, owed=Amount(plan.owed - 1))}
    tables.put(replace(row, sums=replace(row.sums, plans=plans)))
    return "sums.queue_rebate.owed"


@falsifies("sums over all queues")
def hold_fewer_points(tables: Tables) -> str:
    row = tables.find(StoredSums, id=SUMS)
    held = {**row.sums.held, "points": Amount(0)}
    tables.put(replace(row, sums=replace(row.sums, held=held)))
    return "sums.held.points"


@falsifies("settings that are planned")
def plan_otherwise(tables: Tables) -> str:
    row = next(tables.store.scan(PlannedSettings))
    tables.put(replace(row, document={**row.document, "union": None}))
    return "settings.planned"


@falsifies("settings that are planned")
def plan_for_another_day(tables: Tables) -> str:
    row = next(tables.store.scan(PlannedSettings))
    tables.put(replace(row, at=Instant(row.at - DAY), version=row.version + 1))
    return "settings.planned"


@falsifies("settings that are planned")
def plan_nothing(tables: Tables) -> str:
    tables.remove(next(tables.store.scan(PlannedSettings)))
    return "settings.planned"
