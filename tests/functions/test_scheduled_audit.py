"""The audit of the clock on a deployment: it counts what it finds, and operators read it."""

import json

from functions.scheduled_audit import handler as scheduled_audit
from rebate.bootstrap import app
from rebate.domain.records import replace
from rebate.usecases.audit.run_audit import last_audits
from rebate.usecases.storage.ports import Put
from rebate.usecases.storage.rows import Journal
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
