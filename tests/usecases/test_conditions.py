"""Somebody else commits between a use case's reads and its commit: what it read is not so any more.

Each test is about one condition of one write; docs/conditions.md names it.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from rebate.bootstrap import App, wire
from rebate.contracts.events_in import MemberSaved, ProductSaved, StoreVisited, parse_event
from rebate.domain.errors import Conflict, Rejected, Unavailable
from rebate.domain.gifts import Gift
from rebate.domain.ledger import BalanceType
from rebate.domain.money import Amount
from rebate.domain.names import MemberId, OrderId
from rebate.domain.orders import Order
from rebate.domain.queues import Queue
from rebate.domain.records import replace
from rebate.domain.tickets import Ticket
from rebate.domain.times import DAY, Instant
from rebate.domain.wallets import Wallet
from rebate.usecases.catalog.manage_catalog import enable_products
from rebate.usecases.draws.seeds import random_seed
from rebate.usecases.money.adjust import Adjustment, adjust
from rebate.usecases.money.decide_withdrawal import decide_withdrawal
from rebate.usecases.money.follow_redemption import follow_redemption
from rebate.usecases.money.give_back import give_back
from rebate.usecases.money.redeem_gift import redeem_gift
from rebate.usecases.money.request_withdrawal import request_withdrawal
from rebate.usecases.money.save_gift import save_gift
from rebate.usecases.money.spend import spend
from rebate.usecases.notices.word_notices import save_wording
from rebate.usecases.orders.accept_order import MAILED_LINES_MAX
from rebate.usecases.orders.store_order import load_order
from rebate.usecases.schedules.start_runs import queues_with_mail
from rebate.usecases.settings.save_settings import save_settings
from rebate.usecases.storage.ports import Write
from rebate.usecases.storage.rows.audits import AuditRun
from rebate.usecases.storage.rows.catalog import Member, Product
from rebate.usecases.storage.rows.commissions import Commission
from rebate.usecases.storage.rows.keys import TALLIES, Key, tally_of
from rebate.usecases.storage.rows.orders import OrderRefund
from rebate.usecases.storage.rows.settings import Seed
from rebate.usecases.storage.rows.stores import StoreTraffic
from tests.books import check_books
from tests.engine import Player
from tests.usecases.disturbed import without_waiting

PLAN: dict[str, Any] = {
    "enabled": True,
    "extraction_bps": 10_000,
    "entitlement": {"fixed_bps": 10_000},
}
SETTINGS: dict[str, Any] = {
    "currency": "CNY",
    "timezone": "Asia/Shanghai",
    "queue_rebate": PLAN,
    "wallet": {"withdraw_min": 1},
}
REFERRAL = {"enabled": True, "settle_on": "paid", "direct_bps": 1000}
NOON = "2026-03-01T12:00:00+08:00"


A = MemberId("A")


def decide(app: App, *, approve: bool, by: str = "operator") -> None:
    decide_withdrawal(app.wallets, "w1", approve=approve, by=by)


class Shop(Player):
    """A player, and a second process on the same store that acts in the middle of the first."""

    def __init__(self, settings: dict[str, Any], members: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__({"settings": {**SETTINGS, **settings}, "members": members, "steps": []})
        self.begin()
        self.app: App = without_waiting(self.app)
        self.other: App = without_waiting(wire(self.store, self.app.clock))

    def meanwhile(self, action: Callable[[], object], *, commit: int = 1) -> None:
        """Let `action` happen just before the commit of that number."""
        count = 0

        def before(_writes: Sequence[Write]) -> None:
            nonlocal count
            count += 1
            if count == commit:
                self.store.before_commit = lambda _: None
                action()

        self.store.before_commit = before

    def buy(self, order: str, member: str, paid: int = 1000, **more: Any) -> None:
        self.step({"buy": {"order": order, "member": member, "paid": paid, **more}})

    def cash(self, member: str, pocket: BalanceType = BalanceType.CASH) -> int:
        found = self.store.get(Wallet, Key(member)) or Wallet(MemberId(member))
        balance: int = found.has(pocket)
        return balance

    def sweep(self) -> None:
        for queue in queues_with_mail(self.store):
            self.app.settler.settle(queue)


def test_two_settlers_of_a_queue() -> None:
    shop = Shop({})
    shop.settles = False
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    shop.meanwhile(lambda: shop.other.settler.settle("mall"))  # type: ignore[arg-type]
    shop.app.settler.settle("mall")  # type: ignore[arg-type]
    assert shop.cash("A") == 1000
    check_books(shop.store)


def test_a_clawback_while_what_it_takes_is_released() -> None:
    shop = Shop({"queue_rebate": {**PLAN, "hold_days": 1}})
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    shop.step({"complete": "o1"})
    assert shop.cash("A", BalanceType.PENDING) == 1000
    shop.settles = False
    shop.step({"refund": {"order": "o1", "line": "1", "amount": 1000, "id": "r"}})
    later = Instant(shop.now + 2 * DAY)
    shop.meanwhile(lambda: shop.other.holds.release(later))
    shop.sweep()
    assert (shop.cash("A"), shop.cash("A", BalanceType.PENDING)) == (0, 0)
    check_books(shop.store)


def test_two_releases_of_what_was_held() -> None:
    shop = Shop({"queue_rebate": {**PLAN, "hold_days": 1}})
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    shop.step({"complete": "o1"})
    later = Instant(shop.now + 2 * DAY)
    shop.meanwhile(lambda: shop.other.holds.release(later))
    shop.app.holds.release(later)
    assert (shop.cash("A"), shop.cash("A", BalanceType.PENDING)) == (1000, 0)
    check_books(shop.store)


def test_two_queues_under_one_daily_cap() -> None:
    capped = {"queue_rebate": {**PLAN, "mall": "per_product"}}
    shop = Shop({**capped, "guards": {"rebates_per_day": 1200}})
    for product in ("p", "q"):
        shop.buy(f"1{product}", "A", product=product)
    shop.settles = False
    for product in ("p", "q"):
        shop.buy(f"2{product}", "B", product=product)
    p, q = queues_with_mail(shop.store)
    shop.meanwhile(lambda: shop.other.settler.settle(q))
    shop.app.settler.settle(p)
    assert shop.cash("A") == 1200


def test_an_order_that_is_called_as_a_repurchase() -> None:
    """It is not overwritten, and the repurchase is missed (Rule 4.4)."""
    plan = {"enabled": True, "reward_bps": 9000, "rewards_to_exit": 2}
    shop = Shop({"queue_rebate": {**PLAN, "enabled": False}, "order_queue": plan})
    for order in ("o1", "o2"):
        shop.buy(order, "B")
    shop.settles = False
    shop.buy("o3", "C")
    shop.meanwhile(lambda: shop.other.orders.accept(of_old("o1-r1")))
    shop.sweep()
    bought = shop.store.get(Order, Key("o1-r1"))
    assert (bought.member, bought.repurchase_of) == ("A", None)
    check_books(shop.store, settled=False)


def of_old(order: str) -> Any:
    """Return an order as it was accepted before ids of repurchases were refused."""
    return paid("o").model_copy(update={"order_id": order})


def test_two_orders_of_a_buyer_of_whom_one_may_join() -> None:
    shop = Shop({"queue_rebate": {**PLAN, "limits": {"total": 1}}})
    shop.settles = False
    bought = [paid(name) for name in ("o1", "o2")]
    shop.meanwhile(lambda: shop.other.orders.accept(bought[1]))
    shop.app.orders.accept(bought[0])
    shop.sweep()
    assert len(shop.outcome()["queues"]["mall"]["entries"]) == 1


def paid(order: str, lines: int = 1, products: int = 120) -> Any:
    rows = [
        {"line_id": str(n), "product_id": f"p{n % products}", "paid": 1000} for n in range(lines)
    ]
    detail = {"order_id": order, "member": {"id": "A", "level": None}, "channel": "mall"}
    return parse_event("OrderPaid", {**detail, "paid_at": NOON, "lines": rows})


def completed(order: str) -> Any:
    return parse_event("OrderCompleted", {"order_id": order, "completed_at": NOON})


def refunded(order: str, lines: int = 1) -> Any:
    rows = [{"line_id": str(n), "amount": 500} for n in range(lines)]
    detail = {"order_id": order, "refund_id": "r", "refunded_at": NOON, "lines": rows}
    return parse_event("OrderRefunded", detail)


@pytest.mark.parametrize("lines", [1, 120], ids=["in one transaction", "in several"])
def test_two_events_of_one_order(lines: int) -> None:
    shop = Shop({"queue_rebate": {**PLAN, "mall": "per_product"}})
    shop.app.orders.accept(paid("o1", lines))
    shop.meanwhile(lambda: shop.other.orders.accept(refunded("o1", lines)))
    shop.app.orders.accept(completed("o1"))
    known = shop.store.get(Order, Key("o1"))
    assert known.completed_at is not None
    assert [refund.name for refund in shop.store.scan(OrderRefund)] == ["r"]
    assert load_order(shop.store, OrderId("o1")).left() == {str(n): 500 for n in range(lines)}


@pytest.mark.parametrize(
    "commit", [2, 3, 4], ids=["after the claim", "half-way", "before the last"]
)
def test_an_order_that_another_process_has_stored_and_settled_meanwhile(commit: int) -> None:
    """What it stores ahead would undo what was settled: tickets too long to go by mail."""
    lines = 120 * (MAILED_LINES_MAX + 1)
    shop = Shop({"queue_rebate": {**PLAN, "mall": "per_product"}})

    def overtake() -> None:
        shop.other.orders.accept(paid("o1", lines))
        shop.sweep()

    shop.meanwhile(overtake, commit=commit)
    shop.app.orders.accept(paid("o1", lines))
    shop.sweep()
    check_books(shop.store)
    assert all(ticket.joined for ticket in shop.store.scan(Ticket))
    assert len(list(shop.store.scan(Queue))) == 120


def test_two_requests_for_the_same_cash() -> None:
    shop = Shop({})
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    at = shop.now
    shop.meanwhile(lambda: request_withdrawal(shop.other.wallets, "w2", A, Amount(700), at))
    with pytest.raises(Rejected):
        request_withdrawal(shop.app.wallets, "w1", A, Amount(700), at)
    assert (shop.cash("A"), shop.cash("A", BalanceType.HELD)) == (300, 700)


def test_two_operators_decide_otherwise() -> None:
    shop = Shop({})
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    request_withdrawal(shop.app.wallets, "w1", A, Amount(700), shop.now)
    shop.meanwhile(lambda: decide(shop.other, approve=False))
    with pytest.raises(Exception, match="decided otherwise"):
        decide(shop.app, approve=True)
    assert (shop.cash("A"), shop.cash("A", BalanceType.HELD)) == (1000, 0)


def test_two_operators_approve_at_once() -> None:
    shop = Shop({"wallet": {"two_approvals_above": 500}})
    shop.buy("o1", "A")
    shop.buy("o2", "B")
    request_withdrawal(shop.app.wallets, "w1", A, Amount(700), shop.now)
    shop.meanwhile(lambda: decide(shop.other, approve=True, by="y"))
    decide(shop.app, approve=True, by="x")
    assert shop.cash("A", BalanceType.HELD) == 0


def test_two_operators_adjust_at_once() -> None:
    shop = Shop({"wallet": {"adjust_two_above": 500}}, [{"id": "A"}])
    wish = Adjustment(A, "cash", Amount(700), "gift")

    def ask(app: App, by: str) -> None:
        adjust(app.wallets, "a1", wish, shop.now, by=by)

    shop.meanwhile(lambda: ask(shop.other, "y"))
    ask(shop.app, "x")
    assert shop.cash("A") == 700


def with_gift(stock: int) -> Shop:
    shop = Shop({}, [{"id": "A"}, {"id": "B"}])
    for member in "AB":
        adjust(
            shop.app.wallets,
            member,
            Adjustment(MemberId(member), "points", Amount(100), "start"),
            shop.now,
            by="x",
        )
    save_gift(shop.app.wallets, Gift("g", "g", BalanceType.POINTS, Amount(10), stock=stock), by="x")
    return shop


def redeem(app: App, member: str, at: Instant) -> None:
    redeem_gift(app.wallets, "r1", MemberId(member), "g", 1, at)


def test_two_members_redeem_the_last_piece() -> None:
    shop = with_gift(1)
    shop.meanwhile(lambda: redeem(shop.other, "B", shop.now))
    with pytest.raises(Rejected, match="0 of gift g are left"):
        redeem(shop.app, "A", shop.now)
    assert (shop.cash("A", BalanceType.POINTS), shop.cash("B", BalanceType.POINTS)) == (100, 90)


def test_a_gift_is_redeemed_while_another_redemption_is_cancelled() -> None:
    shop = with_gift(5)
    redeem(shop.app, "A", shop.now)
    shop.meanwhile(lambda: redeem(shop.other, "B", shop.now))
    follow_redemption(shop.app.wallets, "r1", "cancelled", member=A)
    assert shop.store.get(Gift, Key("g")).stock == 4


def test_a_redemption_is_cancelled_while_it_is_sent() -> None:
    shop = with_gift(5)
    redeem(shop.app, "A", shop.now)
    shop.meanwhile(lambda: follow_redemption(shop.other.wallets, "r1", "cancelled"))
    with pytest.raises(Rejected, match="is cancelled"):
        follow_redemption(shop.app.wallets, "r1", "sent")
    check_books(shop.store)


def test_two_operators_change_a_gift() -> None:
    shop = with_gift(5)
    gift = Gift("g", "g", BalanceType.POINTS, Amount(20))
    cheaper = replace(gift, price=Amount(5))
    shop.meanwhile(lambda: save_gift(shop.other.wallets, cheaper, by="y", expects=1))
    with pytest.raises(Conflict):
        save_gift(shop.app.wallets, gift, by="x", expects=1)
    assert shop.store.get(Gift, Key("g")).price == 5


def test_two_give_backs_of_one_spend() -> None:
    shop = with_gift(0)
    ledgers = [app.wallets for app in (shop.app, shop.other)]
    spend(ledgers[0], "s1", A, "points", Amount(40), OrderId("o1"), shop.now, shop="s")
    shop.meanwhile(lambda: give_back(ledgers[1], "b2", "s1", Amount(30), shop.now, shop="s"))
    with pytest.raises(Rejected, match="10 of spend s1"):
        give_back(ledgers[0], "b1", "s1", Amount(30), shop.now, shop="s")
    assert shop.cash("A", BalanceType.POINTS) == 90


def test_two_payments_of_an_orders_referral_rewards() -> None:
    shop = Shop({"referral": REFERRAL}, [{"id": "A"}, {"id": "B", "referrer": "A"}])
    shop.settles = False
    shop.buy("o1", "B")
    queue = next(name for name in queues_with_mail(shop.store) if name.startswith("referral"))
    shop.meanwhile(lambda: shop.other.settler.settle(queue))
    shop.app.settler.settle(queue)
    assert shop.cash("A") == 100
    check_books(shop.store, settled=False)


def test_two_reversals_of_an_orders_referral_rewards() -> None:
    shop = Shop({"referral": REFERRAL}, [{"id": "A"}, {"id": "B", "referrer": "A"}])
    shop.buy("o1", "B")
    shop.settles = False
    shop.step({"refund": {"order": "o1", "line": "1", "amount": 400, "id": "r"}})
    shop.meanwhile(shop.sweep)
    shop.app.settler.settle(next(n for n in queues_with_mail(shop.store) if "referral" in n))
    assert shop.cash("A") == 60
    check_books(shop.store)


def dividend() -> Shop:
    rules = {"bps": 1000, "rank": "shareholder", "every": "month", "split": "equal"}
    members = [{"id": "A", "rank": "shareholder"}]
    shop = Shop({"referral": {**REFERRAL, "dividend": rules}}, members)
    shop.buy("o1", "B")
    return shop


def test_an_order_is_refunded_while_a_dividend_takes_its_turnover() -> None:
    shop = dividend()
    shop.settles = False
    shop.step({"refund": {"order": "o1", "line": "1", "amount": 400, "id": "r"}})
    begun, tally = 1, TALLIES.index(tally_of("o1").partition)
    shop.meanwhile(shop.sweep, commit=begun + tally + 1)
    with pytest.raises(Conflict):
        shop.app.dividends.run(shop.now)
    shop.app.dividends.run(shop.now)
    assert shop.cash("A") == 60
    (counted,) = shop.store.scan(Commission)
    assert (counted.turnover, counted.period) == (600, 1)


def test_two_orders_settle_that_count_in_one_tally() -> None:
    shop = dividend()
    shop.settles = False
    like_it = next(n for n in map(str, range(99)) if tally_of(n) == tally_of("o2"))
    shop.buy("o2", "B")
    shop.buy(like_it, "B")
    first, second = (name for name in queues_with_mail(shop.store) if name.startswith("referral"))
    shop.meanwhile(lambda: shop.other.settler.settle(second))
    shop.app.settler.settle(first)
    shop.app.dividends.run(shop.now)
    assert shop.cash("A") == 300


def test_two_dividends_close_the_same_period() -> None:
    shop = dividend()
    shop.meanwhile(lambda: shop.other.dividends.run(Instant(shop.now + DAY)))
    with pytest.raises(Conflict):
        shop.app.dividends.run(shop.now)
    assert shop.cash("A") == 100
    check_books(shop.store)


@pytest.mark.parametrize("commit", [1, 5, 18, 20], ids=["begun", "closing", "noting", "paying"])
def test_two_runs_of_one_dividend(commit: int) -> None:
    shop = dividend()
    shop.meanwhile(lambda: shop.other.dividends.run(shop.now), commit=commit)
    with pytest.raises(Conflict):
        shop.app.dividends.run(shop.now)
    assert shop.cash("A") == 100
    check_books(shop.store)


def test_two_mix_something_into_a_seed() -> None:
    shop = Shop({})
    day = date(2030, 1, 1)
    seeds, other = shop.app.seeds, shop.other.seeds
    seeds.commit_to(day)
    shop.meanwhile(lambda: other.mix_in(day, "first"))
    seeds.mix_in(day, "second")
    row = shop.store.get(Seed, Key(day.isoformat()))
    assert row is not None
    assert row.mix == "first"


def test_two_steps_of_one_audit() -> None:
    """Both keep what they know; the second finds that the run went on without it."""
    shop = Shop({})
    shop.other.outside = shop.app.outside
    shop.buy("o1", "A")

    def a_row() -> AuditRun | None:
        return shop.app.audit.step(lambda: False)

    assert a_row()
    shop.meanwhile(lambda: shop.other.audit.step(lambda: False), commit=2)
    assert a_row() is None
    while (run := a_row()) and not run.finished_at:
        pass
    assert run
    assert run.differences == ()


def test_two_operators_change_the_settings() -> None:
    shop = Shop({})
    known = shop.app.settings.in_force()
    shop.meanwhile(lambda: _save(shop, known.version, 1111))
    with pytest.raises(Conflict):
        _save(shop, known.version, 2222)
    in_force = shop.other.settings.in_force()
    assert in_force.version == known.version + 1
    assert in_force.document["queue_rebate"]["extraction_bps"] == 1111


def _save(shop: Shop, expects: int, bps: int) -> None:
    changed = {**SETTINGS, "queue_rebate": {**PLAN, "extraction_bps": bps}}
    save_settings(shop.store, shop.app.clock, changed, expects=expects, by="test")


def test_two_operators_word_a_notice() -> None:
    shop = Shop({})

    def save(text: str) -> None:
        save_wording(shop.store, shop.app.clock, "en", "paid", text, expects=0, by="test")

    shop.meanwhile(lambda: save("first"))
    with pytest.raises(Conflict):
        save("second")


def test_two_processes_make_the_seed_of_a_day() -> None:
    shop = Shop({})
    first = wire(shop.store, shop.app.clock, random_seed)
    second = wire(shop.store, shop.app.clock, random_seed)
    day = shop.at.date()
    published: list[str] = []
    shop.meanwhile(lambda: published.append(second.seeds.commit_to(day)))
    assert first.seeds.commit_to(day) == published[0]


def test_two_events_about_a_member() -> None:
    shop = Shop({})
    raised = MemberSaved(member_id="B", level="gold")
    shop.meanwhile(lambda: shop.other.catalog.save(raised))
    shop.app.catalog.save(MemberSaved(member_id="B", referrer_id="A"))
    member = shop.store.get(Member, Key("B"))
    assert (member.referrer, member.level) == ("A", "gold")


def _visit(name: str, at: str = "2026-03-01T10:00:00+08:00") -> StoreVisited:
    event = parse_event("StoreVisited", {"store_id": "W", "visited_at": at, "visit_id": name})
    assert isinstance(event, StoreVisited)
    return event


def test_two_visits_of_a_store_at_once() -> None:
    shop = Shop({})
    shop.meanwhile(lambda: shop.other.visits.count(_visit("v1")))
    shop.app.visits.count(_visit("v2"))
    assert [each.visits for each in shop.store.scan(StoreTraffic)] == [2]


def test_one_visit_is_told_of_two_days_at_once() -> None:
    shop = Shop({})
    shop.meanwhile(lambda: shop.other.visits.count(_visit("v1")))
    with pytest.raises(Rejected):
        shop.app.visits.count(_visit("v1", "2026-03-05T10:00:00+08:00"))
    assert [each.visits for each in shop.store.scan(StoreTraffic)] == [1]


def test_two_members_who_refer_each_other() -> None:
    """The one whose event was taken in first is bound (Rule 2.5)."""
    shop = Shop({}, [{"id": "A"}, {"id": "B"}])
    shop.meanwhile(lambda: shop.other.catalog.save(MemberSaved(member_id="A", referrer_id="B")))
    shop.app.catalog.save(MemberSaved(member_id="B", referrer_id="A"))
    assert shop.store.get(Member, Key("A")).referrer == "B"
    assert shop.store.get(Member, Key("B")).referrer is None


def test_a_member_is_saved_while_somebody_names_them_as_referrer() -> None:
    shop = Shop({})
    shop.meanwhile(lambda: shop.other.catalog.save(MemberSaved(member_id="A", level="gold")))
    shop.app.catalog.save(MemberSaved(member_id="B", referrer_id="A"))
    assert shop.store.get(Member, Key("A")).level == "gold"
    assert shop.store.get(Member, Key("B")).referrer == "A"


def test_two_unknown_members_who_refer_each_other() -> None:
    shop = Shop({})
    shop.meanwhile(lambda: shop.other.catalog.save(MemberSaved(member_id="A", referrer_id="B")))
    shop.app.catalog.save(MemberSaved(member_id="B", referrer_id="A"))
    assert shop.store.get(Member, Key("A")).referrer == "B"
    assert shop.store.get(Member, Key("B")).referrer is None


def test_a_product_is_saved_while_it_is_let_in() -> None:
    shop = Shop({"queue_rebate": {**PLAN, "new_products": False}})
    shop.app.catalog.save(ProductSaved(product_id="p", supply="self", name="old"))
    renamed = ProductSaved(product_id="p", supply="self", name="new")
    shop.meanwhile(lambda: shop.other.catalog.save(renamed))
    enable_products(shop.store, {"self"})
    product = shop.store.get(Product, Key("p"))
    assert (product.name, product.takes_part) == ("new", True)


def test_others_who_never_stop_are_not_waited_for_for_ever() -> None:
    """An event is handed back, to be delivered again."""
    shop = Shop({})

    def refuse(_writes: Sequence[Write]) -> None:
        raise Conflict("TransactionConflict")

    shop.store.before_commit = refuse
    with pytest.raises(Unavailable):
        shop.app.orders.accept(paid("o1"))


def saved(member: str, referrer: str) -> MemberSaved:
    return MemberSaved(member_id=member, referrer_id=referrer)


def test_a_line_that_is_closed_at_its_top_meanwhile() -> None:
    """A, above X, is bound below B, whose line ends at T, while T is bound below X."""
    shop = Shop({})
    for bond in (saved("X", "A"), saved("B", "T")):
        shop.app.catalog.save(bond)
    shop.meanwhile(lambda: shop.other.catalog.save(saved("T", "X")))
    shop.app.catalog.save(saved("A", "B"))
    rows = {member.id: member.referrer for member in shop.store.scan(Member)}
    assert (rows["T"], rows["A"]) == ("X", None)


def test_an_order_comes_while_what_came_before_it_is_given_up() -> None:
    shop = Shop({"queue_rebate": PLAN, "early_days": 1})
    shop.app.orders.accept(completed("o1"))
    shop.app.clock.advance(2 * DAY)  # type: ignore[attr-defined]
    shop.meanwhile(lambda: shop.other.orders.accept(paid("o1")))
    shop.app.early.expire(lambda _: None)
    order = shop.store.get(Order, Key("o1"))
    assert (order.digest is None, order.completed_at is None) == (False, False)


def test_an_event_comes_while_what_was_set_aside_is_forgotten() -> None:
    shop = Shop({"queue_rebate": PLAN})
    shop.app.orders.accept(refunded("o1", 2))
    shop.app.orders.accept(paid("o1"))
    shop.meanwhile(lambda: shop.other.orders.accept(completed("o1")))
    shop.app.orders.told(OrderId("o1"))
    order = shop.store.get(Order, Key("o1"))
    assert (order.early, order.completed_at is None) == ((), False)


def test_two_orders_of_a_sender_take_turns() -> None:
    shop = Shop({"queue_rebate": PLAN, "senders": {"a": {"orders_per_minute": 1}}})
    for order in ("o0", "o1"):
        shop.app.orders.accept(paid(order), "a")
    shop.meanwhile(lambda: shop.other.orders.accept(paid("o2"), "a"))
    shop.app.orders.accept(paid("o3"), "a")
    turns = {shop.store.get(Order, Key(f"o{number}")).not_before for number in (2, 3)}
    assert len(turns) == 2


def test_a_senders_first_order_comes_while_its_prefix_changes() -> None:
    shop = Shop({"queue_rebate": PLAN, "senders": {"a": {}}})
    shop.meanwhile(lambda: shop.other.orders.accept(paid("o1"), "a"))
    with pytest.raises(Conflict):
        shop.step({"set": {"senders": {"a": {"prefix": "a-"}}}})
    assert shop.app.settings.in_force().terms.senders.of_name("a").prefix == ""


def test_a_referrer_is_saved_while_somebody_is_bound_below() -> None:
    shop = Shop({})
    shop.meanwhile(lambda: shop.other.catalog.save(MemberSaved(member_id="B", level="gold")))
    shop.app.catalog.save(saved("A", "B"))
    assert [row.level for row in shop.store.scan(Member) if row.id == "B"] == ["gold"]
