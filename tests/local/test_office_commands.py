"""`rebate erase`, `products` and `import` on a store (contracts, section 5)."""

import json
from pathlib import Path

import pytest

from local.cli import main
from local.stores import opened
from rebate.usecases.office.show_acts import WantedActs, show_acts
from rebate.usecases.queries.show_outcome import show_outcome
from rebate.usecases.storage.rows.catalog import Member, Product
from tests.plans import mall_with

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store in which a member is known by name, and two products take no part."""
    folder = tmp_path_factory.mktemp("office")
    settings, events = folder / "settings.json", folder / "day.jsonl"
    settings.write_text(json.dumps(mall_with(new_products=False)), encoding="utf-8")
    told = [
        ("MemberSaved", {"member_id": "A", "nickname": "张小美"}),
        ("ProductSaved", {"product_id": "own", "supply": "self"}),
        ("ProductSaved", {"product_id": "far", "supply": "aggregated"}),
    ]
    lines = (json.dumps({"detail-type": kind, "detail": detail}) for kind, detail in told)
    events.write_text("\n".join(lines), encoding="utf-8")
    made = str(folder / "store")
    assert main(["replay", str(events), "--settings", str(settings), "--store", made]) == 0
    return made


def _acts(store):
    with opened(Path(store)) as deployment:
        return show_acts(deployment.app.store, WantedActs(who="command line")).acts


def test_a_member_is_erased_and_the_act_is_kept(store, capsys):
    capsys.readouterr()
    assert main(["erase", "A", "--store", store, "--id", "e1", "--reason", "asked", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["member"] == "A"
    with opened(Path(store)) as deployment:
        (member,) = deployment.app.store.scan(Member)
        assert (member.nickname, member.erased_at is None) == (None, False)
    act = _acts(store)[0]
    assert (act.what, act.request, act.reason) == ("erasures", "e1", "asked")
    assert main(["audit", "--store", store]) == 0


def test_products_take_part_by_supply(store, capsys):
    assert main(["products", "enable", "--supply", "self", "--store", store]) == 0
    assert "1 products take part now (self)" in capsys.readouterr().out
    assert main(["products", "enable", "--store", store, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["enabled"] == 1
    with opened(Path(store)) as deployment:
        assert all(product.takes_part for product in deployment.app.store.scan(Product))
    assert [act.what for act in _acts(store)][:2] == ["products/enable"] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nobody"], "there is no member nobody"), (["a\u200bb"], "must not hold control")],
)
def test_who_is_not_known_is_told_in_one_line(store, capsys, arguments, message):
    assert main(["erase", *arguments, "--store", store]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert message in printed.err


BOOKS = """id,kind,member,referrer,asset,amount,queue,order,line,entitlement,paid,paid_at
1,member,A,,,,,,,,,
2,member,B,A,,,,,,,,
3,balance,A,,cash,1250,,,,,,
4,place,B,,,,mall,o1,1,10000,2500,2026-02-01T10:00:00+08:00
"""


def test_books_are_imported_into_a_new_store_once(tmp_path, capsys):
    settings, books = tmp_path / "settings.json", tmp_path / "books.csv"
    settings.write_text(json.dumps(mall_with()), encoding="utf-8")
    books.write_bytes(BOOKS.encode("gb18030"))
    made = str(tmp_path / "store")
    assert main(["import", str(books), "--store", made]) == 2
    assert "is no store" in capsys.readouterr().err
    given = ["import", str(books), "--settings", str(settings), "--store", made]
    assert main([*given, "--dry-run"]) == 0
    assert "4 lines would count, 0 did before" in capsys.readouterr().out
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "was read as CSV in UTF-8" in said
    assert "Opened with 12.50 of cash CNY." in said
    assert "1 places wait at the end of mall." in said
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["known"]) == (0, 4)
    assert main(["audit", "--store", made]) == 0
    with opened(Path(made)) as deployment:
        store, terms = deployment.app.store, deployment.app.settings.in_force().terms
        outcome = show_outcome(store, terms)
    assert outcome["queues"]["mall"]["entries"][0]["entitlement"] == 7500
    assert outcome["wallets"] == {"A": {"cash": 1250}}


def test_a_file_that_cannot_be_imported_is_told_by_lines(tmp_path, store, capsys):
    books = tmp_path / "books.csv"
    books.write_text(BOOKS.replace("1250", "12.50").replace("mall", "malls"), encoding="utf-8")
    assert main(["import", str(books), "--store", store]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "line 4.amount: must be a whole number" in printed.err


def test_books_are_exported_and_imported_elsewhere(tmp_path, store, capsys):
    assert main(["export", "books", "--store", store]) == 0
    said = capsys.readouterr().out
    books, settings = tmp_path / "books.jsonl", tmp_path / "settings.json"
    books.write_text(said, encoding="utf-8")
    settings.write_text(json.dumps(mall_with()), encoding="utf-8")
    made = str(tmp_path / "other")
    given = ["import", str(books), "--settings", str(settings), "--store", made, "--json"]
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["members"] >= 1
    assert main(["export", "books", "--store", made]) == 0
    assert sorted(capsys.readouterr().out.splitlines()) == sorted(said.splitlines())
    assert main(["export", "wallets", "--csv", "--store", made]) == 0
    assert capsys.readouterr().out.startswith("\ufeffmember,cash,")


def test_an_export_of_no_day_is_refused_in_one_line(store, capsys):
    assert main(["export", "orders", "--from", "yesterday", "--store", store]) == 2
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)
    assert "--from: must be a day such as 2026-03-01" in printed.err
