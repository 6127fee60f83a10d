"""What operators take out, row by row: whole, in the shop's days, and safe in spreadsheets."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest

from rebate.contracts.imports import read_import
from rebate.domain.names import QueueId
from rebate.domain.times import instant_of
from rebate.usecases.audit.audit_books import audit_books
from rebate.usecases.office.exports import COLUMNS, EXPORTS, Period, export_csv, export_json
from tests.engine import Player
from tests.fakes import MemoryStore
from tests.plans import MALL

EVE = "2026-12-31T23:50:00+08:00"
PLANS: dict[str, Any] = {
    **MALL,
    "alliance": {"enabled": True, "dividend_bps": 1000, "heads_bps": [10000]},
    "referral": {"enabled": True, "settle_on": "paid", "direct_bps": 500},
}


class Shop:
    """A shop whose day is over."""

    def __init__(self, settings: Any = PLANS) -> None:
        self.player = Player({"settings": settings, "steps": []}, MemoryStore())
        self.player.begin()

    def does(self, *steps: dict[str, Any]) -> None:
        for step in steps:
            self.player.step(step)

    def rows(self, what: str, **bounds: Any) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._lines(export_json, what, **bounds)]

    def table(self, what: str, **bounds: Any) -> list[dict[str, str]]:
        text = "".join(self._lines(export_csv, what, **bounds))
        assert text.startswith("\ufeff")
        return list(csv.DictReader(StringIO(text.removeprefix("\ufeff"), newline="")))

    def _lines(self, export: Any, what: str, **bounds: Any) -> Iterator[str]:
        terms = self.player.app.settings.in_force().terms
        found: Iterator[str] = export(self.player.store, terms, what, Period(**bounds))
        return found


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.player.deliver("MemberSaved", {"member_id": "A", "nickname": "=cmd|' /C calc'!A0"})
    shop.player.deliver("MemberSaved", {"member_id": "B", "referrer_id": "A"})
    shop.does(
        {"buy": {"order": "o1", "member": "A", "paid": 16800}, "at": "2026-12-30T10:00:00+08:00"},
        {"buy": {"order": "o2", "member": "B", "paid": 5000}, "at": EVE},
        {"complete": "o2"},
        {"refund": {"order": "o1", "line": "1", "amount": 800, "id": "r"}},
        {"withdraw": {"member": "A", "amount": 300, "id": "w1"}},
        {"buy": {"order": "-3", "member": "A", "paid": 700}, "at": "2027-01-01T10:00:00+08:00"},
    )
    return shop


@pytest.mark.parametrize("what", EXPORTS)
def test_both_forms_of_everything_hold_the_same_rows(shop: Shop, what: str) -> None:
    rows, table = shop.rows(what), shop.table(what)
    assert rows
    assert len(rows) == len(table)
    assert {name for row in rows for name in row} <= {*COLUMNS[what]}
    assert all(tuple(row) == COLUMNS[what] for row in table)


def test_orders_say_what_was_paid_given_back_and_when(shop: Shop) -> None:
    first, second, third = shop.rows("orders")
    assert (first["order"], first["paid"], first["refunded"]) == ("o1", 16800, 800)
    assert (second["paid_at"], third["order"]) == ("2026-12-31T15:50:00+00:00", "-3")


def test_days_are_those_of_the_shop(shop: Shop) -> None:
    """Pitfall 45: ten to midnight on 31 December is December."""
    (row,) = [row for row in shop.table("orders") if row["order"] == "o2"]
    assert row["paid_at"] == EVE
    midnight = instant_of(datetime.fromisoformat("2027-01-01T00:00:00+08:00"))
    assert [row["order"] for row in shop.rows("orders", ends_at=midnight)] == ["o1", "o2"]
    assert [row["order"] for row in shop.rows("orders", starts_at=midnight)] == ["-3"]
    assert [row["entry"] for row in shop.rows("entries", ends_at=midnight)][:1] == ["o1/1"]


def test_text_is_no_formula_and_numbers_stay_numbers(shop: Shop) -> None:
    """Pitfall 36."""
    assert [row["order"] for row in shop.table("orders")][-1] == "'-3"
    names = {row["nickname"] for row in shop.table("books")}
    assert "'=cmd|' /C calc'!A0" in names
    amounts = [row["amount"] for row in shop.table("statements") if row["kind"] == "withdrawal"]
    assert sorted(amounts) == ["-3.00", "3.00"]


@pytest.mark.parametrize(
    ("currency", "told"), [("JPY", "5800"), ("KWD", "5.800"), ("CNY", "58.00")]
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, told: str) -> None:
    """Pitfall 12."""
    shop = Shop({**MALL, "currency": currency})
    shop.does({"buy": {"order": "o1", "member": "A", "paid": 5800}})
    assert shop.table("orders")[0]["paid"] == told
    assert shop.rows("orders")[0]["paid"] == 5800


def test_the_journal_sums_to_zero_and_statements_to_wallets(shop: Shop) -> None:
    sums: Counter[str] = Counter()
    for row in shop.rows("journal"):
        sums[row["asset"]] += row["amount"]
    assert not any(sums.values())
    held: Counter[tuple[str, str]] = Counter()
    for row in shop.rows("statements"):
        held[row["member"], row["asset"]] += row["amount"]
    wallets = {row["member"]: row for row in shop.rows("wallets")}
    assert all(wallets[member][asset] == amount for (member, asset), amount in held.items())


def test_rewards_are_what_plans_and_referrals_gave(shop: Shop) -> None:
    given = {(row["member"], row["kind"], row["reason"]) for row in shop.rows("rewards")}
    assert ("A", "commission", None) in given
    assert ("A", "contribution", "queue") in given
    assert not any(row["kind"] == "withdrawal" for row in shop.rows("rewards"))


def test_withdrawals_show_no_reference(shop: Shop) -> None:
    (row,) = shop.table("withdrawals")
    assert (row["withdrawal"], row["amount"], row["state"]) == ("w1", "3.00", "asked")


def test_a_shop_moves_to_an_empty_deployment_and_goes_on_as_before(shop: Shop) -> None:
    """Books that are exported and imported pay the same members the same from then on."""
    shop.does({"decide": {"id": "w1", "approve": False}})
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in shop.rows("books"))
    other = Shop()
    for _ in range(2):
        sum(other.player.app.imports.carry_out(read_import(lines.encode())))
        other.player.settle(map(QueueId, ["mall", "alliance"]))
    assert audit_books(other.player.store).differences == []
    assert _waiting(other) == _waiting(shop)
    assert _wallets(other) == _wallets(shop)
    for each in (shop, other):
        each.does({"buy": {"order": "next", "member": "C", "paid": 90000}})
        each.does({"complete": "next"})
    assert _waiting(other) == _waiting(shop)
    assert _wallets(other) == _wallets(shop)
    assert audit_books(other.player.store).differences == []


def _waiting(shop: Shop) -> dict[str, list[tuple[str, int]]]:
    """What each entry still lacks, in order of the line."""
    return {
        name: [
            (entry["entry"], entry["entitlement"] - entry["paid"])
            for entry in queue["entries"]
            if entry["entitlement"] > entry["paid"] and entry["status"] != "refunded"
        ]
        for name, queue in shop.player.outcome()["queues"].items()
    }


def _wallets(shop: Shop) -> Any:
    return shop.player.outcome()["wallets"]
