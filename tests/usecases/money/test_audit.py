"""Every movement of a wallet is backed by the row that asked for it, or the audit names it."""

import pytest

from rebate.domain.gifts import GiftCount, Redemption
from rebate.domain.ledger import Account, BalanceType, JournalEntry, Posting, adjusted, wallet
from rebate.domain.names import MemberId
from rebate.domain.records import replace
from rebate.domain.requests import Request
from rebate.domain.times import Instant
from rebate.domain.wallets import Wallet
from rebate.domain.withdrawals import Withdrawal
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.storage.rows.journal import Journal, StatementEntry, StatementMovement
from rebate.usecases.storage.rows.key_of import key_of
from rebate.usecases.storage.rows.keys import Key
from rebate.usecases.storage.rows.lists import ListItem
from tests.usecases.money.told import give, players

A = MemberId("A")


@pytest.fixture
def player():
    """Books with a movement of every kind."""
    return players(
        give("A", 1000),
        give("A", 500, "points"),
        give("A", 500, "love_frozen"),
        {"withdraw": {"member": "A", "amount": 100, "id": "w1"}},
        {"withdraw": {"member": "A", "amount": 50, "id": "w2"}},
        {"decide": {"id": "w2", "approve": True}},
        {"withdraw": {"member": "A", "amount": 30, "id": "w3"}},
        {"decide": {"id": "w3", "approve": True}},
        {"decide": {"id": "w3", "failed": True}},
        {"transfer": {"from": "A", "to": "B", "asset": "points", "amount": 10, "id": "t1"}},
        {"spend": {"member": "A", "asset": "points", "amount": 20, "order": "o1", "id": "s1"}},
        {"give_back": {"id": "b1", "spend": "s1", "amount": 5}},
        {"gift": {"id": "g", "price": {"points": 7}}},
        {"redeem": {"member": "A", "gift": "g", "id": "r1"}},
        {"redeem": {"member": "A", "gift": "g", "id": "r2"}},
        {"gift_state": {"id": "r2", "state": "cancelled"}},
        {"thaw": {"member": "A", "amount": 40, "id": "th"}},
        withdraw_fee_bps=1000,
        transfer=["points"],
    )


def found(player):
    return {each.path for each in audit_books(player.store).differences}


def change(player, kind, chosen, **changes):
    row = next(each for each in player.store.scan(kind) if chosen(each))
    key = key_of(row)
    player.store.rows[kind][key.partition][key.sort] = replace(row, **changes)


def forge(player, source, kind, *postings):
    """Write journal, wallets and statements together, as who may write to the tables could."""
    now = Instant(1)
    entry = JournalEntry(kind, tuple(Posting(*each) for each in postings))
    rows = [Journal(source, 1, now, (entry,))]
    for account, amount in postings:
        place, pocket, owner = account.split("/", 2)
        if place == "wallet":
            rows.append(
                StatementEntry(
                    MemberId(owner),
                    now,
                    source,
                    1,
                    (StatementMovement(kind, BalanceType(pocket), amount),),
                )
            )
            held = player.store.get(Wallet, Key(owner)) or Wallet(MemberId(owner))
            balances = {
                **held.balances,
                BalanceType(pocket): held.has(BalanceType(pocket)) + amount,
            }
            rows.append(replace(held, balances=balances))
    for row in rows:
        key = key_of(row)
        player.store.rows[type(row)][key.partition][key.sort] = row


def test_sound_books_are_sound(player):
    assert found(player) == set()


CASH, POINTS = wallet(A, BalanceType.CASH), wallet(A, BalanceType.POINTS)


@pytest.mark.parametrize(
    ("source", "kind", "other"),
    [
        ("adjustment/operators#a9", "adjustment", adjusted(BalanceType.CASH)),
        ("mall", "adjustment", adjusted(BalanceType.CASH)),
        ("withdrawal/A#w9", "withdrawal_failed", Account("platform/withdrawn/all")),
        ("gift", "give_back", adjusted(BalanceType.CASH)),
    ],
)
def test_money_that_nobody_asked_for_is_found_though_all_rows_agree(player, source, kind, other):
    forge(player, source, kind, (CASH, 700), (other, -700))
    assert source in found(player)


def test_points_from_nowhere_are_found(player):
    forge(player, "spend/shop#s9", "spend", (POINTS, 9), (adjusted(BalanceType.POINTS), -9))
    assert "spend/shop#s9" in found(player)


def test_money_from_an_account_that_does_not_exist_is_found(player):
    forge(player, "bonus", "bonus", (CASH, 700), (Account("treasury/cash/all"), -700))
    assert "journal.bonus.1" in found(player)


@pytest.mark.parametrize(
    ("kind", "chosen", "changes"),
    [
        (Withdrawal, lambda w: w.id == "w2", {"member": MemberId("B")}),
        (Withdrawal, lambda w: w.id == "w2", {"fee": 1}),
        (Withdrawal, lambda w: w.id == "w3", {"failed": False}),
        (Withdrawal, lambda w: w.id == "w1", {"amount": 99}),
        (Request, lambda r: r.kind == "transfer", {"subject": "C"}),
        (Request, lambda r: r.kind == "transfer", {"amount": 11}),
        (Request, lambda r: r.kind == "spend", {"pocket": BalanceType.LOVE}),
        (Request, lambda r: r.kind == "spend", {"returned": 0}),
        (Request, lambda r: r.kind == "give_back", {"amount": 6}),
        (Request, lambda r: r.kind == "thaw", {"amount": 41}),
        (Request, lambda r: r.kind == "adjustment" and r.amount == 1000, {"amount": 1001}),
        (Request, lambda r: r.kind == "adjustment" and r.amount == 1000, {"state": "asked"}),
        (Redemption, lambda r: r.id == "r1", {"price": 6}),
        (Redemption, lambda r: r.id == "r1", {"state": "cancelled"}),
        (Redemption, lambda r: r.id == "r2", {"state": "placed"}),
        (GiftCount, lambda c: c.gift == "g", {"count": 5}),
    ],
)
def test_a_request_that_was_tampered_with_is_found(player, kind, chosen, changes):
    change(player, kind, chosen, **changes)
    assert found(player)


def test_what_is_missing_in_a_list_or_stands_there_without_reason_is_found(player):
    item = next(each for each in player.store.scan(ListItem) if each.list == "withdrawals/asked")
    del player.store.rows[ListItem][item.list][key_of(item).sort]
    assert found(player) == {"lists.withdrawals/asked"}


def test_ids_whose_names_look_alike_are_no_alarm():
    steps = [give(member, 10, id=f"a{member}") for member in ("A", "A/B", "A#B", "A%23B")]
    wishes = [
        {"withdraw": {"member": member, "amount": 1, "id": name}}
        for member, name in (("A", "B#C"), ("A#B", "C"), ("A/B", "C"), ("A%23B", "C"))
    ]
    player = players(*steps, *wishes, members=("A", "A/B", "A#B", "A%23B"))
    assert set(player.refusals) == {None}
