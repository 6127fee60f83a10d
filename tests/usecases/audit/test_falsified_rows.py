"""Whatever is falsified in the tables after a day, the audit names; sound books raise no alarm."""

import re
from collections import Counter
from pathlib import Path

import pytest

from rebate.usecases.audit.audit_books import audit_books
from tests.engine import Player
from tests.usecases.audit.falsifications import (
    DAY_OF_A_SHOP,
    FALSIFICATIONS,
    Tables,
    keep_what_the_clock_does,
)

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def day():
    """A day of a shop in which everything happens."""
    player = Player(DAY_OF_A_SHOP)
    player.play()
    assert set(player.refusals) == {None}
    keep_what_the_clock_does(player)
    return player.store


def found(store):
    return {str(each.path): each.message for each in audit_books(store).differences}


def test_the_day_is_sound(day):
    assert found(day) == {}


@pytest.mark.parametrize("case", FALSIFICATIONS, ids=lambda case: case.falsify.__name__)
def test_what_is_falsified_is_named_with_its_row(day, case):
    store = day.fork()
    path = case.falsify(Tables(store))
    assert path in found(store)


def test_a_store_that_is_not_settled_yet_raises_no_alarm():
    steps = DAY_OF_A_SHOP["steps"][:20]
    player = Player(DAY_OF_A_SHOP | {"steps": steps}, settles=False)
    player.begin()
    for step in steps[:16]:
        player.step(step)
    for queue in ("mall", "referral/o3"):
        player.app.settler.settle(queue)
        assert found(player.store) == {}


@pytest.mark.parametrize("number", range(0, 60, 7))
def test_no_commit_of_a_day_raises_an_alarm_of_the_books_after_it(number):
    """Also between two commits of one settlement, or an order and its commissions."""
    player = Player(DAY_OF_A_SHOP)
    looked = []

    def look(_):
        if player.store.commits % 60 == number:
            looked.append(found(player.store))

    player.store.after_commit = look
    player.play()
    assert looked
    assert all(each == {} for each in looked), looked


def test_entries_whose_names_look_alike_raise_no_alarm():
    """Rule 0.13: `a/b` + `c` and `a` + `b/c` are two entries."""
    lines = {"a/b": "c", "a": "b/c"}
    buys = [
        {"buy": {"order": order, "member": "A", "lines": [{"line": line, "paid": 10000}]}}
        for order, line in lines.items()
    ]
    more = [{"buy": {"order": f"o{n}", "member": "B", "paid": 30000}} for n in range(9)]
    refund = {"refund": {"order": "a", "line": "b/c", "amount": 9000, "id": "r"}}
    player = Player(DAY_OF_A_SHOP | {"steps": [*buys, *more, refund]})
    player.play()
    assert set(player.refusals) == {None}
    assert found(player.store) == {}


def test_the_proofs_name_every_kind_and_no_other():
    """docs/proofs.md says what is found, in as many ways as are tried here."""
    text = (ROOT / "docs/proofs.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| found \|$", text, flags=re.MULTILINE)
    ways = Counter(case.kind for case in FALSIFICATIONS)
    assert {kind: int(count) for kind, count in rows} == dict(ways)
