"""Notices from the journal's stream, read and worded over the API."""

import pytest

from functions.notify_members.handler import handler as notify_members
from rebate import bootstrap
from rebate.usecases.storage.rows.notices import Notice, NoticesSeen
from tests.functions.cloud import OPERATOR, SETTINGS, bought, context, failed

WORDINGS = "/v1/notices/wordings"
SEEN = "/v1/me/notices/seen"


@pytest.fixture
def told(cloud):
    """Two orders, of which the second paid the first, and all that members are told of it."""
    cloud.send(bought("o1", "A"), bought("o2", "B"))
    cloud.settle()
    assert failed(notify_members(cloud.journal(), context("notify_members"))) == []


def test_members_read_what_they_were_told_in_their_language(cloud, told):
    status, page = cloud.as_member("A", "GET", "/v1/me/notices")
    assert status == 200
    assert [notice["text"] for notice in page["notices"]] == [
        "订单 o1 收到返利 10.00 CNY。",
        "订单 o1 已进入排队。",
    ]
    _, page = cloud.as_member("B", "GET", "/v1/me/notices", query="locale=en")
    assert [notice["text"] for notice in page["notices"]] == ["Order o2 is in line."]
    assert page["next"] is None


def test_rows_that_come_again_leave_one_notice_each(cloud, told):
    before = set(map(str, bootstrap.app().store.scan(Notice)))
    assert failed(notify_members(cloud.journal(), None)) == []
    assert set(map(str, bootstrap.app().store.scan(Notice))) == before


def test_rows_whose_notices_cannot_be_kept_come_again(cloud, monkeypatch):
    cloud.send(bought("o1", "A"))
    cloud.settle()
    journal = cloud.journal()
    monkeypatch.setenv("REBATE_TABLE_PREFIX", "not-there-")
    bootstrap.app.cache_clear()
    numbers = [record["dynamodb"]["SequenceNumber"] for record in journal["Records"]]
    assert failed(notify_members(journal, None)) == numbers


def test_a_pause_is_told_to_members_who_take_part(cloud, told):
    paused = {**SETTINGS["queue_rebate"], "paused": True}
    cloud.use({**SETTINGS, "queue_rebate": paused})
    assert failed(notify_members(cloud.journal("settings"), None)) == []
    _, page = cloud.as_member("A", "GET", "/v1/me/notices")
    assert page["notices"][0]["kind"] == "paused"
    assert cloud.as_member("C", "GET", "/v1/me/notices")[1]["notices"] == []


def test_an_unknown_language_is_refused(cloud):
    status, body = cloud.as_member("A", "GET", "/v1/me/notices", query="locale=fr")
    assert (status, body["code"]) == (422, "invalid_request")
    assert body["problems"][0]["path"] == "locale"


def test_operators_change_wordings(cloud, told):
    word = {"locale": "en", "kind": "joined", "text": "Hello, {order}.", "version": 0}
    status, saved = cloud.as_operator("PUT", WORDINGS, word)
    assert (status, saved["version"], saved["drafted_by"]) == (200, 1, "olga")
    _, page = cloud.as_member("B", "GET", "/v1/me/notices", query="locale=en")
    assert page["notices"][0]["text"] == "Order o2 is in line."
    peter = {**OPERATOR, "sub": "peter", "username": "peter"}
    status, saved = cloud.request("PUT", WORDINGS, {**word, "version": 1}, claims=peter)
    assert (status, saved["saved_by"], saved["approved_by"]) == (200, "olga", "peter")
    _, page = cloud.as_member("B", "GET", "/v1/me/notices", query="locale=en")
    assert page["notices"][0]["text"] == "Hello, o2."
    _, shown = cloud.as_operator("GET", WORDINGS)
    changed = [each for each in shown["wordings"] if each["version"]]
    assert [(each["kind"], each["default"]) for each in changed] == [
        ("joined", "Order {order} is in line.")
    ]


@pytest.mark.parametrize(
    ("change", "status", "path"),
    [
        ({"text": "{ordr}"}, 422, "text"),
        ({"text": "全额返还"}, 422, "text"),
        ({"kind": "born"}, 422, "kind"),
        ({"locale": "fr"}, 422, "locale"),
        ({"version": 7}, 409, None),
    ],
)
def test_a_wording_that_cannot_be_used_changes_nothing(cloud, change, status, path):
    word = {"locale": "en", "kind": "joined", "text": "Hello.", "version": 0} | change
    answered, body = cloud.as_operator("PUT", WORDINGS, word)
    assert answered == status
    assert [problem["path"] for problem in body["problems"]] == ([path] if path else [])
    _, shown = cloud.as_operator("GET", WORDINGS)
    assert not any(each["version"] for each in shown["wordings"])


def test_members_may_not_change_wordings(cloud):
    assert cloud.as_member("A", "GET", WORDINGS)[0] == 403


def test_what_was_looked_at_is_remembered_for_every_device(cloud, told):
    _, page = cloud.as_member("A", "GET", "/v1/me/notices")
    assert page["seen_until"] is None
    newest = page["notices"][0]["at"]
    for until in (
        newest,
        "2026-01-01T00:00:00Z",
    ):  # the second is before the first, and changes nothing
        assert cloud.as_member("A", "PUT", SEEN, {"until": until})[0] == 204
        assert cloud.as_member("A", "GET", "/v1/me/notices")[1]["seen_until"] == newest
    assert cloud.as_member("B", "GET", "/v1/me/notices")[1]["seen_until"] is None
    cloud.as_member("A", "PUT", SEEN, {"until": "2999-01-01T00:00:00Z"})
    _, page = cloud.as_member("A", "GET", "/v1/me/notices")
    assert page["seen_until"] < "2999"  # what is yet to come was not looked at
    status, body = cloud.as_member("A", "PUT", SEEN, {"until": "yesterday"})
    assert (status, body["problems"][0]["path"]) == (422, "until")


def test_operators_read_what_a_member_was_told(cloud, told):
    told_in = {
        locale: cloud.as_operator("GET", "/v1/member", query=f"id=A&part=notices&locale={locale}")[
            1
        ]
        for locale in ("zh-CN", "en")
    }
    own = cloud.as_member("A", "GET", "/v1/me/notices", query="locale=en")[1]
    assert told_in["en"]["notices"] == own
    assert told_in["zh-CN"]["notices"]["notices"][0]["text"] == "订单 o1 收到返利 10.00 CNY。"
    assert cloud.as_operator("GET", "/v1/member", query="id=A")[1]["notices"]["notices"]


def test_who_is_erased_leaves_nothing_of_what_they_looked_at(cloud, told):
    cloud.as_member("A", "PUT", SEEN, {"until": "2026-03-02T10:00:00Z"})
    erase = {"id": "e1", "member": "A", "reason": "asked"}
    assert cloud.as_operator("POST", "/v1/erasures", erase)[0] == 200
    assert list(bootstrap.app().store.scan(NoticesSeen)) == []
