"""The audit of the clock on a deployment: it counts what it finds, and operators read it."""

import json

from functions.scheduled_audit import handler as scheduled_audit
from rebate.bootstrap import app
from rebate.contracts.api import PAGE_SIZE
from rebate.domain.records import replace
from rebate.domain.times import SECOND, Instant
from rebate.usecases.audit.run_audit import last_audits
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows.audits import AuditRun
from rebate.usecases.storage.rows.journal import Journal
from tests.functions.cloud import SETTINGS, bought, context


def run(cloud):
    return scheduled_audit.handler({}, context("scheduled_audit"))


def test_an_audit_goes_on_where_it_stopped_and_ends(cloud, monkeypatch):
    cloud.use(SETTINGS)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    monkeypatch.setattr(scheduled_audit, "SECONDS", 0)
    first = run(cloud)
    assert (first["over"], first["steps"]) == (False, 1)
    monkeypatch.setattr(scheduled_audit, "SECONDS", 60)
    assert run(cloud) == {**first, "over": True, "steps": 2}
    assert run(cloud) == {"audit": None}


def test_what_an_audit_finds_is_counted_and_kept(cloud, capsys):
    cloud.use(SETTINGS)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    row = next(row for row in app().store.scan(Journal) if row.source == "mall")
    app().store.commit([Put(replace(row, events=()))])
    capsys.readouterr()
    assert run(cloud)["over"]
    (audit,) = last_audits(app().store, 1)
    assert "journal.mall.1" in dict(audit.differences)
    (told,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert (told["audits"], told["audit_differences"]) == ([1], [len(audit.differences)])


def audits(cloud, query=""):
    status, said = cloud.as_operator("GET", "/v1/audits", query=query)
    assert status == 200, said
    return said


def test_operators_see_an_audit_under_way_and_what_became_of_it(cloud, monkeypatch):
    assert audits(cloud) == {"audits": [], "next": None}
    cloud.use(SETTINGS)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    monkeypatch.setattr(scheduled_audit, "SECONDS", 0)
    run(cloud)
    (begun,) = audits(cloud)["audits"]
    assert (begun["finished_at"], begun["passed"], begun["head"]) == (None, None, None)
    monkeypatch.setattr(scheduled_audit, "SECONDS", 60)
    run(cloud)
    (over,) = audits(cloud)["audits"]
    assert over["began_at"] == begun["began_at"]
    assert (over["passed"], over["differences"], over["more"]) == (True, [], False)
    assert over["rows"] > begun["rows"]
    assert app().outside.archive.read(over["head"])


def test_operators_see_where_the_books_do_not_add_up(cloud):
    cloud.use(SETTINGS)
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    row = next(row for row in app().store.scan(Journal) if row.source == "mall")
    app().store.commit([Put(replace(row, events=()))])
    run(cloud)
    (shown,) = audits(cloud)["audits"]
    assert shown["passed"] is False
    assert "journal.mall.1" in [each["path"] for each in shown["differences"]]
    assert all(each["message"] for each in shown["differences"])


def test_audits_come_by_the_page_the_newest_first(cloud):
    count = PAGE_SIZE + 3
    app().store.commit([Put(AuditRun(Instant(n * SECOND))) for n in range(1, count + 1)])
    first = audits(cloud)
    second = audits(cloud, f"after={first['next']}")
    days = [each["began_at"] for page in (first, second) for each in page["audits"]]
    assert days == sorted(set(days), reverse=True)
    assert (len(days), second["next"]) == (count, None)
