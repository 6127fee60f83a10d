"""Statements: every movement once, with the balance after it (Rule 3.7)."""

from functools import partial

import pytest

from rebate.domain.ledger import BalanceType
from rebate.domain.names import MemberId, OrderId
from rebate.usecases.money import show_statement as statements
from rebate.usecases.money.show_statement import (
    InvalidCursor,
    Wanted,
    show_statement,
    statement_csv,
)
from tests.usecases.money.told import give, players, wallet

A = MemberId("A")
ALL = Wanted()


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(statements, "LINES_MAX", 3)
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)


def pages(player, wanted=ALL, member=A):
    """Yield the lines of page after page."""
    page = show_statement(player.store, "CNY", member, wanted)
    yield page.lines
    while page.next is not None:
        page = show_statement(player.store, "CNY", member, wanted, after=page.next)
        yield page.lines


def lines(player, wanted=ALL):
    return [line for page in pages(player, wanted) for line in page]


def busy(count=10):
    """A member's day: gifts, a withdrawal, a transfer and a spend."""
    steps = [give("A", 10 + n, id=f"a{n}") for n in range(count)]
    return players(
        *steps,
        give("A", 50, "points"),
        {"withdraw": {"member": "A", "amount": 30, "id": "w1"}},
        {"decide": {"id": "w1", "approve": True}},
        {"transfer": {"from": "A", "to": "B", "asset": "points", "amount": 20}},
        {"spend": {"member": "A", "asset": "points", "amount": 5, "order": "o1"}},
        transfer=["points"],
    )


def test_each_balance_follows_from_the_one_before(small_pages):
    player = busy()
    sums = {}
    for line in reversed(lines(player)):
        sums[line.asset] = sums.get(line.asset, 0) + line.amount
        assert line.balance == sums[line.asset]
    assert {asset: sum_ for asset, sum_ in sums.items() if sum_} == wallet(player, "A")


def test_a_line_says_what_it_was_for_and_with_whom():
    found = {line.kind: line for line in lines(busy())}
    assert found["transfer"].counterpart == "B"
    assert found["spend"].order_id == "o1"
    assert (found["withdrawal_approved"].asset, found["withdrawal_approved"].balance) == ("held", 0)


@pytest.mark.parametrize(
    ("wanted", "kinds"),
    [
        (Wanted(kind="transfer"), ["transfer"]),
        (Wanted(order=OrderId("o1")), ["spend"]),
        (Wanted(pocket=BalanceType.POINTS), ["spend", "transfer", "adjustment"]),
        (Wanted(pocket=BalanceType.VOUCHER), []),
    ],
)
def test_lines_are_chosen_and_their_balances_stay_those_of_the_whole(small_pages, wanted, kinds):
    player = busy()
    whole = {(line.source, line.asset): line.balance for line in lines(player)}
    found = lines(player, wanted)
    assert [line.kind for line in found] == kinds
    assert all(whole[line.source, line.asset] == line.balance for line in found)


def test_an_interval_takes_its_beginning_and_not_its_end(small_pages):
    player = busy()
    ats = sorted(
        {row.at for row in player.store.scan(statements.StatementEntry) if row.member == A}
    )
    found = lines(player, Wanted(starts_at=ats[2], ends_at=ats[5]))
    assert [line.amount for line in found] == [14, 13, 12]
    assert [line.balance for line in found] == [60, 46, 33]


def test_five_hundred_movements_of_one_instant_are_each_there_once_while_more_arrive():
    """Pitfall 38: also where one commit moved much, and a page ends in the middle of it."""
    buys = [
        {"buy": {"order": f"o{n}", "member": "A", "paid": 1}, "at": "2026-03-01T10:00:00+08:00"}
        for n in range(120)
    ]
    plan = {"enabled": True, "extraction_bps": 10000, "entitlement": {"fixed_bps": 10000}}
    player = players({"set": {"queue_rebate": plan}})
    player.app.clock.now = partial(int, player.app.clock.now())
    player.settles = False
    for buy in buys:
        player.step(buy)
    player.settles = True
    big = {"buy": {"order": "o", "member": "B", "paid": 500}}
    player.step(big)
    del player.app.clock.now
    expected = len(lines(player))
    assert expected >= 100
    seen = []
    for number, page in enumerate(pages(player)):
        seen += [(line.source, line.kind, line.entry, line.order_id, line.balance) for line in page]
        player.step(give("A", 1, id=f"late{number}"))
    assert len(seen) == expected
    balances = [balance for *_, balance in seen]
    assert balances == sorted(set(balances), reverse=True), "one is there twice, or missing"


@pytest.mark.parametrize("cursor", ["", "x", "W10=", "bnVsbA==", "WzEsMCx7fV0=", "é"])
def test_a_cursor_that_no_page_gave_is_refused(cursor):
    with pytest.raises(InvalidCursor):
        show_statement(players().store, "CNY", A, ALL, after=cursor)


def test_a_statement_as_csv_has_amounts_as_people_write_them():
    """Pitfalls 36 and 45: numbers stay numbers, and times are the shop's."""
    player = busy(1)
    zone = player.app.settings.in_force().terms.zone
    text = statement_csv(show_statement(player.store, "CNY", A, ALL), zone)
    head, *rows = text.removeprefix("\ufeff").splitlines()
    assert head.startswith("time,kind,asset,amount,balance,order")
    assert any(",transfer,points,-0.20,0.30,,,,B" in row for row in rows)
    assert all("+08:00" in row for row in rows)
